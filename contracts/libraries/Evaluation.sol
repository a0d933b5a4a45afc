// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Figures} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotKeys} from "./LotKey.sol";
import {LotLedger, LotStore} from "./LotStore.sol";
import {Shares} from "./Shares.sol";
import {WalkMemory} from "./WalkMemory.sol";

/// @notice The live figures of a lot, evaluated from its ancestors (laws 2, 4, 5, 6).
///
/// A run of single-parent lots is walked up to its top and folded back down. Where the run ends in a composition, the
/// graph above it is visited depth first, each lot once and each edge once, with frames and memo table in memory
/// (WalkMemory): depth can't overflow the call stack, and a diamond costs what its edges cost. Storage is only read:
/// TSTORE would revert under STATICCALL, and views must work there.
/// @dev A deployed library, linked: it leaves the token its room, for 2,800 gas a transaction that evaluates.
library Evaluation {
    using LotStore for uint256;
    using WalkMemory for WalkMemory.Walk;

    /// @notice Figures of an existing lot.
    function figures(LotLedger storage ledger, uint64 key) external view returns (Figures memory f) {
        uint256 own = ledger.lots[key].figures;
        (uint256 gross, uint256 inherited) =
            LotKeys.isDerived(key) ? _derived(ledger, key, own) : (own.gross(), own.gross());
        f.gross = gross;
        f.inheritedNet = inherited;
        f.net = Shares.less(inherited, own.offset());
        f.surplus = Shares.less(own.offset(), inherited);
    }

    /// @notice Number of distinct edges above the composition `key`, whose edges are already stored.
    /// @param bound An upper bound of it, which sizes the tables; reverts above LotStore.MAX_ANCESTRY.
    function ancestryOf(LotLedger storage ledger, uint64 key, uint256 bound) external view returns (uint256 edges) {
        (,, edges) = _visit(ledger, key, bound);
    }

    /// Gross and inherited net of a derived lot whose word is `own`.
    function _derived(LotLedger storage ledger, uint64 key, uint256 own)
        private
        view
        returns (uint256 gross, uint256 inherited)
    {
        uint256[] memory run = new uint256[](8);
        uint256 depth;
        uint256 word = own;
        uint64 parent = word.parentOf();
        while (parent >= LotKeys.FIRST_KEY) {
            if (depth == run.length) run = _grown(run);
            run[depth++] = word;
            key = parent;
            word = ledger.lots[key].figures;
            if (!LotKeys.isDerived(key)) break;
            parent = word.parentOf();
        }
        uint256 basis;
        uint256 net;
        if (LotKeys.isDerived(key)) {
            (gross, inherited,) = _visit(ledger, key, ledger.lots[key].holding.ancestryOf());
            basis = word.derivedBasis();
            net = Shares.less(inherited, word.offset());
        } else {
            gross = word.gross();
            basis = word.sourceBasis();
            net = Shares.less(gross, word.offset());
        }
        while (depth != 0) {
            unchecked {
                // depth > 0.
                --depth;
            }
            word = run[depth];
            uint256 units = word.derivedBasis();
            gross = Shares.shareUp(gross, units, basis);
            inherited = Shares.shareUp(net, units, basis);
            net = Shares.less(inherited, word.offset());
            basis = units;
        }
    }

    function _grown(uint256[] memory run) private pure returns (uint256[] memory longer) {
        longer = new uint256[](run.length * 2);
        for (uint256 i; i < run.length; ++i) longer[i] = run[i];
    }

    /// Depth-first post-order from the composition `root`. A frame holds a lot, its word, the number of edges folded so
    /// far and the two sums; a parent not known yet opens a frame above, and its child resumes at the same edge.
    function _visit(LotLedger storage ledger, uint64 root, uint256 bound)
        private
        view
        returns (uint256 gross, uint256 inherited, uint256 edges)
    {
        WalkMemory.Walk memory walk = WalkMemory.open(root, bound < LotStore.MAX_ANCESTRY ? bound : LotStore.MAX_ANCESTRY);
        uint256 frame = walk.push(0, root, ledger.lots[root].figures);
        while (true) {
            uint64 missing;
            (gross, inherited, missing) = _fold(ledger, walk, frame);
            if (missing != 0) {
                frame = walk.push(frame, missing, ledger.lots[missing].figures);
                continue;
            }
            uint64 key = WalkMemory.keyOf(frame);
            uint256 word = WalkMemory.wordOf(frame);
            walk.remember(key, word.derivedBasis(), gross, Shares.less(inherited, word.offset()));
            unchecked {
                // Bounded by the walk's limit, which `remember` and `push` keep.
                edges += WalkMemory.doneOf(frame);
            }
            walk.checkEdges(edges);
            if (key == root) break;
            frame = walk.below(frame);
        }
        walk.close();
    }

    /// Adds a lot's edges, from the one where it stopped, to its sums. Returns its figures, or the parent that is missing.
    function _fold(LotLedger storage ledger, WalkMemory.Walk memory walk, uint256 frame)
        private
        view
        returns (uint256 gross, uint256 inherited, uint64 missing)
    {
        uint256 word = WalkMemory.wordOf(frame);
        (uint256 i, uint256 grossSum, uint256 netSum) = WalkMemory.progressOf(frame);
        uint256 edges = word.parentOf();
        uint256 units = word.derivedBasis();
        bool single = edges >= LotKeys.FIRST_KEY;
        uint64 parent = uint64(edges);
        if (single) edges = 1;
        uint256[64] storage packed = ledger.edges[WalkMemory.keyOf(frame)];
        uint256 pair;
        if (i & 1 == 1) pair = packed[i >> 1];
        for (; i < edges;) {
            if (!single) {
                if (i & 1 == 0) pair = packed[i >> 1];
                (units, parent) = pair.edge(i);
            }
            uint256 basis;
            uint256 parentGross;
            uint256 parentNet;
            if (LotKeys.isDerived(parent)) {
                (basis, parentGross, parentNet) = walk.recall(parent);
                if (basis == 0) {
                    WalkMemory.pause(frame, i, grossSum, netSum);
                    return (0, 0, parent);
                }
            } else {
                uint256 source = ledger.lots[parent].figures;
                basis = source.sourceBasis();
                parentGross = source.gross();
                parentNet = Shares.less(parentGross, source.offset());
            }
            unchecked {
                // Carries stay below 2^144 and there are at most 128 of them (Shares).
                grossSum += Shares.carryUp(parentGross, units, basis);
                netSum += Shares.carryUp(parentNet, units, basis);
                ++i;
            }
        }
        WalkMemory.pause(frame, i, grossSum, netSum);
        return (Shares.settleUp(grossSum), Shares.settleUp(netSum), 0);
    }
}
