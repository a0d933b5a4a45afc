// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Model, Node} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Four participants, one of them hostile, the credits they hold, and what was done, by the model alone.
abstract contract Actors is LedgerTest, Model {
    uint256 internal constant MOST_LOTS = 64;
    uint256 internal constant MOST_BATCHES = 16;

    Party[4] internal actors;
    uint64[] internal batches;
    mapping(uint64 batch => uint256) internal issuedOf;
    mapping(uint64 batch => BatchStatus) internal statusOf;
    mapping(uint64 batch => mapping(uint64 lot => uint256)) internal appliedOf;
    mapping(uint64 batch => uint256) internal retiredOf;
    mapping(uint64 batch => uint256) internal voidedOf;
    mapping(uint64 batch => mapping(address holder => uint256)) internal heldOf;
    /// Offers that were used, to be tried again.
    bytes[] internal used;

    /// Something that must never succeed succeeded; says what.
    string public breach;
    /// Calls to the handler that changed the ledger, and that found nothing to do.
    uint256 public done;
    uint256 public idle;
    uint256 public moves;
    uint256 private _random;

    function setUp() public virtual override {
        super.setUp();
        actors[0] = utility;
        actors[1] = university;
        actors[2] = purchaser;
        actors[3] = enrolled("mallory");
    }

    // Choices, all from the seed of one call

    modifier chosenBy(uint256 seed) {
        _random = seed;
        uint256 before = idle;
        _;
        if (idle == before) ++done;
    }

    /// The call found nothing to do.
    function _idle() internal {
        ++idle;
    }

    function pick(uint256 limit) internal returns (uint256) {
        _random = uint256(keccak256(abi.encode(_random)));
        return _random % limit;
    }

    /// Mostly of everyday size, sometimes small, where rounding shows, or as large as may be.
    function pickAmount(uint256 most) internal returns (uint64) {
        uint256 size = pick(4);
        uint256 limit = size == 0 ? 10 : size == 1 ? most : 1 << 44;
        if (limit > most) limit = most;
        return uint64(1 + pick(limit));
    }

    function pickActor() internal returns (Party memory) {
        return actors[pick(4)];
    }

    /// Somebody but that account: nobody allocates to itself.
    function pickOther(address at) internal returns (Party memory p) {
        uint256 place = pick(4);
        p = actors[place];
        if (p.at == at) p = actors[(place + 1) % 4];
    }

    function partyOf(address at) internal view returns (Party memory) {
        for (uint256 i; i < 4; ++i) if (actors[i].at == at) return actors[i];
        revert("nobody's lot");
    }

    /// A lot with units left, or 0.
    function pickAvailable() internal returns (uint64) {
        if (keys.length == 0) return 0;
        uint256 start = pick(keys.length);
        for (uint256 i; i < keys.length; ++i) {
            uint64 key = keys[(start + i) % keys.length];
            if (available(key) != 0 && childCodeOf(nodes[key].code) != 0) return key;
        }
        return 0;
    }

    /// What a share of a lot may become; 0 for nothing.
    function childCodeOf(uint16 code) internal pure returns (uint16) {
        if (code == Codes.BIOGENIC) return code;
        if (code == Codes.ELECTRICITY_LOCATION || code == Codes.scope3(11) || isReference(code)) return 0;
        if (code >> 4 & 15 == 1) return Codes.ELECTRICITY_MARKET_WH;
        return Codes.scope3(1, code >> 4 & 15);
    }

    function isComposable(uint16 code) internal pure returns (bool) {
        return code != Codes.BIOGENIC && childCodeOf(code) != 0;
    }

    function isOutside(uint16 code) internal pure returns (bool) {
        return code == Codes.BIOGENIC;
    }

    function pickBatch(BatchStatus status) internal returns (uint64) {
        if (batches.length == 0) return 0;
        uint256 start = pick(batches.length);
        for (uint256 i; i < batches.length; ++i) {
            uint64 batch = batches[(start + i) % batches.length];
            if (statusOf[batch] == status) return batch;
        }
        return 0;
    }

    /// Somebody who holds credits of the batch; key 0 if nobody does.
    function pickHolder(uint64 batch) internal returns (Party memory none) {
        uint256 start = pick(4);
        for (uint256 i; i < 4; ++i) {
            Party memory p = actors[(start + i) % 4];
            if (heldOf[batch][p.at] != 0) return p;
        }
    }

    /// A call by `caller` that must be refused.
    function mustFail(address caller, address target, bytes memory call_, string memory what) internal {
        vm.prank(caller);
        (bool ok,) = target.call(call_);
        if (ok) breach = what;
    }
}
