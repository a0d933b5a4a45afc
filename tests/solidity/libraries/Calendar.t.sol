// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Calendar} from "../../../contracts/libraries/Calendar.sol";
import {vm} from "../support/Vm.sol";

/// @notice Days and dates agree with a calendar that is walked day by day, by the rule for leap years alone.
contract CalendarTest {
    uint256 private constant LAST = 65_535; // what 16 bits hold: 2149-06-06

    function _length(uint256 year, uint256 month) private pure returns (uint256) {
        if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    function test_every_day_is_the_day_after_the_one_before() external pure {
        (uint256 year, uint256 month, uint256 dayOfMonth) = (1970, 1, 1);
        for (uint256 day; day <= LAST; ++day) {
            (uint256 y, uint256 m, uint256 d) = Calendar.dateOf(day);
            require(y == year && m == month && d == dayOfMonth, "date of day");
            require(Calendar.dayOf(y, m, d) == day, "day of date");
            if (++dayOfMonth > _length(year, month)) (month, dayOfMonth) = (month + 1, 1);
            if (month > 12) (year, month) = (year + 1, 1);
        }
        require(year == 2149 && month == 6 && dayOfMonth == 7, "end");
    }

    /// Both a formula and the calendar's lengths: the end of a month stays the end of a month.
    function testFuzz_months_after(uint16 day, uint8 months) external pure {
        (uint256 year, uint256 month, uint256 dayOfMonth) = Calendar.dateOf(day);
        bool whole = dayOfMonth == _length(year, month);
        for (uint256 i; i < months; ++i) (year, month) = month == 12 ? (year + 1, uint256(1)) : (year, month + 1);
        uint256 length = _length(year, month);
        uint256 expected = Calendar.dayOf(year, month, whole || dayOfMonth > length ? length : dayOfMonth);
        vm.assertEq(Calendar.monthsAfter(day, months), expected);
    }

    /// Every day of eight years with two leap days: a year later is the same date, or the end of the same month.
    function test_twelve_months_after_every_day() external pure {
        for (uint256 day = Calendar.dayOf(2023, 1, 1); day < Calendar.dayOf(2031, 1, 1); ++day) {
            (uint256 year, uint256 month, uint256 dayOfMonth) = Calendar.dateOf(day);
            bool whole = dayOfMonth == _length(year, month);
            uint256 length = _length(year + 1, month);
            vm.assertEq(
                Calendar.monthsAfter(day, 12),
                Calendar.dayOf(year + 1, month, whole || dayOfMonth > length ? length : dayOfMonth)
            );
        }
    }

    function test_boundary_days() external pure {
        vm.assertEq(Calendar.monthsAfter(Calendar.dayOf(2023, 2, 28), 12), Calendar.dayOf(2024, 2, 29));
        vm.assertEq(Calendar.monthsAfter(Calendar.dayOf(2024, 2, 29), 12), Calendar.dayOf(2025, 2, 28));
        vm.assertEq(Calendar.monthsAfter(Calendar.dayOf(2024, 2, 28), 12), Calendar.dayOf(2025, 2, 28));
        vm.assertEq(Calendar.monthsAfter(Calendar.dayOf(2023, 3, 15), 12), Calendar.dayOf(2024, 3, 15));
        vm.assertEq(Calendar.monthsAfter(Calendar.dayOf(2023, 12, 31), 24), Calendar.dayOf(2025, 12, 31));
        vm.assertEq(Calendar.yearEnd(Calendar.dayOf(2024, 1, 1)), Calendar.dayOf(2024, 12, 31));
        vm.assertEq(Calendar.yearEnd(Calendar.dayOf(2024, 12, 31)), Calendar.dayOf(2024, 12, 31));
    }
}
