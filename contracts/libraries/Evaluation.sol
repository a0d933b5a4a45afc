// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotKeys} from "./LotKey.sol";
import {Lot, LotLedger, LotStore} from "./LotStore.sol";
import {Shares} from "./Shares.sol";

/// What a lot's figures are at this block, in mg CO2e.
struct Figures {
    uint256 gross;
    /// Net before the holder's own offset.
    uint256 inheritedNet;
    /// max(0, inheritedNet − own offset).
    uint256 net;
    /// max(0, own offset − inheritedNet): what later events elsewhere made superfluous.
    uint256 surplus;
}

/// @notice The live figures of a lot, evaluated from its ancestors (laws 2, 4, 5, 6).
///
/// A run of single-parent lots is walked up to its top and folded back down. Where the run ends in a composition, the
/// graph above it is visited depth first with a stack in memory, so depth cannot overflow the call stack, and
/// with a memo table in memory, so that a diamond is visited once. Storage is only read: TSTORE would revert
/// under STATICCALL, and views must work there.
library Evaluation {
    using LotStore for uint256;

    error AncestryExceeds(uint256 edges, uint256 limit);

    /// A place in the graph walk. Words of memory, so that a frame costs no storage and no call depth.
    struct Walk {
        uint256[] stack;
        /// Two words an entry: `key 64 | … | basis 64` and `gross 128 | net 128`; key 0 is free.
        uint256[] memo;
        uint256 shift;
        uint256 seed;
        /// Distinct edges met, which is the ancestry of the root.
        uint256 edges;
        uint256 limit;
    }

    /// What an edge needs of the lot it comes from.
    struct Parent {
        bool known;
        uint256 basis;
        uint256 gross;
        uint256 net;
    }

    /// @notice Figures of an existing lot.
    function figures(LotLedger storage ledger, uint64 key) internal view returns (Figures memory f) {
        uint256 own = ledger.lots[key].figures;
        (uint256 gross, uint256 inherited) = LotKeys.isDerived(key) ? _derived(ledger, key, own) : (own.gross(), own.gross());
        uint256 offset = own.offset();
        f.gross = gross;
        f.inheritedNet = inherited;
        unchecked {
            // Each difference is taken only where it is not negative.
            if (inherited > offset) f.net = inherited - offset;
            else f.surplus = offset - inherited;
        }
    }

    /// @notice Number of distinct edges above the composition `key`, whose edges are already stored.
    /// @param bound An upper bound of it, which sizes the tables; reverts above LotStore.MAX_ANCESTRY.
    function ancestryOf(LotLedger storage ledger, uint64 key, uint256 bound) internal view returns (uint256) {
        Walk memory walk = _start(key, bound);
        _visit(ledger, walk, key);
        return walk.edges;
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
            Walk memory walk = _start(key, ledger.lots[key].holding.ancestryOf());
            (gross, inherited) = _visit(ledger, walk, key);
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

    function _start(uint64 root, uint256 bound) private view returns (Walk memory walk) {
        if (bound > LotStore.MAX_ANCESTRY) bound = LotStore.MAX_ANCESTRY;
        uint256 bits = 2;
        // Twice as many places as lots: the root and at most one lot an edge.
        while (1 << bits < 2 * (bound + 1)) ++bits;
        walk.stack = new uint256[](bound + 2);
        walk.memo = new uint256[](2 << bits);
        walk.shift = 256 - bits;
        walk.limit = bound;
        // Multiplicative hashing by a number nobody knows when keys are ground.
        walk.seed = uint256(keccak256(abi.encode(block.prevrandao, block.timestamp, root))) | 1;
    }

    /// Depth-first post-order from the composition `root`. A lot stays on the stack until all its parents are in the
    /// memo; it is scanned at most twice: once to push them, once to fold them.
    function _visit(LotLedger storage ledger, Walk memory walk, uint64 root)
        private
        view
        returns (uint256 gross, uint256 inherited)
    {
        uint256 depth = 1;
        walk.stack[0] = root;
        while (depth != 0) {
            uint64 key = uint64(walk.stack[depth - 1]);
            (uint256 place, bool known) = _find(walk, key);
            if (known) {
                --depth;
                continue;
            }
            uint256 word = ledger.lots[key].figures;
            uint256 before = depth;
            uint256 edges;
            (gross, inherited, depth, edges) = _fold(ledger, walk, key, word, depth);
            if (depth != before) continue;
            walk.edges += edges;
            if (walk.edges > walk.limit) revert AncestryExceeds(walk.edges, walk.limit);
            // Nothing was pushed, so nothing was memorised since `place` was found free.
            walk.memo[place] = uint256(key) << 192 | word.derivedBasis();
            walk.memo[place + 1] = gross << 128 | Shares.less(inherited, word.offset());
            --depth;
        }
    }

    /// Sums the carries over the edges of a lot, or pushes the parents that are not evaluated yet: then `depthAfter`
    /// is above `depth` and the sums mean nothing.
    function _fold(LotLedger storage ledger, Walk memory walk, uint64 key, uint256 own, uint256 depth)
        private
        view
        returns (uint256 gross, uint256 inherited, uint256 depthAfter, uint256 edges)
    {
        depthAfter = depth;
        edges = own.parentOf();
        if (edges >= LotKeys.FIRST_KEY) {
            Parent memory only = _parent(ledger, walk, uint64(edges));
            if (!only.known) return (0, 0, _push(walk, depth, uint64(edges)), 1);
            uint256 units = own.derivedBasis();
            gross = Shares.shareUp(only.gross, units, only.basis);
            return (gross, Shares.shareUp(only.net, units, only.basis), depth, 1);
        }
        uint256[64] storage packed = ledger.edges[key];
        uint256 pair;
        for (uint256 i; i < edges; ++i) {
            if (i & 1 == 0) pair = packed[i >> 1];
            (uint256 units, uint64 parent) = pair.edge(i);
            Parent memory p = _parent(ledger, walk, parent);
            if (!p.known) {
                depthAfter = _push(walk, depthAfter, parent);
                continue;
            }
            gross += Shares.carryUp(p.gross, units, p.basis);
            inherited += Shares.carryUp(p.net, units, p.basis);
        }
        gross = Shares.settleUp(gross);
        inherited = Shares.settleUp(inherited);
    }

    function _push(Walk memory walk, uint256 depth, uint64 key) private pure returns (uint256) {
        if (depth == walk.stack.length) revert AncestryExceeds(depth, walk.limit);
        walk.stack[depth] = key;
        return depth + 1;
    }

    /// A source lot is read where it stands; a derived one is in the memo, or not known yet.
    function _parent(LotLedger storage ledger, Walk memory walk, uint64 key) private view returns (Parent memory p) {
        if (LotKeys.isDerived(key)) {
            uint256 place;
            (place, p.known) = _find(walk, key);
            if (!p.known) return p;
            p.basis = uint64(walk.memo[place]);
            p.gross = walk.memo[place + 1] >> 128;
            p.net = uint128(walk.memo[place + 1]);
        } else {
            uint256 word = ledger.lots[key].figures;
            p.known = true;
            p.basis = word.sourceBasis();
            p.gross = word.gross();
            p.net = Shares.less(p.gross, word.offset());
        }
    }

    /// The memo place of `key`, or the free place where it belongs. Linear probing; at most half full.
    function _find(Walk memory walk, uint64 key) private pure returns (uint256 place, bool known) {
        uint256 length = walk.memo.length;
        unchecked {
            // Wrapping multiplication is the hash; `place` stays below `length`, a power of two.
            place = ((uint256(key) * walk.seed) >> walk.shift) * 2;
            while (true) {
                uint256 entry = walk.memo[place] >> 192;
                if (entry == key) return (place, true);
                if (entry == 0) return (place, false);
                place = (place + 2) & (length - 1);
            }
        }
    }
}
