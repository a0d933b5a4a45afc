// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Signatures} from "../../../contracts/libraries/Signatures.sol";
import {vm} from "../support/Vm.sol";
import {AnswerWallet, KeyWallet} from "../support/Wallets.sol";

/// @notice Law 9 rests on signatures: keys and ERC-1271 wallets pass, everything that only looks like one does not.
contract SignaturesTest {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 private constant KEY = 0xA11CE;
    bytes32 private constant DIGEST = keccak256("digest");

    function isValid(address account, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return Signatures.isValid(account, digest, signature);
    }

    function signer(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return Signatures.signer(digest, signature);
    }

    function test_fuzz_a_key_signs_for_its_address_and_no_other(uint256 key, address other) external view {
        key = key % (ORDER - 1) + 1;
        address account = vm.addr(key);
        vm.assume(other != account);
        bytes memory signature = _sign(key);
        vm.assertTrue(this.isValid(account, DIGEST, signature));
        vm.assertFalse(this.isValid(other, DIGEST, signature));
        vm.assertFalse(this.isValid(account, keccak256("another"), signature));
        vm.assertEq(this.signer(DIGEST, signature), account);
    }

    function test_the_zero_address_signs_nothing() external view {
        vm.assertFalse(this.isValid(address(0), DIGEST, new bytes(65)));
        vm.assertFalse(this.isValid(address(0), DIGEST, ""));
        vm.assertEq(this.signer(DIGEST, new bytes(65)), address(0));
    }

    function test_high_s_twin_of_a_signature_is_refused() external view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, DIGEST);
        bytes memory twin = abi.encodePacked(r, ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
        vm.assertFalse(this.isValid(vm.addr(KEY), DIGEST, twin));
        vm.assertEq(this.signer(DIGEST, twin), address(0));
    }

    function test_compact_and_overlong_signatures_are_refused() external view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, DIGEST);
        bytes32 vs = bytes32(uint256(v - 27) << 255 | uint256(s));
        vm.assertFalse(this.isValid(vm.addr(KEY), DIGEST, abi.encodePacked(r, vs)));
        vm.assertFalse(this.isValid(vm.addr(KEY), DIGEST, abi.encodePacked(r, s, v, uint8(0))));
        vm.assertFalse(this.isValid(vm.addr(KEY), DIGEST, abi.encodePacked(r, s, v - 27)));
        vm.assertFalse(this.isValid(vm.addr(KEY), DIGEST, ""));
    }

    function test_a_wallet_signs_by_erc_1271() external {
        address wallet = address(new KeyWallet(vm.addr(KEY)));
        vm.assertTrue(this.isValid(wallet, DIGEST, _sign(KEY)));
        vm.assertFalse(this.isValid(wallet, DIGEST, _sign(KEY + 1)));
    }

    /// EIP-7702: an account with a key keeps it when it gets code, and the code may sign as well.
    function test_an_account_with_key_and_code_signs_with_either() external {
        address account = vm.addr(KEY);
        vm.etch(account, address(new KeyWallet(vm.addr(0xB0B))).code);
        vm.assertTrue(this.isValid(account, DIGEST, _sign(KEY)));
        vm.assertTrue(this.isValid(account, DIGEST, _sign(0xB0B)));
        vm.assertFalse(this.isValid(account, DIGEST, _sign(0xBAD)));
    }

    function test_wallets_that_answer_anything_but_the_selector_do_not_sign() external {
        for (uint8 i; i < 6; ++i) {
            address wallet = address(new AnswerWallet(AnswerWallet.Answer(i)));
            vm.assertEq(this.isValid(wallet, DIGEST, _sign(KEY)), false, vm.toString(i));
        }
    }

    function test_an_address_without_code_does_not_sign_by_silence() external view {
        vm.assertFalse(this.isValid(address(0xDEAD), DIGEST, ""));
    }

    function test_precompiles_do_not_sign() external view {
        for (uint160 i = 1; i <= 10; ++i) {
            // A precompile that refuses its input burns all gas it was given.
            vm.assertFalse(this.isValid{gas: 1_000_000}(address(i), DIGEST, _sign(KEY)));
        }
    }

    function _sign(uint256 key) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, DIGEST);
        return abi.encodePacked(r, s, v);
    }
}
