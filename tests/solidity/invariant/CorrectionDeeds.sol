// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Correction} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {Node} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {ReferenceDeeds} from "./ReferenceDeeds.sol";

/// @notice Units corrected by both parties, of allocations, of those that displaced an estimate and of references, done
/// rightly: each call here must succeed, or the run fails. And corrections that not both signed, or that go too far.
abstract contract CorrectionDeeds is ReferenceDeeds {
    uint256 public corrections;

    function correct(uint256 seed) external chosenBy(seed) {
        uint64 key = _pickReceived();
        if (key == 0) return _idle();
        (uint256 least, uint256 most) = _boundsOf(key);
        Node storage n = nodes[key];
        if (most > type(uint64).max / 2) most = type(uint64).max / 2;
        // What exceeds the units by a dispute only allows more of them.
        if (least > n.basis) least = n.basis + 1;
        if (least == 0) least = 1;
        if (least > most) return _idle();
        uint64 units = uint64(pick(4) == 0 ? least : least + pick(most - least + 1));
        if (units == n.basis) return _idle();
        Correction memory c = correctionOf(key, units, uint64(n.basis));
        c.activity = bytes32(seed);
        (Party memory supplier, Party memory dependent) = _partiesTo(key);
        correctAs(supplier, dependent, c);
        _corrected(key, units);
        ++corrections;
        bytes memory again = _call(c, supplier, dependent);
        mustFail(actors[3].at, address(cet), again, "a correction was carried out twice");
    }

    function attackCorrections(uint256 seed) external chosenBy(seed) {
        uint64 key = _pickReceived();
        if (key == 0) return _idle();
        Node storage n = nodes[key];
        (uint256 least, uint256 most) = _boundsOf(key);
        (Party memory supplier, Party memory dependent) = _partiesTo(key);
        Correction memory c = correctionOf(key, uint64(n.basis) + 1, uint64(n.basis));
        c.activity = bytes32(seed);
        // Whoever holds neither side cannot stand in for one that does.
        Party memory other = pickOther(supplier.at);
        mustFail(actors[3].at, address(cet), _call(c, other, dependent), "corrected without the supplier");
        other = pickOther(dependent.at);
        mustFail(actors[3].at, address(cet), _call(c, supplier, other), "corrected without the dependent");
        c.expected += 1;
        mustFail(dependent.at, address(cet), _call(c, supplier, dependent), "corrected from other units");
        c.expected -= 1;
        c.deadline = uint40(block.timestamp - 1);
        mustFail(dependent.at, address(cet), _call(c, supplier, dependent), "corrected after the deadline");
        c.deadline = uint40(block.timestamp);
        if (most < type(uint64).max) {
            c.units = uint64(most + 1);
            mustFail(dependent.at, address(cet), _call(c, supplier, dependent), "corrected above what the parent has");
        }
        if (least == 0 || least > n.basis) return;
        c.units = uint64(least - 1);
        mustFail(dependent.at, address(cet), _call(c, supplier, dependent), "corrected below what was passed on");
    }

    function _call(Correction memory c, Party memory supplier, Party memory dependent) private view returns (bytes memory) {
        return abi.encodeCall(cet.correct, (c, signedCorrection(c, supplier.key), signedCorrection(c, dependent.key)));
    }

    function _partiesTo(uint64 key) private view returns (Party memory supplier, Party memory dependent) {
        return (partyOf(nodes[nodes[key].parents[0]].holder), partyOf(nodes[key].holder));
    }

    /// The fewest and the most units a lot may be corrected to.
    function _boundsOf(uint64 key) private view returns (uint256 least, uint256 most) {
        Node storage n = nodes[key];
        uint64 parent = n.parents[0];
        least = n.passed + n.displaced + n.reserved + n.frozen;
        if (mostReferred[key] > least) least = mostReferred[key];
        uint256 left =
            isReference(n.code) ? leftToRefer(parent, capOf(parent, n.code, n.holder)) : available(parent);
        most = n.basis + left;
    }

    function _corrected(uint64 key, uint64 units) private {
        Node storage n = nodes[key];
        uint64 parent = n.parents[0];
        if (!isReference(n.code)) {
            nodes[parent].passed = nodes[parent].passed + units - n.basis;
        } else {
            bytes32 cap = capOf(parent, n.code, n.holder);
            referred[cap] -= n.basis;
            count(parent, cap, units);
        }
        (n.basis, n.units[0]) = (units, units);
        // The estimate gets back what is too much, and gives what is missing as far as the same holder has it.
        uint64 estimate = displaces[key].estimate;
        if (estimate == 0) return;
        uint256 displaced = displaces[key].units;
        uint256 more = nodes[estimate].holder == n.holder ? available(estimate) : 0;
        uint256 next = units > displaced + more ? displaced + more : units;
        nodes[estimate].displaced = nodes[estimate].displaced + next - displaced;
        displaces[key].units = next;
    }

    /// A lot of one parent; or 0.
    function _pickReceived() private returns (uint64) {
        if (keys.length == 0) return 0;
        uint256 start = pick(keys.length);
        for (uint256 i; i < keys.length; ++i) {
            uint64 key = keys[(start + i) % keys.length];
            uint16 code = nodes[key].code;
            if (nodes[key].source || code == Codes.GOODS || code == Codes.ELECTRICITY_PRODUCT_WH) continue;
            return key;
        }
        return 0;
    }
}
