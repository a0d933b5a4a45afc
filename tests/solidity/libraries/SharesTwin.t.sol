// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares} from "../../../contracts/libraries/Shares.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";

/// @notice Law 2: the deployed graph walk, which is assembly, sums edges as `Shares.carryUp` and `settleUp` say.
contract SharesTwinTest is LedgerTest {
    function test_fuzz_a_composition_is_its_settled_carries(
        uint64[4] memory grosses,
        uint64[4] memory bases,
        uint64[4] memory units
    ) external {
        _compare(grosses, bases, units);
    }

    /// Sums that are whole but for the carries' own 2^-64: here a carry rounded down would show.
    function test_three_thirds_round_as_the_carries_do() external {
        // Bases of 3, one unit taken of each: `_compare` adds one to both.
        _compare([uint64(1), 1, 1, 0], [uint64(2), 2, 2, 2], [uint64(0), 0, 0, 0]);
    }

    function _compare(uint64[4] memory grosses, uint64[4] memory bases, uint64[4] memory units) private {
        uint256[] memory words = new uint256[](4);
        uint64[] memory parents = new uint64[](4);
        uint64[] memory taken = new uint64[](4);
        uint256 carry;
        for (uint16 i; i < 4; ++i) {
            uint64 basis = uint64(1 + bases[i] % ((1 << 63) - 1));
            taken[i] = 1 + units[i] % basis;
            words[i] = word(Codes.STATIONARY, i, basis, grosses[i]);
            carry += Shares.carryUp(grosses[i], taken[i], basis);
        }
        uint32 number = mintLots(utility, words);
        for (uint16 i; i < 4; ++i) parents[i] = sourceKey(number, Codes.STATIONARY, i);
        uint64 product = composeAs(utility, compositionOf(Codes.GOODS, 1, parents, taken));
        uint256 sum = Shares.settleUp(carry);
        assertFigures(product, sum, sum, sum, 0);
    }
}
