// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {CreditStore} from "../../../contracts/libraries/CreditStore.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 3 rests on these words: issued, retired, applied and voided of a batch never run into each other.
contract CreditStoreTest {
    using CreditStore for uint256;

    function test_fuzz_account_keeps_its_fields(uint256[4] memory parts, bool exAnte, uint8 status) external pure {
        uint256 issued;
        for (uint256 i; i < 4; ++i) issued += parts[i] %= 1 << 54;
        uint256 word = CreditStore.account(issued, BatchStatus(status % 4), exAnte);
        word = word.addRetired(parts[0]).addApplied(parts[1]).addVoided(parts[2]);
        _check(word, issued, parts[0], parts[1], parts[2]);
        word = word.moveAppliedToVoided(parts[1]);
        _check(word, issued, parts[0], 0, parts[1] + parts[2]);
        for (uint8 s; s < 4; ++s) {
            word = word.withStatus(BatchStatus(s));
            vm.assertEq(uint256(word.status()), s);
        }
        _check(word, issued, parts[0], 0, parts[1] + parts[2]);
        vm.assertEq(word.isExAnte(), exAnte, "ex ante");
    }

    function _check(uint256 word, uint256 issued, uint256 retired, uint256 applied, uint256 voided) private pure {
        vm.assertEq(word.issued(), issued);
        vm.assertEq(word.retired(), retired);
        vm.assertEq(word.applied(), applied);
        vm.assertEq(word.voided(), voided);
        vm.assertEq(word.consumed(), retired + applied + voided);
    }

    function test_whole_largest_batch_fits_in_every_field() external pure {
        uint256 most = CreditStore.LARGEST_BATCH;
        uint256 word = CreditStore.account(most, BatchStatus.Active, true);
        _check(word.addRetired(most), most, most, 0, 0);
        _check(word.addApplied(most), most, 0, most, 0);
        _check(word.addApplied(most).moveAppliedToVoided(most), most, 0, 0, most);
        _check(word.addVoided(most), most, 0, 0, most);
    }

    function test_fuzz_holding_keeps_its_fields(uint128 held, uint256 frozen) external pure {
        uint256 word = uint256(held).withFrozen(frozen);
        vm.assertEq(word.held(), held);
        vm.assertEq(word.frozen(), frozen > type(uint128).max ? type(uint128).max : frozen);
        vm.assertEq(word.unfrozen(), frozen < held ? held - frozen : 0);
        vm.assertEq(word.withFrozen(0), held);
    }

    function test_what_does_not_fit_is_frozen_as_the_most_there_is() external pure {
        uint256 most = type(uint128).max;
        vm.assertEq(uint256(5).withFrozen(most).frozen(), most);
        vm.assertEq(uint256(5).withFrozen(most + 1).frozen(), most);
        vm.assertEq(uint256(5).withFrozen(most + 2).frozen(), most);
    }
}
