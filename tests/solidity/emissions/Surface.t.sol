// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICarbonEmissionsToken} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice What wallets see: balances are bases, and nobody sends emissions away (ERC-1155, ERC-7943, ERC-165, ERC-5267).
contract SurfaceTest is LedgerTest {
    uint64 private plant;
    uint64 private share;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        share = pass(utility, plant, university, 300, Codes.ELECTRICITY_MARKET_WH);
    }

    function test_balance_is_the_holders_basis_and_nobody_elses() external view {
        vm.assertEq(cet.balanceOf(utility.at, plant), 1_000);
        vm.assertEq(cet.balanceOf(university.at, share), 300);
        vm.assertEq(cet.balanceOf(university.at, plant), 0);
        vm.assertEq(cet.balanceOf(address(0), plant), 0);
        vm.assertEq(cet.balanceOf(address(0), 12345), 0);
        vm.assertEq(cet.balanceOf(utility.at, uint256(plant) | 1 << 64), 0);
    }

    function test_balances_are_read_in_batches() external {
        (address[] memory accounts, uint256[] memory ids) = (new address[](2), new uint256[](2));
        (accounts[0], accounts[1], ids[0], ids[1]) = (utility.at, university.at, plant, share);
        uint256[] memory expected = new uint256[](2);
        (expected[0], expected[1]) = (1_000, 300);
        vm.assertEq(cet.balanceOfBatch(accounts, ids), expected);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 1, 2));
        cet.balanceOfBatch(accounts, new uint256[](1));
    }

    function test_holders_transfer_nothing() external {
        bytes4 error = IERC7943MultiToken.ERC7943CannotTransfer.selector;
        vm.startPrank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, university.at, plant, 1));
        cet.safeTransferFrom(utility.at, university.at, plant, 1, "");
        uint256[] memory one = new uint256[](1);
        one[0] = plant;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, university.at, plant, plant));
        cet.safeBatchTransferFrom(utility.at, university.at, one, one, "");
        vm.stopPrank();
        vm.assertFalse(cet.canSend(utility.at));
        vm.assertFalse(cet.canTransfer(utility.at, university.at, plant, 1));
    }

    function test_approved_operators_transfer_nothing_either() external {
        vm.prank(utility.at);
        cet.setApprovalForAll(purchaser.at, true);
        vm.prank(purchaser.at);
        bytes4 error = IERC7943MultiToken.ERC7943CannotTransfer.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, university.at, plant, 1));
        cet.safeTransferFrom(utility.at, university.at, plant, 1, "");
    }

    function test_interfaces_are_announced() external view {
        vm.assertEq(bytes32(type(IERC7943MultiToken).interfaceId), bytes32(bytes4(0x41c4fbad)));
        vm.assertTrue(cet.supportsInterface(0x41c4fbad)); // ERC-7943, multi-token
        vm.assertTrue(cet.supportsInterface(0x01ffc9a7)); // ERC-165
        vm.assertTrue(cet.supportsInterface(0xd9b67a26)); // ERC-1155
        vm.assertTrue(cet.supportsInterface(0x0e89341c)); // its metadata
        vm.assertTrue(cet.supportsInterface(type(ICarbonEmissionsToken).interfaceId));
        vm.assertFalse(cet.supportsInterface(0xffffffff));
    }

    function test_domain_is_published() external view {
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address at,,) = cet.eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(bytes1(0x0f)));
        vm.assertEq(name, "CarbonEmissionsToken");
        vm.assertEq(version, "1");
        vm.assertEq(chainId, block.chainid);
        vm.assertEq(at, address(cet));
    }

    function test_tokens_name_each_other_and_the_registry() external view {
        vm.assertEq(cet.registry(), address(registry));
        vm.assertEq(cet.offsets(), address(cot));
        vm.assertEq(cot.emissions(), address(cet));
    }

    function test_unknown_lots_have_no_view() external {
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 7);
        vm.expectRevert(reason);
        cet.lotOf(7);
        vm.expectRevert(reason);
        cet.figures(7);
        vm.expectRevert(reason);
        cet.edgesOf(7);
        vm.expectRevert(reason);
        cet.uri(7);
    }

    function test_source_lots_have_no_edges() external view {
        (uint64[] memory parents, uint64[] memory units) = cet.edgesOf(plant);
        vm.assertEq(parents.length + units.length, 0);
    }
}
