// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares} from "../../../contracts/libraries/Shares.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 2: a share never understates and overstates by less than a milligram, by exact fractions in 512 bits.
contract SharesTest {
    function test_fuzz_a_share_is_the_smallest_whole_number_not_below_it(uint256 figure, uint64 units, uint64 basis)
        external
        pure
    {
        (figure, units, basis) = _bounded(figure, units, basis);
        uint256 share = Shares.shareUp(figure, units, basis);
        // share·basis ≥ figure·units > (share − 1)·basis
        vm.assertTrue(!_less(share, basis, figure, units));
        vm.assertTrue(share == 0 || _less(share - 1, basis, figure, units));
    }

    function test_fuzz_a_carry_is_exact_to_a_part_in_2_64(uint256 figure, uint64 units, uint64 basis) external pure {
        (figure, units, basis) = _bounded(figure, units, basis);
        uint256 carry = Shares.carryUp(figure, units, basis);
        vm.assertTrue(!_less(carry, basis, figure << 64, units));
        vm.assertTrue(carry == 0 || _less(carry - 1, basis, figure << 64, units));
    }

    /// With one denominator the exact sum is a fraction that can be compared without another library.
    function test_fuzz_a_sum_of_shares_never_understates_and_is_less_than_a_milligram_over(
        uint64[16] memory grosses,
        uint64[16] memory units,
        uint64 basis
    ) external pure {
        vm.assume(basis > 16);
        uint256 carry;
        uint256 exact;
        for (uint256 i; i < 16; ++i) {
            uint256 u = units[i] % basis;
            carry += Shares.carryUp(grosses[i], u, basis);
            exact += grosses[i] * u;
        }
        uint256 sum = Shares.settleUp(carry);
        vm.assertGe(sum * basis, exact, "understates");
        // 16 carries of 2^-64 each can only tip the sum over a whole number it all but reaches.
        vm.assertTrue(sum == 0 || (sum - 1) * basis < exact + 1, "overstates by a milligram");
    }

    function test_sum_of_thirds_is_whole() external pure {
        uint256 carry = Shares.carryUp(1, 1, 3) + Shares.carryUp(1, 1, 3) + Shares.carryUp(1, 1, 3);
        // Each third is 2^-64 too large: never below 1, and so 2, not 1. That is the stated milligram.
        vm.assertEq(Shares.settleUp(carry), 2);
        vm.assertEq(Shares.settleUp(Shares.carryUp(3, 1, 3)), 1);
    }

    function test_the_whole_of_a_lot_is_its_figure(uint64 figure, uint64 basis) external pure {
        vm.assume(basis != 0);
        vm.assertEq(Shares.shareUp(figure, basis, basis), figure);
        vm.assertEq(Shares.settleUp(Shares.carryUp(figure, basis, basis)), figure);
    }

    function test_fuzz_less_stops_at_zero(uint128 a, uint128 b) external pure {
        vm.assertEq(Shares.less(a, b), a > b ? a - b : 0);
    }

    function _bounded(uint256 figure, uint64 units, uint64 basis) private pure returns (uint256, uint64, uint64) {
        basis = uint64(basis % ((1 << 63) - 1)) + 1;
        return (figure % (1 << 80), uint64(units % basis) + 1, basis);
    }

    /// Whether a·b < c·d, as 512-bit products by the schoolbook.
    function _less(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (bool) {
        (uint256 high1, uint256 low1) = _product(a, b);
        (uint256 high2, uint256 low2) = _product(c, d);
        return high1 < high2 || (high1 == high2 && low1 < low2);
    }

    function _product(uint256 a, uint256 b) private pure returns (uint256 high, uint256 low) {
        unchecked {
            (uint256 a1, uint256 a0, uint256 b1, uint256 b0) = (a >> 128, uint128(a), b >> 128, uint128(b));
            uint256 middle = a1 * b0 + (a0 * b0 >> 128);
            uint256 other = a0 * b1 + uint128(middle);
            high = a1 * b1 + (middle >> 128) + (other >> 128);
            low = a * b;
        }
    }
}
