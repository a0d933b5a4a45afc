// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shortfall} from "../../../contracts/interfaces/ICertificatedGeneration.sol";
import {vm} from "../support/Vm.sol";
import {BookedCancellation, BookedLot, GenerationBooks} from "./GenerationBooks.sol";

/// @notice What must hold of certificated generation: the contracts say what the second books say (law 10).
abstract contract GenerationLaws is GenerationBooks {
    /// One cancellation stands for at most one allocation; what covers a dependent's lots was cancelled for that dependent.
    function _checkCancellations() internal view {
        uint256[3] memory covered;
        uint256[3] memory cancelled;
        for (uint256 i; i < cancellations.length; ++i) {
            BookedCancellation storage c = cancellationBook[cancellations[i]];
            vm.assertEq(generation.lotOf(cancellations[i]), c.lot, "what a cancellation stands for");
            if (!c.isVoid) cancelled[c.beneficiary == university.at ? 1 : 2] += c.amount;
        }
        uint256 standing;
        for (uint256 i; i < offers.length; ++i) {
            uint64 lot = derivedKey(offerHash(offers[i]));
            uint96[] memory numbers = generation.cancellationsOf(lot);
            standing += numbers.length;
            for (uint256 k; k < numbers.length; ++k) {
                vm.assertEq(generation.lotOf(numbers[k]), lot, "listed where it does not stand");
            }
            (uint256 sound,) = _standing(lot);
            vm.assertEq(generation.coveredOf(lot), sound, "covered");
            covered[offers[i].dependent == university.at ? 1 : 2] += generation.coveredOf(lot);
        }
        for (uint256 i; i < cancellations.length; ++i) if (cancellationBook[cancellations[i]].lot != 0) --standing;
        vm.assertEq(standing, 0, "a cancellation in two lists");
        for (uint256 i = 1; i < 3; ++i) vm.assertLe(covered[i], cancelled[i], "covered beyond what was cancelled");
    }

    function _checkLot(uint64 lot) internal view {
        BookedLot storage b = lotBook[lot];
        vm.assertEq(generation.batchesOf(lot), b.batches, "batches");
        vm.assertTrue(cet.lotOf(lot).certificated == b.marked, "marked");
        vm.assertEq(generation.requiredOf(lot, b.basis), _needed(lot, b.basis), "required of the whole");
        vm.assertEq(generation.requiredOf(lot, 1), _needed(lot, 1), "required of a unit");
        if (b.isAllocated && b.asked) {
            // Only what was found void since may lack, freed or not, and what a batch that was withdrawn whole no longer asks for.
            (uint256 sound, uint256 isVoid) = _standing(lot);
            uint64 now_ = _needed(b.parents[0], b.units[0]);
            uint64 least = now_ < b.atBirth ? now_ : b.atBirth;
            vm.assertGe(sound + isVoid + b.voidFreed, least, "born or left with less than it needs");
        }
        Shortfall[] memory short = generation.shortfallsOf(lot);
        vm.assertEq(short.length, _shortAbove(lot), "shortfalls");
        for (uint256 i; i < short.length; ++i) {
            BookedLot storage lacking = lotBook[short[i].lot];
            (uint256 sound,) = _standing(short[i].lot);
            vm.assertTrue(_isShort(short[i].lot), "not short");
            vm.assertEq(short[i].covered, sound, "covered of a shortfall");
            vm.assertEq(short[i].required, _needed(lacking.parents[0], lacking.units[0]), "required of a shortfall");
        }
    }
}
