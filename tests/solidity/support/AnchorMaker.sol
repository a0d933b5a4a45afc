// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Correction, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Party} from "./StatementMaker.sol";
import {vm} from "./Vm.sol";

/// @notice Trees of anchored allocations, built here anew from the text of docs/architecture.md; and corrections.
abstract contract AnchorMaker is LedgerTest {
    function leafOf(Offer memory o) internal view returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(block.chainid, address(cet), offerHash(o)));
        return keccak256(abi.encode(inner));
    }

    function pairOf(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    /// Root of a full tree over the offers' leaves as they stand; their number is a power of two.
    function rootOf(Offer[] memory offers) internal view returns (bytes32) {
        bytes32[] memory level = new bytes32[](offers.length);
        for (uint256 i; i < level.length; ++i) level[i] = leafOf(offers[i]);
        for (uint256 n = level.length; n > 1; n >>= 1) {
            for (uint256 i; i < n; i += 2) level[i >> 1] = pairOf(level[i], level[i + 1]);
        }
        return level[0];
    }

    /// The siblings of leaf `place`, from the bottom.
    function proofOf(Offer[] memory offers, uint256 place) internal view returns (bytes32[] memory proof) {
        bytes32[] memory level = new bytes32[](offers.length);
        for (uint256 i; i < level.length; ++i) level[i] = leafOf(offers[i]);
        proof = new bytes32[](20);
        uint256 depth;
        for (uint256 n = level.length; n > 1; n >>= 1) {
            proof[depth++] = level[place ^ 1];
            place >>= 1;
            for (uint256 i; i < n; i += 2) level[i >> 1] = pairOf(level[i], level[i + 1]);
        }
        assembly ("memory-safe") {
            mstore(proof, depth)
        }
    }

    /// All leaves of the tree at once need no sibling: every step joins two of what is at hand.
    function allFlags(uint256 leaves) internal pure returns (bool[] memory flags) {
        flags = new bool[](leaves - 1);
        for (uint256 i; i < flags.length; ++i) flags[i] = true;
    }

    function anchorAs(Party memory p, uint64 parent, bytes32 root, uint64 units, uint40 deadline) internal {
        vm.prank(p.at);
        cet.anchor(parent, root, units, deadline);
    }

    function materialiseAs(address caller, bytes32 root, Offer memory o, bytes32[] memory proof)
        internal
        returns (uint64)
    {
        vm.prank(caller);
        return cet.materialise(root, o, proof, Acceptance(ANY_ANCESTRY, 0, 0));
    }

    function correctionOf(uint64 lot, uint64 units, uint64 expected) internal view returns (Correction memory) {
        return Correction(lot, units, expected, uint40(block.timestamp + 1 days), keccak256("protocol of the meter"));
    }

    function correctionHash(Correction memory c) internal view returns (bytes32) {
        bytes32 typehash =
            keccak256("Correction(uint64 lot,uint64 units,uint64 expected,uint40 deadline,bytes32 activity)");
        bytes32 struct_ = keccak256(abi.encode(typehash, c.lot, c.units, c.expected, c.deadline, c.activity));
        return typedData("CarbonEmissionsToken", address(cet), struct_);
    }

    function signedCorrection(Correction memory c, uint256 key) internal view returns (bytes memory) {
        return signed(key, correctionHash(c));
    }

    function correctAs(Party memory supplier, Party memory dependent, Correction memory c) internal {
        cet.correct(c, signedCorrection(c, supplier.key), signedCorrection(c, dependent.key));
    }
}
