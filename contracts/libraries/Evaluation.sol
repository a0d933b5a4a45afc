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
    /// frame   key | figures word | edges done | sum of gross carries | sum of net carries       a lot under evaluation
    /// ```
    /// A parent that is not in the memo opens a frame above its child, which resumes at the same edge. In assembly, because
    /// every edge of a supply chain passes here, and Solidity's arrays would triple what it costs.
    ///
    /// A lot's place in the memo is (key · seed) high bits, then linear probing. The seed is unknown when keys are ground, so
    /// that nobody can crowd one place; at most half the places are taken. Nothing overflows: see Shares.
    function _visit(LotLedger storage ledger, uint64 root, uint256 bound)
        private
        view
        returns (uint256 gross, uint256 inherited, uint256 edges)
    {
        uint256 limit = bound < LotStore.MAX_ANCESTRY ? bound : LotStore.MAX_ANCESTRY;
        uint256 bits = 2;
        // Twice as many places as lots: the root, and at most one lot an edge.
        while (1 << bits < 2 * (limit + 1)) ++bits;
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
            // Where `key` is in the memo, or the free place where it belongs.
            function find(memo, bits_, seed_, key) -> at {
                let mask := sub(shl(add(bits_, 6), 1), 1)
                let offset := shl(6, shr(sub(256, bits_), mul(key, seed_)))
                for {} 1 {} {
                    at := add(memo, offset)
                    let entry := shr(192, mload(at))
                    if or(eq(entry, key), iszero(entry)) { break }
                    offset := and(add(offset, 64), mask)
                }
            }
            let m64 := 0xFFFFFFFFFFFFFFFF
            let lots := ledger.slot
            let memo := mload(0x40)
            let frames := add(memo, shl(add(bits, 6), 1))
            // Copying from beyond the calldata clears the memo.
            calldatacopy(memo, calldatasize(), sub(frames, memo))
            let frame := frames
            mstore(frame, root)
            mstore(add(frame, 0x20), sload(hash(root, lots)))
            calldatacopy(add(frame, 0x40), calldatasize(), 0x60)

            for {} 1 {} {
                let own := mload(add(frame, 0x20))
                let i := mload(add(frame, 0x40))
                gross := mload(add(frame, 0x60))
                inherited := mload(add(frame, 0x80))
                let parent := and(own, m64)
                let units := shr(192, own)
                // A `parent` of 32 bits is the number of edges of a composition.
                let composed := iszero(shr(32, parent))
                let count := 1
                let packed := 0
                let pair := 0
                if composed {
                    count := parent
                    packed := hash(mload(frame), add(lots, 1))
                    if and(i, 1) { pair := shr(128, sload(add(packed, shr(1, i)))) }
                }
                let missing := 0
                for {} lt(i, count) { i := add(i, 1) } {
                    if composed {
                        if iszero(and(i, 1)) { pair := sload(add(packed, shr(1, i))) }
                        parent := and(pair, m64)
                        units := and(shr(64, pair), m64)
                        pair := shr(128, pair)
                    }
                    let basis, figure, net
                    switch shr(63, parent)
                    case 0 {
                        let word := sload(hash(parent, lots))
                        basis := shr(193, shl(1, word))
                        figure := and(shr(128, word), m64)
                        net := less(figure, and(shr(64, word), m64))
                    }
                    default {
                        let at := find(memo, bits, seed, parent)
                        let entry := mload(at)
                        if iszero(entry) {
                            missing := parent
                            break
                        }
                        basis := and(entry, m64)
                        entry := mload(add(at, 0x20))
                        figure := shr(128, entry)
                        net := shr(128, shl(128, entry))
                    }
                    gross := add(gross, carryUp(figure, units, basis))
                    inherited := add(inherited, carryUp(net, units, basis))
                }
                if missing {
                    mstore(add(frame, 0x40), i)
                    mstore(add(frame, 0x60), gross)
                    mstore(add(frame, 0x80), inherited)
                    depth := add(depth, 1)
                    if gt(depth, limit) { break }
                    frame := add(frame, 0xA0)
                    mstore(frame, missing)
                    mstore(add(frame, 0x20), sload(hash(missing, lots)))
                    calldatacopy(add(frame, 0x40), calldatasize(), 0x60)
                    continue
                }
                // Shares.settleUp
                gross := shr(64, add(gross, m64))
                inherited := shr(64, add(inherited, m64))
                edges := add(edges, count)
                if gt(edges, limit) { break }
                if iszero(depth) { break }
                let key := mload(frame)
                let at := find(memo, bits, seed, key)
                mstore(at, or(shl(192, key), shr(192, own)))
                mstore(add(at, 0x20), or(shl(128, gross), less(inherited, and(shr(64, own), m64))))
                depth := sub(depth, 1)
                frame := sub(frame, 0xA0)
            }
        }
        if (depth > limit) revert AncestryExceeds(depth, limit);
        if (edges > limit) revert AncestryExceeds(edges, limit);
    }
}
