// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

import {Acceptance, Offer} from "../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Evidence, IStatementRegistry, Statement} from "../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "./support/Codes.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {Party} from "./support/StatementMaker.sol";
import {vm} from "./support/Vm.sol";
import {KeyWallet} from "./support/Wallets.sol";

/// @notice Whoever signs acts, whoever submits pays: each kind of participant's action through the relay, and what is refused.
contract RelayTest is LedgerTest {
    bytes32 private constant REQUEST_TYPEHASH = keccak256(
        "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
    );
    address private constant SUBMITTER = address(0x5AB);

    function requestOf(address from, address to, bytes memory data)
        private
        view
        returns (ERC2771Forwarder.ForwardRequestData memory r)
    {
        r.from = from;
        r.to = to;
        r.gas = 2_000_000;
        r.deadline = uint48(block.timestamp + 1 hours);
        r.data = data;
    }

    function signedBy(ERC2771Forwarder.ForwardRequestData memory r, uint256 key)
        private
        view
        returns (ERC2771Forwarder.ForwardRequestData memory)
    {
        bytes memory head = abi.encode(REQUEST_TYPEHASH, r.from, r.to, r.value, r.gas);
        bytes memory tail = abi.encode(relay.nonces(r.from), r.deadline, keccak256(r.data));
        r.signature = signed(key, typedData("Relay", address(relay), keccak256(bytes.concat(head, tail))));
        return r;
    }

    function relayed(Party memory p, address to, bytes memory data) private {
        ERC2771Forwarder.ForwardRequestData memory r = signedBy(requestOf(p.at, to, data), p.key);
        vm.prank(SUBMITTER);
        relay.execute(r);
    }

    // Every kind of participant acts without sending a transaction

    function test_a_dependent_accepts_an_offer() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY_WH, 1000, 600);
        Offer memory o = offerOf(plant, university.at, 400, Codes.ELECTRICITY_MARKET_WH);
        bytes memory signature = signedOffer(o, utility.key);
        relayed(university, address(cet), abi.encodeCall(cet.accept, (o, signature, Acceptance(ANY_ANCESTRY, 0, 0))));
        vm.assertEq(cet.lotOf(cet.keyOf(o)).holder, university.at);
        assertFigures(cet.keyOf(o), 240, 240, 240, 0);
    }

    function test_a_supplier_allocates_where_its_dependent_opted_in() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY_WH, 1000, 600);
        relayed(university, address(cet), abi.encodeCall(cet.optIn, (utility.at, anything())));
        Offer memory o = offerOf(plant, university.at, 500, Codes.ELECTRICITY_MARKET_WH);
        relayed(utility, address(cet), abi.encodeCall(cet.allocate, (o)));
        vm.assertEq(cet.lotOf(cet.keyOf(o)).holder, university.at);
    }

    function test_a_supplier_composes_cancels_and_anchors() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY, 1000, 1000);
        Offer memory o = offerOf(plant, university.at, 500, Codes.scope3(1));
        relayed(utility, address(cet), abi.encodeCall(cet.cancel, (o)));
        relayed(utility, address(cet), abi.encodeCall(cet.anchor, (plant, keccak256("root"), 100, uint40(block.timestamp + 1 days))));
        vm.assertEq(cet.lotOf(plant).allocated, 100);
        relayed(utility, address(cet), abi.encodeCall(cet.compose, (compositionOf(Codes.GOODS, 7, list(plant), list(300)))));
        vm.assertEq(cet.lotOf(plant).allocated, 400);
    }

    function test_a_holder_transfers_applies_and_retires_credits() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY, 5 * T, 5 * T);
        uint64 batch = issueCredits(utility.at, 10);
        relayed(utility, address(cot), abi.encodeCall(cot.applyTo, (batch, plant, 2 * T)));
        relayed(utility, address(cot), abi.encodeCall(cot.retire, (batch, T, retirement())));
        bytes memory transfer = abi.encodeWithSignature(
            "safeTransferFrom(address,address,uint256,uint256,bytes)", utility.at, university.at, batch, T, ""
        );
        relayed(utility, address(cot), transfer);
        assertFigures(plant, 5 * T, 5 * T, 3 * T, 0);
        vm.assertEq(cot.balanceOf(university.at, batch), T);
        vm.assertEq(cot.balanceOf(utility.at, batch), 6 * T);
    }

    function test_a_programme_operator_issues_and_a_verifier_withdraws() external {
        relayed(issuer, address(cot), abi.encodeCall(cot.issue, (creditsOf(1, 3), "attributes", 0, utility.at)));
        vm.assertEq(cot.balanceOf(utility.at, cot.batchIdOf(creditsOf(1, 3))), 3 * T);

        uint256[] memory words = words1(word(Codes.STATIONARY, 0, 5, 5));
        Statement memory s = statementOf(utility.at, words);
        cet.mint(s, evidenceOf(s, utility.key), 0, words);
        relayed(verifier, address(registry), abi.encodeCall(registry.withdraw, (hashOf(s), "site visit")));
        (,, bool withdrawn) = registry.standingOf(registry.record(hashOf(s)).number);
        vm.assertTrue(withdrawn);
    }

    function test_a_wallet_acts_by_its_own_rule() external {
        KeyWallet wallet = new KeyWallet(university.at);
        uint64 plant = mintLot(utility, Codes.STATIONARY_WH, 1000, 600);
        Offer memory o = offerOf(plant, address(wallet), 400, Codes.ELECTRICITY_MARKET_WH);
        bytes memory call = abi.encodeCall(cet.accept, (o, signedOffer(o, utility.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        ERC2771Forwarder.ForwardRequestData memory r = signedBy(requestOf(address(wallet), address(cet), call), university.key);
        vm.assertTrue(relay.verify(r));
        relay.execute(r);
        vm.assertEq(cet.lotOf(cet.keyOf(o)).holder, address(wallet));
        // By another key the wallet says no.
        r = signedBy(requestOf(address(wallet), address(cet), abi.encodeCall(cet.setHook, (address(0)))), utility.key);
        vm.expectRevert(abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector, utility.at, address(wallet)));
        relay.execute(r);
    }

    // What is refused

    function test_a_request_is_carried_out_once() external {
        ERC2771Forwarder.ForwardRequestData memory r =
            signedBy(requestOf(utility.at, address(cet), abi.encodeCall(cet.optIn, (university.at, anything()))), utility.key);
        relay.execute(r);
        vm.assertFalse(relay.verify(r));
        // The nonce moved on, so the signature is of nobody who matters.
        vm.expectRevert();
        relay.execute(r);
    }

    function test_a_request_expires() external {
        ERC2771Forwarder.ForwardRequestData memory r =
            signedBy(requestOf(utility.at, address(cet), abi.encodeCall(cet.setHook, (address(0)))), utility.key);
        vm.warp(r.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderExpiredRequest.selector, r.deadline));
        relay.execute(r);
        vm.warp(r.deadline);
        relay.execute(r);
    }

    function test_another_cannot_sign() external {
        ERC2771Forwarder.ForwardRequestData memory r =
            signedBy(requestOf(utility.at, address(cet), abi.encodeCall(cet.setHook, (address(0)))), university.key);
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector, university.at, utility.at)
        );
        relay.execute(r);
    }

    function test_only_the_relay_speaks_for_others() external {
        // A caller that appends a holder's address to its call is still itself.
        uint64 plant = mintLot(utility, Codes.STATIONARY, 1000, 1000);
        bytes memory call = bytes.concat(
            abi.encodeCall(cet.compose, (compositionOf(Codes.GOODS, 7, list(plant), list(300)))), bytes20(utility.at)
        );
        vm.prank(university.at);
        (bool ok, bytes memory answer) = address(cet).call(call);
        vm.assertFalse(ok, "spoofed");
        vm.assertEq(bytes32(answer) >> 224, bytes32(uint256(uint32(bytes4(keccak256("NotHolder(uint64,address,address)"))))));
        // An address its own signer appends says nothing either: the relay's comes last.
        call = bytes.concat(abi.encodeCall(cet.cancel, (offerOf(plant, university.at, 1, Codes.scope3(1)))), bytes20(utility.at));
        ERC2771Forwarder.ForwardRequestData memory r = signedBy(requestOf(university.at, address(cet), call), university.key);
        vm.expectRevert();
        relay.execute(r);
    }

    function test_operators_act_themselves_or_not_at_all() external {
        ERC2771Forwarder.ForwardRequestData memory r =
            signedBy(requestOf(utility.at, address(cet), abi.encodeCall(cet.setClosed, (1))), utility.key);
        vm.expectRevert();
        relay.execute(r);
        vm.assertEq(cet.closed(), 0);
    }

    function test_contracts_that_do_not_trust_the_relay_are_no_targets() external {
        ERC2771Forwarder.ForwardRequestData memory r = signedBy(requestOf(utility.at, address(access), ""), utility.key);
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771UntrustfulTarget.selector, address(access), address(relay))
        );
        relay.execute(r);
    }
}
