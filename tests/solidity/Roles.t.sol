// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICarbonEmissionsToken} from "../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {IStatementRegistry} from "../../contracts/interfaces/IStatementRegistry.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {Party} from "./support/StatementMaker.sol";
import {vm} from "./support/Vm.sol";

/// @notice Operators act after a delay in which everybody can see what comes; a guardian closes at once and opens nothing.
contract RolesTest is LedgerTest {
    uint64 private constant OPERATOR = 1;
    uint64 private constant GUARDIAN = 3;
    uint32 private constant DELAY = 2 days;

    Party private operator;
    Party private guardian;

    function setUp() public override {
        super.setUp();
        operator = party("operator");
        guardian = party("guardian");
        access.grantRole(OPERATOR, operator.at, DELAY);
        access.grantRole(GUARDIAN, guardian.at, 0);
        _assign(address(registry), IStatementRegistry.enrol.selector, OPERATOR);
        _assign(address(cet), ICarbonEmissionsToken.setClosed.selector, OPERATOR);
        _assign(address(cet), ICarbonEmissionsToken.close.selector, GUARDIAN);
    }

    function _assign(address target, bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        access.setTargetFunctionRole(target, selectors, role);
    }

    function _as(Party memory p, address target, bytes memory call_, bytes memory reason) private {
        if (reason.length != 0) vm.expectRevert(reason);
        vm.prank(p.at);
        (bool ok,) = target.call(call_);
        ok;
    }

    function test_an_operators_call_is_scheduled_and_waits() external {
        bytes memory call_ = abi.encodeCall(IStatementRegistry.enrol, (address(7), "new"));
        bytes32 operation = access.hashOperation(operator.at, address(registry), call_);
        _as(operator, address(registry), call_, abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        vm.prank(operator.at);
        access.schedule(address(registry), call_, 0);
        vm.warp(NOW + DELAY - 1);
        _as(operator, address(registry), call_, abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, operation));
        vm.warp(NOW + DELAY);
        _as(operator, address(registry), call_, "");
        vm.assertTrue(registry.isEnrolled(address(7)));
        // Once scheduled is once done.
        _as(operator, address(registry), call_, abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
    }

    function test_a_guardian_closes_at_once() external {
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.ClosedSet(1 << 1 | 1 << 3);
        _as(guardian, address(cet), abi.encodeCall(cet.close, (1 << 1 | 1 << 3)), "");
        vm.assertEq(cet.closed(), 1 << 1 | 1 << 3);
    }

    function test_a_guardian_opens_nothing() external {
        _as(guardian, address(cet), abi.encodeCall(cet.close, (1 << 1)), "");
        _as(guardian, address(cet), abi.encodeCall(cet.close, (0)), "");
        vm.assertEq(cet.closed(), 1 << 1);
        _as(guardian, address(cet), abi.encodeCall(cet.close, (1 << 5)), "");
        vm.assertEq(cet.closed(), 1 << 1 | 1 << 5);
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian.at);
        _as(guardian, address(cet), abi.encodeCall(cet.setClosed, (0)), refused);
    }

    function test_opening_again_takes_the_operators_delay() external {
        _as(guardian, address(cet), abi.encodeCall(cet.close, (1)), "");
        bytes memory call_ = abi.encodeCall(cet.setClosed, (0));
        vm.prank(operator.at);
        access.schedule(address(cet), call_, 0);
        vm.warp(NOW + DELAY);
        _as(operator, address(cet), call_, "");
        vm.assertEq(cet.closed(), 0);
    }

    function test_an_operator_does_not_hold_the_guardians_role_by_itself() external {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, operator.at);
        _as(operator, address(cet), abi.encodeCall(cet.close, (1)), refused);
    }
}
