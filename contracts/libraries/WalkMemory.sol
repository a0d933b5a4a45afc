// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice The two tables in memory by which a graph of lots is walked: frames of lots under evaluation, and a memo of lots
/// evaluated. Raw memory, because Solidity's arrays check every index and clear every word.
/// ```
/// frame   key | figures word | edges done | sum of gross carries | sum of net carries          5 words
/// memo    key 64 | unused 128 | basis 64,  gross 128 | net 128                                 2 words; key 0 is free
/// ```
/// @dev A place in the memo is (key · seed) high bits, then linear probing. The seed is unknown when keys are ground, so
/// that nobody can fill one place. At most half the places are taken: a lot other than the root has an edge to it.
library WalkMemory {
    error AncestryExceeds(uint256 edges, uint256 limit);

    struct Walk {
        uint256 memo;
        /// Bytes of the memo less one: the memo is a power of two in size.
        uint256 mask;
        uint256 shift;
        uint256 seed;
        uint256 frames;
        uint256 limit;
    }

    uint256 private constant FRAME = 5 * 32;
    uint256 private constant WORD_OFFSET = 32;
    uint256 private constant DONE_OFFSET = 64;
    uint256 private constant GROSS_OFFSET = 96;
    uint256 private constant NET_OFFSET = 128;
    uint256 private constant ENTRY_BITS = 6;

    /// @notice Tables for at most `limit` distinct edges above `root`, behind the free memory pointer.
    function open(uint64 root, uint256 limit) internal view returns (Walk memory walk) {
        uint256 bits = 2;
        // Twice as many places as lots: the root and at most one lot an edge.
        while (1 << bits < 2 * (limit + 1)) ++bits;
        uint256 bytes_ = 1 << (bits + ENTRY_BITS);
        walk.mask = bytes_ - 1;
        walk.shift = 256 - bits;
        walk.limit = limit;
        walk.seed = uint256(keccak256(abi.encode(block.prevrandao, block.timestamp, root))) | 1;
        uint256 memo;
        assembly ("memory-safe") {
            memo := mload(0x40)
            // Copying from beyond the calldata clears; the memo reads words it has not written.
            calldatacopy(memo, calldatasize(), bytes_)
            mstore(0x40, add(memo, bytes_))
        }
        walk.memo = memo;
        walk.frames = memo + bytes_;
        // One frame an edge and one for the root; untouched memory costs nothing.
        uint256 end = walk.frames + (limit + 1) * FRAME;
        assembly ("memory-safe") {
            mstore(0x40, end)
        }
    }

    /// @notice Gives the memory back, so that what is allocated later does not pay for the frames never touched.
    function close(Walk memory walk) internal pure {
        uint256 memo = walk.memo;
        assembly ("memory-safe") {
            mstore(0x40, memo)
        }
    }

    /// @notice Opens a frame above `frame` (0: the first).
    function push(Walk memory walk, uint256 frame, uint64 key, uint256 word) internal pure returns (uint256 above) {
        unchecked {
            // Frames lie in memory.
            above = frame == 0 ? walk.frames : frame + FRAME;
            uint256 depth = (above - walk.frames) / FRAME;
            if (depth > walk.limit) revert AncestryExceeds(depth, walk.limit);
        }
        assembly ("memory-safe") {
            mstore(above, key)
            mstore(add(above, WORD_OFFSET), word)
            mstore(add(above, DONE_OFFSET), 0)
            mstore(add(above, GROSS_OFFSET), 0)
            mstore(add(above, NET_OFFSET), 0)
        }
    }

    /// @notice The frame under a frame that isn't the first.
    function below(Walk memory, uint256 frame) internal pure returns (uint256) {
        unchecked {
            return frame - FRAME;
        }
    }

    function keyOf(uint256 frame) internal pure returns (uint64 key) {
        assembly ("memory-safe") {
            key := mload(frame)
        }
    }

    function wordOf(uint256 frame) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(frame, WORD_OFFSET))
        }
    }

    function doneOf(uint256 frame) internal pure returns (uint256 done) {
        assembly ("memory-safe") {
            done := mload(add(frame, DONE_OFFSET))
        }
    }

    function progressOf(uint256 frame) internal pure returns (uint256 done, uint256 grossSum, uint256 netSum) {
        assembly ("memory-safe") {
            done := mload(add(frame, DONE_OFFSET))
            grossSum := mload(add(frame, GROSS_OFFSET))
            netSum := mload(add(frame, NET_OFFSET))
        }
    }

    function pause(uint256 frame, uint256 done, uint256 grossSum, uint256 netSum) internal pure {
        assembly ("memory-safe") {
            mstore(add(frame, DONE_OFFSET), done)
            mstore(add(frame, GROSS_OFFSET), grossSum)
            mstore(add(frame, NET_OFFSET), netSum)
        }
    }

    function checkEdges(Walk memory walk, uint256 edges) internal pure {
        if (edges > walk.limit) revert AncestryExceeds(edges, walk.limit);
    }

    /// @notice What is known of a lot; a basis of 0 means nothing yet.
    function recall(Walk memory walk, uint64 key) internal pure returns (uint256 basis, uint256 gross, uint256 net) {
        (uint256 place, bool known) = _find(walk, key);
        if (!known) return (0, 0, 0);
        assembly ("memory-safe") {
            basis := and(mload(place), 0xFFFFFFFFFFFFFFFF)
            let both := mload(add(place, 32))
            gross := shr(128, both)
            net := and(both, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF)
        }
    }

    /// @notice Keeps a lot's figures. They fit: see Shares.
    function remember(Walk memory walk, uint64 key, uint256 basis, uint256 gross, uint256 net) internal pure {
        (uint256 place,) = _find(walk, key);
        assembly ("memory-safe") {
            mstore(place, or(shl(192, key), basis))
            mstore(add(place, 32), or(shl(128, gross), net))
        }
    }

    /// The place of `key`, or the free place where it belongs.
    function _find(Walk memory walk, uint64 key) private pure returns (uint256 place, bool known) {
        (uint256 memo, uint256 mask, uint256 shift, uint256 seed) = (walk.memo, walk.mask, walk.shift, walk.seed);
        assembly ("memory-safe") {
            let at := shl(ENTRY_BITS, shr(shift, mul(key, seed)))
            for {} 1 {} {
                place := add(memo, at)
                let entry := shr(192, mload(place))
                if eq(entry, key) {
                    known := 1
                    break
                }
                if iszero(entry) { break }
                at := and(add(at, 64), mask)
            }
        }
    }
}
