// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ERC1155Surface} from "../ERC1155Surface.sol";
import {Relayed} from "../Relayed.sol";
import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {ICertificatedGeneration} from "../interfaces/ICertificatedGeneration.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {Context, Forwarding} from "../libraries/Forwarding.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {Lots} from "../libraries/Lots.sol";
import {LotLedger, LotStore} from "../libraries/LotStore.sol";
import {Shares} from "../libraries/Shares.sol";

/// @notice The book of lots that every part of the token writes in: who holds a lot, what is left of it, and how units leave.
abstract contract LotBook is ICarbonEmissionsToken, ERC1155Surface, EIP712, ReentrancyGuardTransient {
    using Lots for LotLedger;
    using LotStore for uint256;

    uint256 internal constant MINT = 1 << 0;
    uint256 internal constant ALLOCATE = 1 << 1;
    uint256 internal constant COMPOSE = 1 << 2;
    uint256 internal constant OFFSET = 1 << 3;
    uint256 internal constant CASCADE = 1 << 4;
    uint256 internal constant RESTATE = 1 << 5;
    uint256 internal constant ANCHOR = 1 << 6;
    uint256 internal constant CORRECT = 1 << 7;

    IStatementRegistry public immutable registry;
    ICertificatedGeneration public immutable generation;

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

    constructor(address authority, address relay, IStatementRegistry registry_, ICertificatedGeneration generation_)
        Relayed(authority, relay)
        EIP712("CarbonEmissionsToken", "1")
    {
        (registry, generation) = (registry_, generation_);
    }

    // The book itself is `Lots`; these name it for the parts of the token.

    function _holderOf(uint64 key) internal view returns (address holder) {
        return _ledger.holderOf(key);
    }

    function _requireHolder(uint64 key, address account) internal view {
        _ledger.requireHolder(key, account);
    }

    function _figuresOf(uint64 key) internal view returns (uint256 figures_) {
        return _ledger.figuresOf(key);
    }

    function _basisOf(uint64 key) internal view returns (uint256) {
        return _ledger.basisOf(key);
    }

    function _codeOf(uint64 key) internal view returns (LotCode) {
        return _ledger.codeOf(key);
    }

    /// Hands this call to a function of a linked library with the same arguments; does not return.
    function _forward(address library_, bytes4 selector) internal {
        bytes32 ledger;
        assembly ("memory-safe") {
            ledger := _ledger.slot
        }
        Forwarding.forward(library_, selector, Context(ledger, registry, generation, _msgSender(), _domainSeparatorV4()));
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
}
