// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Correction, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {ICascadeHook} from "../../../contracts/interfaces/ICascadeHook.sol";
import {ICertificatedGeneration} from "../../../contracts/interfaces/ICertificatedGeneration.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Codes} from "../support/Codes.sol";
import {HostileHook, NotingHook, ReenteringHook} from "../support/Hooks.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Whatever a hook does, the cascade goes on, the other hooks are heard, and no state changes under it (law 5).
contract HookAttacksTest is LedgerTest {
    uint64 private plant;
    uint64 private share;
    uint64 private other;
    NotingHook private honest;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        share = pass(utility, plant, university, 300, Codes.ELECTRICITY_MARKET_WH);
        other = pass(utility, plant, purchaser, 200, Codes.ELECTRICITY_MARKET_WH);
        honest = new NotingHook();
        vm.prank(purchaser.at);
        cet.setHook(address(honest));
    }

    function _set(NotingHook hook) private {
        vm.prank(university.at);
        cet.setHook(address(hook));
    }

    function _survives(HostileHook.Way way) private {
        HostileHook hook = new HostileHook(way);
        _set(hook);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.HookFailed(share, address(hook));
        uint256 before = gasleft();
        cet.cascade(list(share, other));
        vm.assertLe(before - gasleft(), 450_000, "gas the hook can make others pay");
        vm.assertEq(cet.lotOf(share).announcedNet, 300 * T);
        vm.assertEq(honest.count(), 1);
    }

    function test_reverting_hook() external {
        _survives(HostileHook.Way.Reverts);
    }

    function test_hook_that_reverts_with_a_bomb() external {
        _survives(HostileHook.Way.RevertsWithABomb);
    }

    function test_hook_that_returns_a_bomb() external {
        _survives(HostileHook.Way.ReturnsABomb);
    }

    function test_hook_that_burns_all_gas() external {
        _survives(HostileHook.Way.BurnsAllGas);
    }

    function test_hook_that_loops_for_ever() external {
        _survives(HostileHook.Way.LoopsForEver);
    }

    function test_hook_with_the_wrong_answer() external {
        _survives(HostileHook.Way.WrongSelector);
    }

    function test_hook_that_answers_too_little() external {
        _survives(HostileHook.Way.ReturnsTooLittle);
    }

    function test_hook_that_destroys_itself() external {
        _survives(HostileHook.Way.SelfDestructs);
    }

    function test_hook_that_panics() external {
        _survives(HostileHook.Way.Panics);
    }

    function test_hook_whose_code_is_gone() external {
        HostileHook hook = new HostileHook(HostileHook.Way.Reverts);
        _set(hook);
        vm.etch(address(hook), "");
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.HookFailed(share, address(hook));
        cet.cascade(list(share, other));
        vm.assertEq(honest.count(), 1);
    }

    /// A caller cannot give so little gas that a hook fails and the cascade still records it: for every amount of gas
    /// the call either reverts whole or the honest hook has heard.
    /// forge-config: ci.fuzz.runs = 2000
    function test_fuzz_no_hook_is_starved(uint256 given) external {
        given = 40_000 + given % 460_000;
        (bool ok, bytes memory answer) =
            address(cet).call{gas: given}(abi.encodeCall(ICarbonEmissionsToken.cascade, (list(other))));
        vm.assertEq(honest.count() == 1, ok, "heard or reverted");
        vm.assertEq(cet.lotOf(other).announced, ok, "announced or reverted");
        if (ok || answer.length == 0) return;
        vm.assertEq(bytes32(bytes4(answer)), bytes32(ICarbonEmissionsToken.HookGasTooLow.selector));
    }

    function test_starving_a_hook_is_named() external {
        (bool ok, bytes memory answer) =
            address(cet).call{gas: 120_000}(abi.encodeCall(ICarbonEmissionsToken.cascade, (list(other))));
        vm.assertFalse(ok);
        vm.assertEq(answer.length, 68);
        (uint256 left, uint256 required) = abi.decode(_tail(answer), (uint256, uint256));
        vm.assertEq(bytes32(bytes4(answer)), bytes32(ICarbonEmissionsToken.HookGasTooLow.selector));
        vm.assertEq(required, 100_000 * uint256(64) / 63 + 10_000);
        vm.assertTrue(left < required);
    }

    function _tail(bytes memory answer) private pure returns (bytes memory tail) {
        tail = new bytes(answer.length - 4);
        for (uint256 i; i < tail.length; ++i) tail[i] = answer[i + 4];
    }

    /// Ten gas burners in one call: each takes its share and no more.
    function test_many_hostile_hooks_cost_their_cap_each() external {
        _set(new HostileHook(HostileHook.Way.BurnsAllGas));
        uint64[] memory lots = new uint64[](10);
        for (uint64 i; i < 10; ++i) lots[i] = pass(utility, plant, university, 1 + i, Codes.ELECTRICITY_MARKET_WH);
        uint256 before = gasleft();
        cet.cascade(lots);
        vm.assertLe(before - gasleft(), 10 * 130_000, "gas");
    }

    // Re-entering

    function _reenter(address target, bytes memory call_) private returns (bool succeeded, bytes32 answer) {
        ReenteringHook hook = new ReenteringHook();
        _set(hook);
        hook.aim(target, call_);
        uint256 before = vm.snapshotState();
        cet.cascade(list(share));
        vm.assertTrue(hook.called());
        (succeeded, answer) = (hook.succeeded(), hook.answer());
        vm.revertToState(before);
    }

    function _closedUnderHooks(bytes memory call_) private {
        _closedUnderHooks(address(cet), call_);
    }

    function _closedUnderHooks(address target, bytes memory call_) private {
        (bool succeeded, bytes32 answer) = _reenter(target, call_);
        vm.assertFalse(succeeded);
        bytes4 guard = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        vm.assertEq(answer, keccak256(abi.encodePacked(guard)));
    }

    function test_every_function_that_changes_lots_is_closed_while_hooks_run() external {
        Statement memory s = statementOf(utility.at, new uint256[](0));
        Evidence memory e = evidenceOf(s, utility.key);
        Offer memory o = offerOf(plant, university.at, 1, Codes.ELECTRICITY_MARKET_WH);
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.mint, (s, e, 0, new uint256[](0))));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.restate, (s, e, 0, new uint256[](0))));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.accept, (o, "", Acceptance(1, 0, 0))));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.allocate, (o)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.cancel, (o)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.optIn, (utility.at, anything())));
        _closedUnderHooks(
            abi.encodeCall(
                ICarbonEmissionsToken.compose, (compositionOf(Codes.GOODS, 1, list(plant), list(1)))
            )
        );
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.cascade, (list(other))));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.setHook, (address(0))));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.acceptSuccession, (plant, 1)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.applyOffset, (plant, 1, utility.at)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.removeOffset, (plant, 1)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.moveSurplus, (plant, share, 1, utility.at)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.setCertificated, (plant, true)));
        _closedUnderHooks(address(generation), abi.encodeCall(ICertificatedGeneration.mark, (plant)));
        _closedUnderHooks(abi.encodeCall(IERC7943MultiToken.setFrozenTokens, (utility.at, plant, 1)));
        _closedUnderHooks(
            abi.encodeCall(IERC7943MultiToken.forcedTransfer, (utility.at, university.at, plant, 1_000))
        );
    }

    function test_promises_corrections_and_references_are_closed_while_hooks_run() external {
        Offer[] memory offers = new Offer[](1);
        offers[0] = offerOf(plant, university.at, 1, Codes.ELECTRICITY_MARKET_WH);
        Acceptance memory terms = Acceptance(1, 0, 0);
        bytes32[] memory none = new bytes32[](0);
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.anchor, (plant, bytes32(0), 1, type(uint40).max)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.materialise, (bytes32(0), offers[0], none, terms)));
        _closedUnderHooks(
            abi.encodeCall(ICarbonEmissionsToken.materialiseBatch, (bytes32(0), offers, none, new bool[](0), terms))
        );
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.release, (plant, bytes32(0))));
        Correction memory c = Correction(share, 1, 300, type(uint40).max, 0);
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.correct, (c, "", "")));
        offers[0].code = Codes.scope3(11, 1) | 1;
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.accept, (offers[0], "", terms)));
        _closedUnderHooks(abi.encodeCall(ICarbonEmissionsToken.allocate, (offers[0])));
    }

    /// Through the relay, under the signature of a participant that may, all the same.
    function test_what_is_relayed_is_closed_while_hooks_run() external {
        ERC2771Forwarder.ForwardRequestData memory r;
        (r.from, r.to, r.gas) = (university.at, address(cet), 40_000);
        r.deadline = uint48(block.timestamp + 1 hours);
        r.data = abi.encodeCall(ICarbonEmissionsToken.optIn, (utility.at, anything()));
        bytes32 typehash = keccak256(
            "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
        );
        bytes memory head = abi.encode(typehash, r.from, r.to, r.value, r.gas);
        bytes memory tail = abi.encode(relay.nonces(r.from), r.deadline, keccak256(r.data));
        r.signature = signed(university.key, typedData("Relay", address(relay), keccak256(bytes.concat(head, tail))));
        (bool succeeded, bytes32 answer) = _reenter(address(relay), abi.encodeCall(relay.execute, (r)));
        vm.assertFalse(succeeded);
        vm.assertEq(answer, keccak256(abi.encodePacked(Errors.FailedCall.selector)));
        vm.assertEq(cet.optInOf(university.at, utility.at).until, 0);
        // The request itself is good: by itself it is carried out.
        r.gas = 200_000;
        head = abi.encode(typehash, r.from, r.to, r.value, r.gas);
        r.signature = signed(university.key, typedData("Relay", address(relay), keccak256(bytes.concat(head, tail))));
        relay.execute(r);
        vm.assertEq(cet.optInOf(university.at, utility.at).maxAncestry, ANY_ANCESTRY);
    }

    function test_offsets_cannot_move_through_the_offset_token_while_hooks_run() external {
        uint64 batch = issueCredits(utility.at, 10);
        applyAs(utility, batch, plant, T);
        revoke(batch);
        bytes memory call_ = abi.encodeWithSignature("voidApplication(uint64,uint64)", batch, plant);
        (bool succeeded,) = _reenter(address(cot), call_);
        vm.assertFalse(succeeded);
        cot.voidApplication(batch, plant);
    }

    function test_views_answer_while_hooks_run() external {
        (bool succeeded, bytes32 answer) =
            _reenter(address(cet), abi.encodeCall(ICarbonEmissionsToken.figures, (share)));
        vm.assertTrue(succeeded);
        vm.assertEq(answer, keccak256(abi.encode(cet.figures(share))));
    }

    function test_the_guard_opens_again_after_the_cascade() external {
        _set(new HostileHook(HostileHook.Way.BurnsAllGas));
        cet.cascade(list(share));
        pass(utility, plant, university, 1, Codes.ELECTRICITY_MARKET_WH);
        cet.cascade(list(other));
        vm.assertEq(honest.count(), 1);
    }
}
