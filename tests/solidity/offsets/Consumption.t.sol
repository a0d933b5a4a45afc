// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {
    BatchStatus,
    BatchView,
    CreditBatch,
    ICarbonOffsetToken,
    Retirement
} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 3: a credit is retired or applied once, by its holder, while its batch is good; serials follow in order.
contract ConsumptionTest is LedgerTest {
    uint64 private batch;
    uint64 private plant;

    function setUp() public override {
        super.setUp();
        batch = issueCredits(utility.at, 100);
        plant = mintLot(utility, Codes.STATIONARY, 1_000 * T, 1_000 * T);
    }

    function _retire(uint64 amount) private returns (bytes32) {
        vm.prank(utility.at);
        return cot.retire(batch, amount, retirement());
    }

    function _bothRefused(uint64 amount, bytes memory reason) private {
        vm.startPrank(utility.at);
        vm.expectRevert(reason);
        cot.retire(batch, amount, retirement());
        vm.expectRevert(reason);
        cot.applyTo(batch, plant, amount);
        vm.stopPrank();
    }

    function _assertBatch(uint256 held, uint256 retired, uint256 applied, uint256 voided) private view {
        BatchView memory v = cot.batchOf(batch);
        vm.assertEq(v.held, held, "held");
        vm.assertEq(v.retired, retired, "retired");
        vm.assertEq(v.applied, applied, "applied");
        vm.assertEq(v.voided, voided, "voided");
        vm.assertEq(v.issued, held + retired + applied + voided);
    }

    function test_retirement_is_certified_with_its_serials() external {
        bytes32 expected = keccak256(abi.encode(batch, uint64(0), utility.at, retirement()));
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(utility.at, utility.at, address(0), batch, 30 * T);
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.CreditsRetired(expected, batch, utility.at, 0, 30 * T, retirement());
        vm.assertEq(_retire(30 * T), expected);
        (uint64 ofBatch, uint64 first, uint64 amount, uint40 at) = cot.certificateOf(expected);
        vm.assertEq(ofBatch, batch);
        vm.assertEq(first, 0);
        vm.assertEq(amount, 30 * T);
        vm.assertEq(at, NOW);
        _assertBatch(70 * T, 30 * T, 0, 0);
    }

    function test_consumption_takes_the_next_serials() external {
        _retire(30 * T);
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.CreditsApplied(batch, plant, 30 * T, 20 * T);
        applyAs(utility, batch, plant, 20 * T);
        (, uint64 first,,) = cot.certificateOf(_retire(50 * T));
        vm.assertEq(first, 50 * T);
        _assertBatch(0, 80 * T, 20 * T, 0);
        vm.assertEq(cot.balanceOf(utility.at, batch), 0);
    }

    function test_like_retirements_have_certificates_of_their_own() external {
        bytes32 a = _retire(T);
        bytes32 b = _retire(T);
        vm.assertTrue(a != b);
    }

    function test_unknown_certificate_has_no_amount() external view {
        (,, uint64 amount,) = cot.certificateOf("none");
        vm.assertEq(amount, 0);
    }

    function test_amount_zero_reverts() external {
        _bothRefused(0, refusal(ICarbonOffsetToken.AmountZero.selector));
        vm.expectRevert(ICarbonOffsetToken.AmountZero.selector);
        cot.moveSurplus(batch, plant, plant, 0);
    }

    function test_more_than_held_reverts() external {
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        _bothRefused(100 * T + 1, abi.encodeWithSelector(error, utility.at, 100 * T, 100 * T + 1, batch));
        _bothRefused(
            type(uint64).max, abi.encodeWithSelector(error, utility.at, 100 * T, type(uint64).max, batch)
        );
        applyAs(utility, batch, plant, 100 * T);
        _bothRefused(1, abi.encodeWithSelector(error, utility.at, 0, 1, batch));
    }

    function test_anothers_credits_revert() external {
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, university.at, 0, 1, batch));
        vm.prank(university.at);
        cot.retire(batch, 1, retirement());
    }

    function test_retirement_names_a_beneficiary_and_a_period() external {
        Retirement memory r = retirement();
        r.beneficiary = "";
        vm.startPrank(utility.at);
        vm.expectRevert(ICarbonOffsetToken.RetirementInvalid.selector);
        cot.retire(batch, T, r);
        r = retirement();
        r.periodEnd = r.periodStart - 1;
        vm.expectRevert(ICarbonOffsetToken.RetirementInvalid.selector);
        cot.retire(batch, T, r);
        vm.stopPrank();
    }

    function test_ex_ante_credits_are_held_and_transferred_but_not_used() external {
        CreditBatch memory c = creditsOf(1_000, 10);
        c.exAnte = true;
        vm.prank(issuer.at);
        batch = cot.issue(c, "attributes", 1, utility.at);
        _bothRefused(T, abi.encodeWithSelector(ICarbonOffsetToken.ExAnteNotUsable.selector, batch));
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, university.at, batch, T, "");
        vm.assertEq(cot.balanceOf(university.at, batch), T);
    }

    function test_unknown_suspended_and_revoked_batches_are_not_used() external {
        applyAs(utility, batch, plant, T);
        bytes4 error = ICarbonOffsetToken.BatchNotActive.selector;
        (uint64 known, uint64 unknown) = (batch, 1);
        batch = unknown;
        _bothRefused(1, abi.encodeWithSelector(error, unknown, BatchStatus.Unknown));
        batch = known;
        vm.prank(issuer.at);
        cot.setStatus(batch, BatchStatus.Suspended, "inquiry");
        bytes memory reason = abi.encodeWithSelector(error, batch, BatchStatus.Suspended);
        _bothRefused(1, reason);
        vm.expectRevert(reason);
        cot.moveSurplus(batch, plant, plant, 1);
        vm.prank(issuer.at);
        cot.setStatus(batch, BatchStatus.Revoked, "fraud");
        _bothRefused(1, abi.encodeWithSelector(error, batch, BatchStatus.Revoked));
    }

    function test_reinstated_batch_is_used_again() external {
        vm.startPrank(issuer.at);
        cot.setStatus(batch, BatchStatus.Suspended, "inquiry");
        cot.setStatus(batch, BatchStatus.Active, "cleared");
        vm.stopPrank();
        applyAs(utility, batch, plant, T);
    }

    function test_frozen_credits_are_not_used() external {
        cot.setFrozenTokens(utility.at, batch, 70 * T);
        bytes4 error = IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector;
        _bothRefused(31 * T, abi.encodeWithSelector(error, utility.at, batch, 31 * T, 30 * T));
        _retire(30 * T);
    }

    function test_moving_more_than_this_batch_applied_reverts() external {
        applyAs(utility, batch, plant, 5 * T);
        bytes4 error = ICarbonOffsetToken.ApplicationTooSmall.selector;
        vm.expectRevert(abi.encodeWithSelector(error, 5 * T + 1, 5 * T));
        cot.moveSurplus(batch, plant, plant, 5 * T + 1);
    }

    function test_failed_application_leaves_the_credits() external {
        uint64 small = mintLot(utility, Codes.STATIONARY, T, T);
        vm.expectRevert();
        applyAs(utility, batch, small, 2 * T);
        _assertBatch(100 * T, 0, 0, 0);
        vm.assertEq(cot.appliedTo(batch, small), 0);
    }
}
