// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ERC1155Surface} from "../ERC1155Surface.sol";
import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {Annex, Lot, LotLedger, LotStore} from "../libraries/LotStore.sol";
import {Shares} from "../libraries/Shares.sol";

/// @notice The book of lots that every part of the token writes in: who holds a lot, what is left of it, and how units leave.
abstract contract LotBook is ICarbonEmissionsToken, ERC1155Surface, AccessManaged, EIP712, ReentrancyGuardTransient {
    using LotStore for uint256;

    uint256 internal constant MINT = 1 << 0;
    uint256 internal constant ALLOCATE = 1 << 1;
    uint256 internal constant COMPOSE = 1 << 2;
    uint256 internal constant OFFSET = 1 << 3;
    uint256 internal constant CASCADE = 1 << 4;
    uint256 internal constant RESTATE = 1 << 5;

    IStatementRegistry public immutable registry;

    LotLedger internal _ledger;
    uint256 public closed;

    /// Refuses while hooks run. Checked, not set: nothing but `cascade` calls what others wrote.
    modifier outsideHooks() {
        if (_reentrancyGuardEntered()) revert ReentrancyGuardReentrantCall();
        _;
    }

    modifier open(uint256 operation) {
        require(closed & operation == 0, Closed(operation));
        _;
    }

    constructor(address authority, IStatementRegistry registry_)
        AccessManaged(authority)
        EIP712("CarbonEmissionsToken", "1")
    {
        registry = registry_;
    }

    /// Takes `units` from a lot; what was taken never exceeds the basis less what is frozen (law 1).
    function _take(uint64 key, uint256 units) internal returns (LotCode code, uint256 ancestry) {
        require(units != 0, UnitsZero(key));
        Lot storage lot = _ledger.lots[key];
        uint256 figures_ = lot.figures;
        if (LotKeys.isDerived(key)) {
            uint256 holding = lot.holding;
            uint256 taken = holding.allocatedOfDerived();
            uint256 available = figures_.derivedBasis() - taken;
            if (holding.isAnnexedDerived()) available = _unfrozen(key, available);
            require(units <= available, UnitsUnavailable(key, units, available));
            lot.holding = holding + (units << 32);
            return (holding.codeOf(), holding.ancestryOf());
        }
        uint256 left = figures_.sourceBasis() - figures_.allocatedOfSource();
        if (figures_.isAnnexedSource()) left = _unfrozen(key, left);
        require(units <= left, UnitsUnavailable(key, units, left));
        lot.figures = figures_ + units;
        return (LotKeys.codeOf(key), 0);
    }

    /// Units of an existing lot that may still be taken.
    function _availableOf(uint64 key) internal view returns (uint256) {
        Lot storage lot = _ledger.lots[key];
        uint256 figures_ = lot.figures;
        uint256 left = LotKeys.isDerived(key)
            ? figures_.derivedBasis() - lot.holding.allocatedOfDerived()
            : figures_.sourceBasis() - figures_.allocatedOfSource();
        return _unfrozen(key, left);
    }

    function _unfrozen(uint64 key, uint256 available) internal view returns (uint256) {
        uint256 frozen = _ledger.annexes[key].frozen;
        return frozen < available ? available - frozen : 0;
    }

    function _create(uint64 key, uint256 figures_, uint256 holding) internal returns (Lot storage lot) {
        lot = _ledger.lots[key];
        require(lot.figures == 0, LotExists(key));
        lot.figures = figures_;
        lot.holding = holding;
    }

    function _holderOf(uint64 key) internal view returns (address holder) {
        if (LotKeys.isDerived(key)) return _ledger.lots[key].holding.holderOf();
        uint256 figures_ = _ledger.lots[key].figures;
        if (figures_ == 0) return address(0);
        if (figures_.isAnnexedSource()) holder = _ledger.annexes[key].successor;
        if (holder == address(0)) holder = _ledger.statements[LotKeys.statementOf(key)].participant;
    }

    function _requireHolder(uint64 key, address account) internal view {
        address holder = _holderOf(key);
        require(holder != address(0), LotUnknown(key));
        require(holder == account, NotHolder(key, account, holder));
    }

    /// The figures word of an existing lot; a cancelled offer is none.
    function _figuresOf(uint64 key) internal view returns (uint256 figures_) {
        figures_ = _ledger.lots[key].figures;
        require(figures_ >> 192 != 0, LotUnknown(key));
    }

    function _basisOf(uint64 key) internal view returns (uint256) {
        uint256 figures_ = _figuresOf(key);
        return LotKeys.isDerived(key) ? figures_.derivedBasis() : figures_.sourceBasis();
    }

    function _codeOf(uint64 key) internal view returns (LotCode) {
        return LotKeys.isDerived(key) ? _ledger.lots[key].holding.codeOf() : LotKeys.codeOf(key);
    }

    /// A source lot's figures are announced at once. Its offset is gross − net, or follows where a restatement left a surplus.
    function _announceSource(uint64 key, uint256 figures_) internal {
        (uint256 gross, uint256 offset) = (figures_.gross(), figures_.offset());
        emit NetChanged(key, gross, Shares.less(gross, offset));
        if (offset > gross) emit OffsetChanged(key, offset);
    }

    function _lotOf(uint256 id) internal pure returns (uint64) {
        require(id <= type(uint64).max, LotUnknown(type(uint64).max));
        return uint64(id);
    }

    function _annex(uint64 key) internal returns (Annex storage) {
        Lot storage lot = _ledger.lots[key];
        if (LotKeys.isDerived(key)) lot.holding = lot.holding.annexDerived();
        else lot.figures = lot.figures.annexSource();
        return _ledger.annexes[key];
    }
}
