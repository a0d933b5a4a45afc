// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Relayed} from "../Relayed.sol";
import {Instrument} from "../instruments/Instrument.sol";
import {IBookAndClaim, IBookingDesk} from "../interfaces/IBookAndClaim.sol";
import {IBookAndClaimEvents} from "../interfaces/IBookAndClaimEvents.sol";
import {Consumption, IInstrument} from "../interfaces/IInstrument.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {
    Act,
    ActivityUnit,
    Head,
    Kind,
    LetsAmounts,
    Material,
    ProfileAmounts,
    Role,
    SolutionAmounts
} from "../interfaces/LogisticsTypes.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Row, Section9} from "../libraries/Section9.sol";

/// @notice What is booked and claimed, who takes part, and the table that decides about it.
/// @dev The register and its desk have the same state in the same slots, all of it here but the anchors, which the desk never sees.
abstract contract Register is IBookAndClaimEvents, Instrument, Relayed, EIP712 {
    /// An organisation's own activity of a mode in a year: shown, and claimed or booked of it.
    struct Own {
        uint128 shown;
        uint128 used;
    }

    uint256 internal constant BOOK = 1;
    uint256 internal constant CLAIM = 2;
    uint256 internal constant REBOOK = 4;
    uint256 internal constant ANCHOR = 8;

    uint256 internal _closed;
    mapping(address organisation => uint8) internal _roles;
    mapping(address organisation => mapping(address partner => uint16)) internal _partners;
    mapping(bytes32 key => Own) internal _own;
    /// Deliveries, evidence of activity, and units of other registries, as verifiers signed them: each stands for one thing here. And
    /// what providers say that they provided, each for itself.
    mapping(bytes32 what => bool) internal _taken;

    /// Section 9's rows, packed. Immutable: code, not state, so whoever verifies the code verifies the table.
    uint256 internal immutable _lowRows;
    uint256 internal immutable _highRows;

    mapping(uint96 id => Head) internal _heads;
    mapping(uint96 id => uint96) internal _parents;
    mapping(uint96 id => bytes32) internal _categories;
    mapping(uint96 id => bytes32) internal _entities;
    mapping(uint96 id => SolutionAmounts) internal _solutions;
    mapping(uint96 id => ProfileAmounts) internal _profiles;
    mapping(uint96 id => LetsAmounts) internal _lets;

    constructor(address authority, address relay, IStatementRegistry registry, uint32[] memory rows)
        Relayed(authority, relay)
        Instrument(registry)
        EIP712("BookAndClaim", "1")
    {
        (_lowRows, _highRows) = Section9.pack(rows);
    }

    modifier open(uint256 operation) {
        require(_closed & operation == 0, BookClosed(operation));
        _;
    }

    /// Claims never exceed the claimant's own activity in the mode.
    function _useOwn(address by, uint8 modes, ActivityUnit unit, uint16 year, uint64 activity) internal {
        if (activity == 0) return;
        Own storage own = _own[_ownKey(by, modes, unit, year)];
        uint128 left = own.shown - own.used;
        require(activity <= left, AboveOwnActivity(by, activity, left));
        own.used += activity;
    }

    function _ownKey(address by, uint8 modes, ActivityUnit unit, uint16 year) internal pure returns (bytes32) {
        return keccak256(abi.encode(by, modes, unit, year));
    }

    function _requireRole(address account, Role role) internal view {
        require(_roles[account] >> uint8(role) & 1 == 1, NotInRole(account, role));
    }

    function _today() internal view returns (uint16) {
        return uint16(block.timestamp / 1 days);
    }

    /// Writes a new record. Its id is content and maker: nothing is recorded twice.
    function _record(uint96 id, Head memory head) internal {
        require(_heads[id].kind == Kind.None, RecordExists(id));
        _heads[id] = head;
    }

    function _bind(uint96 id, bytes32 toc) internal {
        if (toc != 0) _categories[id] = toc;
    }

    function _idOf(bytes32 content) internal pure returns (uint96) {
        return uint96(uint256(content));
    }

    /// A record of a kind that something is made from; nothing is made from what is void.
    function _known(uint96 id, Kind kind) internal view returns (Head memory head) {
        head = _heads[id];
        require(head.kind == kind && kind != Kind.None, RecordUnknown(id, kind));
        require(!_isVoid(id), UseVoid(id));
    }

    function _rowFor(Role role, Act act, Material material) internal view returns (Row) {
        return Section9.find(_lowRows, _highRows, role, act, material);
    }

    /// @dev Claims and rebookings are uses: of a year that the statement's period touches. A booking alone is none.
    function _requireUsable(uint96 id, Consumption calldata c) internal view override {
        Head memory head = _heads[id];
        bool claimed = head.kind == Kind.ProfileClaim || head.kind == Kind.Claim
            || (head.kind == Kind.Lets && _heads[_parents[id]].kind == Kind.Lets);
        require(claimed, UseUnknown(id));
        require(head.by == c.participant, UseOfAnother(id, c.participant, head.by));
        bytes32 entity = _entities[id];
        require(entity == 0 || entity == c.entity, UseOfOtherEntity(id, c.entity, entity));
        uint16 first = uint16(Calendar.dayOf(head.year, 1, 1));
        uint16 last = uint16(Calendar.yearEnd(first));
        bool touches = c.periodStart <= last && first <= c.periodEnd;
        require(touches, UseOutOfPeriod(id, first, last, c.periodStart, c.periodEnd));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IBookAndClaim).interfaceId || interfaceId == type(IBookingDesk).interfaceId
            || interfaceId == type(IInstrument).interfaceId || interfaceId == type(IERC165).interfaceId;
    }
}
