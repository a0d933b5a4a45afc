// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Figures, LotView} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {BatchView} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Node, Reckoned} from "../support/Model.sol";
import {vm} from "../support/Vm.sol";
import {Hostile} from "./Hostile.sol";

/// @notice The checks of the laws, on the state that the calls have led to.
contract Ledger is Hostile {
    uint256 private constant SCALE = 2 ** 100;

    /// Sums over a series' lots, in mg · 2^100.
    struct Balance {
        uint256 kept;
        uint256 sources;
        uint256 edges;
    }

    /// Law 1: what was taken from a lot is what its children and displacements hold, and never above its basis.
    function _checkTaken(LotView[] memory views) private view {
        for (uint256 i; i < keys.length; ++i) {
            LotView memory v = views[i];
            vm.assertLe(v.allocated, v.basis, "taken above basis");
            vm.assertEq(v.basis, nodes[keys[i]].basis, "basis changed");
            vm.assertEq(v.allocated, nodes[keys[i]].passed + nodes[keys[i]].displaced + nodes[keys[i]].reserved, "taken");
            vm.assertEq(v.displaced, nodes[keys[i]].displaced, "displaced");
        }
    }

    /// Law 1: what is referred to under each cap is what its references hold, and never above the lot. Law 11: what a lot
    /// displaced is remembered, and is what the estimate lacks.
    function _checkReferences() private view {
        for (uint256 i; i < keys.length; ++i) {
            (uint64 estimate, uint64 units) = cet.displacementOf(keys[i]);
            vm.assertEq(estimate, displaces[keys[i]].estimate, "displaced which");
            vm.assertEq(units, displaces[keys[i]].units, "displaced how much");
            Node storage n = nodes[keys[i]];
            if (!isReference(n.code)) continue;
            uint64 parent = n.parents[0];
            uint256 counted = cet.referencedOf(parent, n.code, n.holder);
            vm.assertEq(counted, referred[capOf(parent, n.code, n.holder)], "referred to");
            vm.assertLe(counted, nodes[parent].basis, "referred to above the basis");
        }
    }

    /// Law 1: Σ gross not passed on = Σ source gross, up to a milligram an edge, in each series by itself.
    ///
    /// A lot keeps gross · (basis − passed) / basis; displaced units are kept. With p the exact sum of a lot's shares of its
    /// parents, its gross is p + r, and 0 ≤ r < 1 + k · 2^-64 for k edges if k > 1 (each carry is rounded up to 2^-64 mg,
    /// their sum once to 1 mg) and 0 ≤ r < 1 if k = 1 (a carry rounded up twice is rounded up once). So r < k in both
    /// cases, and what is passed on cancels against what is received: Σ kept = Σ source gross + Σ r ∈ [0, edges).
    function _checkGrossIsConserved(Reckoned[] memory figures) private view {
        _checkBalance(figures, false, false);
        _checkBalance(figures, true, false);
    }

    /// Law 4: Σ net not passed on = Σ source gross − Σ (applied − surplus), up to a milligram an edge.
    ///
    /// net = inherited − offset + surplus by definition of the two maxima, and inherited = p + r as above; the sums
    /// telescope in the same way: Σ kept net = Σ source gross − Σ offset + Σ surplus + Σ r.
    function _checkNetIsConserved(Reckoned[] memory figures) private view {
        _checkBalance(figures, false, true);
    }

    function _checkBalance(Reckoned[] memory f, bool outside, bool net) private view {
        Balance memory sum;
        for (uint256 i; i < keys.length; ++i) {
            if (isOutside(nodes[keys[i]].code) != outside || isReference(nodes[keys[i]].code)) continue;
            uint256 figure = net ? f[i].net : f[i].gross;
            uint256 kept = nodes[keys[i]].basis - nodes[keys[i]].passed;
            sum.kept += figure * kept * SCALE / nodes[keys[i]].basis;
            if (nodes[keys[i]].source) sum.sources += f[i].gross * SCALE;
            if (net) {
                sum.sources += f[i].surplus * SCALE;
                // Offsets are taken off the other side, which keeps both unsigned.
                sum.kept += nodes[keys[i]].offset * SCALE;
            }
            sum.edges += nodes[keys[i]].parents.length;
        }
        // Divisions above lose less than one part of 2^100 a lot.
        vm.assertGe(sum.kept + keys.length, sum.sources, "lost on the way");
        vm.assertLe(sum.kept, sum.sources + sum.edges * SCALE, "made on the way");
    }

    /// Laws 2, 4 and 5: every figure is the model's, to the milligram.
    function _checkFigures(Reckoned[] memory ledger) private {
        Reckoned[] memory model = reckonAll();
        for (uint256 i; i < keys.length; ++i) {
            vm.assertEq(ledger[i].gross, model[i].gross, "gross");
            vm.assertEq(ledger[i].inherited, model[i].inherited, "inherited net");
            vm.assertEq(ledger[i].net, model[i].net, "net");
            vm.assertEq(ledger[i].surplus, model[i].surplus, "surplus");
            uint256 offset = nodes[keys[i]].offset;
            uint256 inherited = ledger[i].inherited;
            vm.assertEq(ledger[i].net, inherited > offset ? inherited - offset : 0, "net of own offset");
        }
    }

    /// Law 3: issued = held + retired + applied + voided, and each sum is what holders and lots have.
    function _checkCredits(LotView[] memory views) private view {
        uint256[] memory appliedTo = new uint256[](keys.length);
        for (uint256 b; b < batches.length; ++b) {
            uint64 batch = batches[b];
            BatchView memory v = cot.batchOf(batch);
            vm.assertEq(v.issued, issuedOf[batch], "issued");
            vm.assertEq(v.issued, v.held + v.retired + v.applied + v.voided, "issued is somewhere");
            vm.assertEq(v.retired, retiredOf[batch], "retired");
            vm.assertEq(v.voided, voidedOf[batch], "voided");
            vm.assertEq(uint256(v.status), uint256(statusOf[batch]), "status");
            uint256 held;
            for (uint256 i; i < 4; ++i) {
                held += cot.balanceOf(actors[i].at, batch);
                vm.assertEq(cot.balanceOf(actors[i].at, batch), heldOf[batch][actors[i].at], "balance");
            }
            vm.assertEq(held, v.held, "held by holders");
            uint256 applied;
            for (uint256 i; i < keys.length; ++i) {
                uint256 amount = cot.appliedTo(batch, keys[i]);
                vm.assertEq(amount, appliedOf[batch][keys[i]], "applied");
                applied += amount;
                appliedTo[i] += amount;
            }
            vm.assertEq(applied, v.applied, "applied to lots");
        }
        for (uint256 i; i < keys.length; ++i) {
            vm.assertEq(views[i].offset, appliedTo[i], "a lot's offset is what was applied to it");
        }
    }

    /// Law 6: at most 1,024 edges above a lot, and exactly as many as stated.
    function _checkAncestry(LotView[] memory views) private {
        for (uint256 i; i < keys.length; ++i) {
            uint256 stated = views[i].ancestry;
            vm.assertLe(stated, 1_024, "ancestry above the cap");
            vm.assertEq(stated, ancestry(keys[i]), "ancestry");
        }
    }

    /// Law 9: every lot is held by who submitted, signed, opted in or agreed to succeed; nothing else made one.
    function _checkConsent(LotView[] memory views) private view {
        for (uint256 i; i < keys.length; ++i) {
            LotView memory v = views[i];
            vm.assertEq(v.holder, nodes[keys[i]].holder);
            vm.assertEq(v.code, nodes[keys[i]].code, "code");
            vm.assertEq(cet.balanceOf(v.holder, keys[i]), v.basis, "balance is the basis");
        }
    }

    /// Law 10: along every series of serials numbers only ascend, and no attack was let through.
    function checkOnce() external view {
        uint64 at;
        uint64 end;
        (, at,) = cot.serialsAt(CAR, SERIES, 0);
        uint256 listed;
        while (at != 0) {
            vm.assertTrue(at > end, "serials overlap");
            ++listed;
            (end, at,) = cot.serialsAt(CAR, SERIES, at);
        }
        vm.assertEq(listed, batches.length, "a batch without serials, or serials without a batch");
        vm.assertEq(this.breach(), "");
    }

    /// What the ledger says of every lot.
    function _read() private view returns (LotView[] memory views, Reckoned[] memory figures) {
        views = new LotView[](keys.length);
        figures = new Reckoned[](keys.length);
        for (uint256 i; i < keys.length; ++i) {
            views[i] = cet.lotOf(keys[i]);
            Figures memory f = cet.figures(keys[i]);
            figures[i] = Reckoned(f.gross, f.inheritedNet, f.net, f.surplus);
        }
    }

    function checkAll() external {
        (LotView[] memory views, Reckoned[] memory figures) = _read();
        _checkTaken(views);
        _checkReferences();
        _checkGrossIsConserved(figures);
        _checkFigures(figures);
        _checkCredits(views);
        _checkNetIsConserved(figures);
        _checkAncestry(views);
        _checkConsent(views);
    }

    function size() external view returns (uint256, uint256) {
        return (keys.length, edgeCount);
    }
}
