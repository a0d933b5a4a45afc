// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {AnchorMaker} from "../support/AnchorMaker.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Node} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {Actors} from "./Actors.sol";
import {LotDeeds} from "./LotDeeds.sol";

/// @notice Allocations promised under a root and taken up later, one by one or in batches, done rightly: each call here must
/// succeed, or the run fails. And what is tried with forged leaves and others' lots.
abstract contract PromiseDeeds is AnchorMaker, LotDeeds {
    /// Two allocations of one lot under one root.
    struct Promised {
        bytes32 root;
        uint64 parent;
        uint256 left;
        uint40 until;
        bytes[2] offers;
        bool[2] taken;
    }

    Promised[] internal promises;

    function setUp() public virtual override(LedgerTest, Actors) {
        Actors.setUp();
    }

    function anchor(uint256 seed) external chosenBy(seed) {
        uint64 parent = pickAvailable();
        if (parent == 0 || nodes[parent].code == Codes.BIOGENIC || available(parent) < 2) return _idle();
        Party memory from = partyOf(nodes[parent].holder);
        Offer[] memory offers = new Offer[](2);
        uint256 total;
        for (uint256 i; i < 2; ++i) {
            uint64 units = pickAmount(available(parent) / 2);
            address to = i == 1 && pick(2) == 0 ? offers[0].dependent : pickOther(from.at).at;
            offers[i] = offerOf(parent, to, units, childCodeOf(nodes[parent].code));
            total += units;
        }
        uint40 until = uint40(block.timestamp + pick(3 days));
        bytes32 root = rootOf(offers);
        anchorAs(from, parent, root, uint64(total), until);
        nodes[parent].reserved += total;
        promises.push();
        Promised storage p = promises[promises.length - 1];
        (p.root, p.parent, p.left, p.until) = (root, parent, total, until);
        for (uint256 i; i < 2; ++i) p.offers[i] = abi.encode(offers[i]);
    }

    function materialise(uint256 seed) external chosenBy(seed) {
        if (promises.length == 0 || keys.length >= MOST_LOTS) return _idle();
        Promised storage p = promises[pick(promises.length)];
        uint256 which = pick(2);
        Offer memory o = abi.decode(p.offers[which], (Offer));
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = leafOf(abi.decode(p.offers[1 - which], (Offer)));
        uint64 units = pick(3) == 0 ? uint64(1 + pick(o.units)) : 0;
        bytes memory call_ = abi.encodeCall(cet.materialise, (p.root, o, proof, Acceptance(ANY_ANCESTRY, 0, units)));
        Node storage n = nodes[p.parent];
        // A supplier that came to be its own dependent by succession has nobody to promise to.
        bool selfish = n.holder == o.dependent;
        if (p.taken[which] || block.timestamp > p.until || _isDisputed(n) || selfish) {
            mustFail(o.dependent, address(cet), call_, "a leaf became a lot twice, late, in dispute or of its own supplier");
            return;
        }
        // Where the dependent opted in to the supplier, anybody may.
        if (cet.optInOf(o.dependent, n.holder).until < block.timestamp) {
            address stranger = actors[3].at == o.dependent ? actors[0].at : actors[3].at;
            mustFail(stranger, address(cet), call_, "a stranger materialised");
        }
        vm.prank(o.dependent);
        cet.materialise(p.root, o, proof, Acceptance(ANY_ANCESTRY, 0, units));
        _materialised(p, which, o, units == 0 ? o.units : units);
        // One offer, one lot: the supplier's signature under the same content makes no second one.
        call_ = abi.encodeCall(
            cet.accept, (o, signedOffer(o, partyOf(n.holder).key), Acceptance(ANY_ANCESTRY, 0, 0))
        );
        mustFail(o.dependent, address(cet), call_, "an offer, anchored and signed, made two lots");
    }

    function release(uint256 seed) external chosenBy(seed) {
        if (promises.length == 0) return _idle();
        Promised storage p = promises[pick(promises.length)];
        bytes memory call_ = abi.encodeCall(cet.release, (p.parent, p.root));
        if (p.left == 0 || block.timestamp <= p.until) {
            mustFail(actors[3].at, address(cet), call_, "an open or empty anchor was released");
            return;
        }
        vm.prank(actors[3].at);
        cet.release(p.parent, p.root);
        nodes[p.parent].reserved -= p.left;
        p.left = 0;
        mustFail(actors[3].at, address(cet), call_, "an anchor was released twice");
    }

    /// All of a root's leaves at once, by the dependent or by anybody for one that opted in.
    function materialiseBatch(uint256 seed) external chosenBy(seed) {
        if (promises.length == 0 || keys.length + 2 > MOST_LOTS) return _idle();
        Promised storage p = promises[pick(promises.length)];
        Offer[] memory offers = _leavesOf(p);
        Node storage n = nodes[p.parent];
        address dependent = offers[0].dependent;
        bool open = block.timestamp <= p.until && !p.taken[0] && !p.taken[1] && !_isDisputed(n);
        bool fits = dependent == offers[1].dependent && n.holder != dependent && p.left >= offers[0].units + offers[1].units;
        // An opt-in counts gross in 64 bits.
        bool opted = pick(2) == 0 && cet.figures(p.parent).gross <= type(uint64).max / 2;
        bytes memory call_ = _batchCall(p.root, offers);
        if (!open || !fits || n.holder == dependent) {
            mustFail(dependent, address(cet), call_, "a batch late, twice, of two dependents, in dispute or too large");
            return;
        }
        _mustNotProve(p, offers);
        address caller = dependent;
        if (opted) {
            optInAs(partyOf(dependent), partyOf(n.holder), anything());
            caller = address(0xCA11);
        }
        vm.prank(caller);
        (bool ok,) = address(cet).call(call_);
        if (!ok) revert("a batch was refused");
        for (uint256 i; i < 2; ++i) _materialised(p, i, offers[i], offers[i].units);
        mustFail(dependent, address(cet), call_, "a batch became lots twice");
        if (!opted) return;
        uint256 counted = type(uint64).max - cet.optInOf(dependent, n.holder).gross;
        uint256 gross = reckon(keys[keys.length - 1]).gross + reckon(keys[keys.length - 2]).gross;
        if (counted != gross) breach = "an opt-in counted another gross than a batch brought";
    }

    /// What Mallory tries with roots and leaves.
    function attackPromises(uint256 seed) external chosenBy(seed) {
        if (promises.length == 0) return _idle();
        Promised storage p = promises[pick(promises.length)];
        Offer[] memory offers = _leavesOf(p);
        _mustNotProve(p, offers);
        bytes memory call_ = abi.encodeCall(cet.anchor, (p.parent, keccak256(abi.encode(seed)), 1, type(uint40).max));
        if (nodes[p.parent].holder != actors[3].at) mustFail(actors[3].at, address(cet), call_, "a stranger anchored");
        call_ = abi.encodeCall(cet.anchor, (p.parent, p.root, 1, type(uint40).max));
        mustFail(nodes[p.parent].holder, address(cet), call_, "a root was anchored twice");
        uint64 more = uint64(available(p.parent) + 1);
        call_ = abi.encodeCall(cet.anchor, (p.parent, keccak256(abi.encode(seed)), more, type(uint40).max));
        mustFail(nodes[p.parent].holder, address(cet), call_, "more was reserved than there is");
    }

    /// A leaf of another content, a leaf without its siblings, a batch that leaves one out.
    function _mustNotProve(Promised storage p, Offer[] memory offers) private {
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = leafOf(offers[1]);
        Offer memory forged = offers[0];
        bytes memory alone = abi.encodeCall(cet.materialise, (p.root, forged, new bytes32[](0), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(forged.dependent, address(cet), alone, "a leaf without its siblings");
        uint64 units = forged.units;
        forged.units = units + 1;
        bytes memory call_ = abi.encodeCall(cet.materialise, (p.root, forged, proof, Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(forged.dependent, address(cet), call_, "a leaf of other units");
        mustFail(forged.dependent, address(cet), _batchCall(p.root, offers), "a batch with a forged leaf");
        forged.units = units;
        address dependent = forged.dependent;
        forged.dependent = actors[3].at == dependent ? actors[0].at : actors[3].at;
        call_ = abi.encodeCall(cet.materialise, (p.root, forged, proof, Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(forged.dependent, address(cet), call_, "a leaf of another dependent");
        forged.dependent = dependent;
    }

    function _batchCall(bytes32 root, Offer[] memory offers) private view returns (bytes memory) {
        Acceptance memory terms = Acceptance(ANY_ANCESTRY, 0, 0);
        return abi.encodeCall(cet.materialiseBatch, (root, offers, new bytes32[](0), allFlags(2), terms));
    }

    function _leavesOf(Promised storage p) private view returns (Offer[] memory offers) {
        offers = new Offer[](2);
        for (uint256 i; i < 2; ++i) offers[i] = abi.decode(p.offers[i], (Offer));
    }

    function _materialised(Promised storage p, uint256 which, Offer memory o, uint256 units) private {
        (p.taken[which], p.left) = (true, p.left - units);
        nodes[p.parent].reserved -= units;
        addDerived(derivedKey(offerHash(o)), o.dependent, o.code, units, list(p.parent), list(uint64(units)));
    }

    /// A dispute that freezes more than what is left reaches what is reserved.
    function _isDisputed(Node storage n) private view returns (bool) {
        return n.frozen > n.basis - n.passed - n.displaced - n.reserved;
    }
}
