// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Figures} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotKeys} from "./LotKey.sol";
import {LotLedger, LotStore} from "./LotStore.sol";
import {Shares} from "./Shares.sol";

/// @notice The live figures of a lot, evaluated from its ancestors (laws 2, 4, 5, 6).
///
/// A run of single-parent lots is walked up to its top and folded back down. Where the run ends in a composition, the
/// graph above it is visited depth first, each lot once and each edge once, with frames and memo table in memory:
/// depth can't overflow the call stack, and a diamond costs what its edges cost. Storage is only read:
/// TSTORE would revert under STATICCALL, and views must work there.
/// @dev A deployed library, linked: it leaves the token its room, for 2,800 gas a transaction that evaluates.
library Evaluation {
    error AncestryExceeds(uint256 edges, uint256 limit);

    using LotStore for uint256;

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

    /// Depth-first post-order from the composition `root`, in memory beyond the free pointer:
    /// ```
    /// memo    key 64 | unused 128 | basis 64,  gross 128 | net 128                   a lot evaluated; key 0 is a free place
    /// frame   key | figures word | edges | edges done | sum of gross carries | sum of net carries
    ///         | slot of the first edges | two edges at hand, 0 for none                            a lot under evaluation
    /// ```
    /// A parent that is not in the memo opens a frame above its child, which resumes at the same edge. In assembly, because
    /// every edge of a supply chain passes here, and Solidity's arrays would triple what it costs.
    ///
    /// A lot's place in the memo is some high bits of key · seed, then linear probing. The seed is unknown when keys are
    /// ground, so that nobody can crowd one place; at most half the places are taken. Nothing overflows: see Shares.
    function _visit(LotLedger storage ledger, uint64 root, uint256 bound)
        private
        view
        returns (uint256 gross, uint256 inherited, uint256 edges)
    {
        uint256 limit = bound < LotStore.MAX_ANCESTRY ? bound : LotStore.MAX_ANCESTRY;
        uint256 size = 256;
        // Twice as many places of 64 bytes as lots: the root, and at most one lot an edge.
        while (size < 128 * (limit + 1)) size *= 2;
        uint256 seed = uint256(keccak256(abi.encode(block.prevrandao, block.timestamp, root))) | 1;
        uint256 depth;
        assembly ("memory-safe") {
            function less(a, b) -> c {
                c := mul(gt(a, b), sub(a, b))
            }
            // Shares.carryUp
            function carryUp(figure, units, basis) -> c {
                c := div(add(shl(64, mul(figure, units)), sub(basis, 1)), basis)
            }
            function hash(key, mapping_) -> slot {
                mstore(0x00, key)
                mstore(0x20, mapping_)
                slot := keccak256(0x00, 0x40)
            }
            function open(frame, key, lots) {
                let own := sload(hash(key, lots))
                let parent := and(own, 0xFFFFFFFFFFFFFFFF)
                mstore(frame, key)
                mstore(add(frame, 0x20), own)
                // A `parent` of 32 bits is the number of edges of a composition; else it is the one edge.
                switch shr(32, parent)
                case 0 {
                    mstore(add(frame, 0x40), parent)
                    mstore(add(frame, 0xC0), hash(key, add(lots, 1)))
                    mstore(add(frame, 0xE0), 0)
                }
                default {
                    mstore(add(frame, 0x40), 1)
                    mstore(add(frame, 0xE0), or(shl(64, shr(192, own)), parent))
                }
                mstore(add(frame, 0x60), 0)
                mstore(add(frame, 0x80), 0)
                mstore(add(frame, 0xA0), 0)
            }
            // Where `key` is in the memo, or the free place where it belongs; `mask` keeps multiples of 64 below the size.
            function find(memo, mask, seed_, key) -> at {
                let offset := and(shr(170, mul(key, seed_)), mask)
                for {} 1 {} {
                    at := add(memo, offset)
                    let entry := shr(192, mload(at))
                    if or(eq(entry, key), iszero(entry)) { break }
                    offset := and(add(offset, 64), mask)
                }
            }
            let lots := ledger.slot
            let memo := mload(0x40)
            // Copying from beyond the calldata clears the memo.
            calldatacopy(memo, calldatasize(), size)
            let frame := add(memo, size)
            open(frame, root, lots)
            let mask := sub(size, 64)

            for {} 1 {} {
                let count := mload(add(frame, 0x40))
                let i := mload(add(frame, 0x60))
                gross := mload(add(frame, 0x80))
                inherited := mload(add(frame, 0xA0))
                let pair := mload(add(frame, 0xE0))
                let missing := 0
                for {} lt(i, count) {} {
                    if iszero(pair) { pair := sload(add(mload(add(frame, 0xC0)), shr(1, i))) }
                    let units := shr(shl(7, and(i, 1)), pair)
                    let parent := and(units, 0xFFFFFFFFFFFFFFFF)
                    units := and(shr(64, units), 0xFFFFFFFFFFFFFFFF)
                    let basis, figure, net
                    switch shr(63, parent)
                    case 0 {
                        net := sload(hash(parent, lots))
                        basis := shr(193, shl(1, net))
                        figure := and(shr(128, net), 0xFFFFFFFFFFFFFFFF)
                        net := less(figure, and(shr(64, net), 0xFFFFFFFFFFFFFFFF))
                    }
                    default {
                        let at := find(memo, mask, seed, parent)
                        basis := and(mload(at), 0xFFFFFFFFFFFFFFFF)
                        // No lot has a basis of 0: the place is free.
                        if iszero(basis) {
                            missing := parent
                            break
                        }
                        net := mload(add(at, 0x20))
                        figure := shr(128, net)
                        net := and(net, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF)
                    }
                    gross := add(gross, carryUp(figure, units, basis))
                    inherited := add(inherited, carryUp(net, units, basis))
                    i := add(i, 1)
                    // After an odd edge the next two are to be read.
                    pair := mul(pair, and(i, 1))
                }
                if missing {
                    mstore(add(frame, 0x60), i)
                    mstore(add(frame, 0x80), gross)
                    mstore(add(frame, 0xA0), inherited)
                    mstore(add(frame, 0xE0), pair)
                    depth := add(depth, 1)
                    if gt(depth, limit) { break }
                    frame := add(frame, 0x100)
                    open(frame, missing, lots)
                    continue
                }
                // Shares.settleUp
                gross := shr(64, add(gross, 0xFFFFFFFFFFFFFFFF))
                inherited := shr(64, add(inherited, 0xFFFFFFFFFFFFFFFF))
                edges := add(edges, count)
                if gt(edges, limit) { break }
                if iszero(depth) { break }
                let key := mload(frame)
                let own := mload(add(frame, 0x20))
                let at := find(memo, mask, seed, key)
                mstore(at, or(shl(192, key), shr(192, own)))
                mstore(
                    add(at, 0x20), or(shl(128, gross), less(inherited, and(shr(64, own), 0xFFFFFFFFFFFFFFFF)))
                )
                depth := sub(depth, 1)
                frame := sub(frame, 0x100)
            }
        }
        if (depth > limit) revert AncestryExceeds(depth, limit);
        if (edges > limit) revert AncestryExceeds(edges, limit);
    }
}
