// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus, CreditBatch, ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 3: credits issued in another batch's place are new serials, and the two never stand beside each other.
contract ReplacementTest is LedgerTest {
    uint64 private old;

    function setUp() public override {
        super.setUp();
        old = issueCredits(utility.at, 100);
    }

    function _setStatus(BatchStatus status) private {
        vm.prank(issuer.at);
        cot.setStatus(old, status, "why");
    }

    function _replace(uint64 firstSerial, uint64 tonnes, uint64 previous) private returns (uint64) {
        CreditBatch memory c = creditsOf(firstSerial, tonnes);
        c.replaces = old;
        vm.prank(issuer.at);
        return cot.issue(c, "attributes", previous, utility.at);
    }

    function test_replacement_restores_the_net_by_an_ordinary_application() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 100 * T);
        uint64 sold = pass(utility, plant, university, 500, Codes.ELECTRICITY_MARKET_WH);
        applyAs(utility, old, plant, 40 * T);
        assertFigures(sold, 50 * T, 30 * T, 30 * T, 0);
        revoke(old);
        cot.voidApplication(old, plant);
        assertFigures(sold, 50 * T, 50 * T, 50 * T, 0);
        uint64 replacing = _replace(101, 100, 1);
        applyAs(utility, replacing, plant, 40 * T);
        assertFigures(sold, 50 * T, 30 * T, 30 * T, 0);
        vm.assertEq(cot.batchOf(replacing).batch.replaces, old);
        vm.assertEq(cot.replacedOf(old), 100 * T);
    }

    function test_active_or_unknown_batch_is_not_replaced() external {
        bytes4 error = ICarbonOffsetToken.NotReplaceable.selector;
        vm.expectRevert(abi.encodeWithSelector(error, old, BatchStatus.Active));
        _replace(101, 10, 1);
        old = 7;
        vm.expectRevert(abi.encodeWithSelector(error, 7, BatchStatus.Unknown));
        _replace(101, 10, 1);
    }

    function test_a_batch_is_replaced_once() external {
        _setStatus(BatchStatus.Suspended);
        _replace(101, 60, 1);
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.ReplacementExceeds.selector, 41 * T, 40 * T));
        _replace(161, 41, 101);
        _replace(161, 40, 101);
        vm.assertEq(cot.replacedOf(old), 100 * T);
    }

    function test_replaced_batch_is_not_reinstated() external {
        _setStatus(BatchStatus.Suspended);
        _replace(101, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.BatchReplaced.selector, old, T));
        _setStatus(BatchStatus.Active);
        _setStatus(BatchStatus.Revoked);
    }

    function test_batch_of_another_programme_is_not_replaced() external {
        _setStatus(BatchStatus.Suspended);
        cot.setProgram("Other", issuer.at, type(uint64).max, "Other");
        CreditBatch memory c = creditsOf(101, 10);
        (c.program, c.replaces) = ("Other", old);
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.ReplacesAnotherProgram.selector, old, CAR));
        vm.prank(issuer.at);
        cot.issue(c, "attributes", 0, utility.at);
    }

    function test_property_set_is_the_one_whose_hash_the_batch_has() external {
        CreditBatch memory c = creditsOf(101, 10);
        bytes4 error = ICarbonOffsetToken.AttributesMismatch.selector;
        vm.startPrank(issuer.at);
        vm.expectRevert(abi.encodeWithSelector(error, keccak256("other"), c.attributes));
        cot.issue(c, "other", 1, utility.at);
        vm.expectRevert(abi.encodeWithSelector(error, bytes32(0), c.attributes));
        cot.issue(c, "", 1, utility.at);
        c.attributes = 0;
        cot.issue(c, "", 1, utility.at);
    }
}
