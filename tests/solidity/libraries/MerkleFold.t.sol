// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Acceptance, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {AnchorMaker} from "../support/AnchorMaker.sol";
import {Codes} from "../support/Codes.sol";
import {vm} from "../support/Vm.sol";

/// @notice The fold of a proof, which the ledger does in assembly, is OpenZeppelin's: on random siblings, on siblings that equal
/// what they are joined with, and on proofs one word of which is another.
contract MerkleFoldTest is AnchorMaker {
    uint64 private plant;
    Offer private offer;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        offer = offerOf(plant, university.at, 10, Codes.ELECTRICITY_MARKET_WH);
    }

    /// forge-config: ci.fuzz.runs = 2000
    function test_fuzz_the_fold_is_openzeppelins(uint256 seed, uint8 depth, uint256 place, bool tampered) external {
        bytes32[] memory proof = new bytes32[](depth % 40);
        bytes32 leaf = leafOf(offer);
        bytes32 node = leaf;
        for (uint256 i; i < proof.length; ++i) {
            bytes32 random = keccak256(abi.encode(seed, i));
            // Neighbours of what they are joined with too, on either side, and the same.
            uint256 kind = uint256(random) % 6;
            proof[i] = kind == 0 ? node : kind == 1 ? bytes32(uint256(node) + 1) : kind == 2 ? bytes32(uint256(node) - 1) : random;
            node = pairOf(node, proof[i]);
        }
        bytes32 root = MerkleProof.processProof(proof, leaf);
        vm.assertEq(root, node);
        anchorAs(utility, plant, root, 10, uint40(block.timestamp + 1 days));
        if (tampered && proof.length != 0) {
            place = place % proof.length;
            proof[place] = bytes32(uint256(proof[place]) ^ (1 << (seed % 256)));
            vm.assertFalse(MerkleProof.processProof(proof, leaf) == root);
            vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root));
            materialiseAs(university.at, root, offer, proof);
            return;
        }
        vm.assertEq(cet.lotOf(materialiseAs(university.at, root, offer, proof)).basis, 10);
    }
}
