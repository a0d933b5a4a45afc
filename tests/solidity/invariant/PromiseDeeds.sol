// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Correction, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {AnchorMaker} from "../support/AnchorMaker.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Node} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {Actors} from "./Actors.sol";
import {LotDeeds} from "./LotDeeds.sol";

/// @notice Allocations promised under a root and taken up later, units corrected by both parties, and references that take
/// nothing, done rightly: each call here must succeed, or the run fails.
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
    mapping(uint64 parent => mapping(address referrer => uint256)) internal referred;

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
            offers[i] = offerOf(parent, pickOther(from.at).at, units, childCodeOf(nodes[parent].code));
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
        bytes memory call_ = abi.encodeCall(cet.materialise, (p.root, o, proof, Acceptance(ANY_ANCESTRY, 0, 0)));
        Node storage n = nodes[p.parent];
        bool disputed = n.frozen > n.basis - n.passed - n.displaced - n.reserved;
        // A supplier that came to be its own dependent by succession has nobody to promise to.
        bool selfish = n.holder == o.dependent;
        if (p.taken[which] || block.timestamp > p.until || disputed || selfish) {
            mustFail(o.dependent, address(cet), call_, "a leaf became a lot twice, late, in dispute or of its own supplier");
            return;
        }
        // Where the dependent opted in to the supplier, anybody may.
        if (cet.optInOf(o.dependent, n.holder).until < block.timestamp) {
            address stranger = actors[3].at == o.dependent ? actors[0].at : actors[3].at;
            mustFail(stranger, address(cet), call_, "a stranger materialised");
        }
        uint64 key = materialiseAs(o.dependent, p.root, o, proof);
        (p.taken[which], p.left) = (true, p.left - o.units);
        n.reserved -= o.units;
        addDerived(key, o.dependent, o.code, o.units, list(p.parent), list(o.units));
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

    function correct(uint256 seed) external chosenBy(seed) {
        uint64 key = _pickCorrectable();
        if (key == 0) return _idle();
        Node storage n = nodes[key];
        Node storage above = nodes[n.parents[0]];
        uint256 least = n.passed + n.displaced + n.reserved + n.frozen;
        uint256 most = n.basis + available(n.parents[0]);
        if (n.frozen > n.basis - n.passed - n.displaced - n.reserved || _isReferredTo(key)) return _idle();
        if (most > type(uint64).max / 2) most = type(uint64).max / 2;
        if (least >= most) return _idle();
        uint64 units = uint64(least + 1 + pick(most - least));
        if (units == n.basis) return _idle();
        Correction memory c = correctionOf(key, units, uint64(n.basis));
        c.activity = bytes32(seed);
        Party memory supplier = partyOf(above.holder);
        Party memory dependent = partyOf(n.holder);
        bytes memory ofSupplier = signedCorrection(c, supplier.key);
        bytes memory ofDependent = signedCorrection(c, dependent.key);
        cet.correct(c, ofSupplier, ofDependent);
        above.passed = above.passed + units - n.basis;
        (n.basis, n.units[0]) = (units, units);
        bytes memory again = abi.encodeCall(cet.correct, (c, ofSupplier, ofDependent));
        mustFail(actors[3].at, address(cet), again, "a correction was carried out twice");
    }

    function refer(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0 || keys.length >= MOST_LOTS) return _idle();
        uint64 parent = keys[pick(keys.length)];
        Node storage n = nodes[parent];
        bool inScope = n.code >> 14 != 0 && n.code != Codes.ELECTRICITY_LOCATION;
        if (!inScope || isReference(n.code)) return _idle();
        Party memory from = partyOf(n.holder);
        Party memory to = pickOther(from.at);
        // What a dispute froze is not referred to either.
        uint256 free = n.basis > n.frozen ? n.basis - n.frozen : 0;
        uint256 left = free > referred[parent][to.at] ? free - referred[parent][to.at] : 0;
        uint64 units = pickAmount(left == 0 ? n.basis : left);
        uint16 code = Codes.scope3(11, n.code >> 4 & 15) | 1;
        Offer memory o = offerOf(parent, to.at, units, code);
        if (units > left) {
            bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), Acceptance(ANY_ANCESTRY, 0, 0)));
            mustFail(to.at, address(cet), call_, "more was referred to than there is");
            return;
        }
        uint64 key = acceptAs(to, o, from.key, Acceptance(ANY_ANCESTRY, 0, 0));
        referred[parent][to.at] += units;
        addReference(key, to.at, code, parent, units);
    }

    /// An allocated lot, that displaced nothing; or 0.
    function _pickCorrectable() private returns (uint64) {
        if (keys.length == 0) return 0;
        uint256 start = pick(keys.length);
        for (uint256 i; i < keys.length; ++i) {
            uint64 key = keys[(start + i) % keys.length];
            Node storage n = nodes[key];
            bool product = n.code == Codes.GOODS || n.code == Codes.ELECTRICITY_PRODUCT_WH;
            if (n.source || product || isReference(n.code) || displacing[key]) continue;
            return key;
        }
        return 0;
    }

    function _isReferredTo(uint64 key) private view returns (bool) {
        for (uint256 i; i < 4; ++i) if (referred[key][actors[i].at] != 0) return true;
        return false;
    }
}
