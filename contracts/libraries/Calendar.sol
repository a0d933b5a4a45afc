// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Days since 1970-01-01 and the Gregorian calendar, for days from 1970 on.
/// @dev Howard Hinnant's `civil_from_days` and `days_from_civil`, without eras: a year begins in March, so that the leap day
/// is its last, and (153·m + 2) / 5 days lie before its month m.
library Calendar {
    uint256 private constant FROM_MARCH_0 = 719_468;
    uint256 private constant ERA = 146_097; // days in 400 years

    /// @notice The last day that is within so many months of the end of `day`: the same day of that month; where `day` ends its
    /// month or that month is too short, the end of that month. Twelve months from 28 February 2023: 29 February 2024.
    function monthsAfter(uint256 day, uint256 months) internal pure returns (uint256) {
        (uint256 year, uint256 month, uint256 dayOfMonth) = dateOf(day);
        uint256 total = year * 12 + month - 1 + months;
        uint256 first = dayOf(total / 12, total % 12 + 1, 1);
        uint256 length = dayOf((total + 1) / 12, (total + 1) % 12 + 1, 1) - first;
        (, uint256 nextMonth,) = dateOf(day + 1);
        bool wholeMonth = nextMonth != month;
        return first + (wholeMonth || dayOfMonth > length ? length : dayOfMonth) - 1;
    }

    /// @notice The last day of the year that `day` lies in.
    function yearEnd(uint256 day) internal pure returns (uint256) {
        (uint256 year,,) = dateOf(day);
        return dayOf(year + 1, 1, 1) - 1;
    }

    function dateOf(uint256 day) internal pure returns (uint256 year, uint256 month, uint256 dayOfMonth) {
        day += FROM_MARCH_0;
        uint256 ofEra = day % ERA;
        uint256 yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        uint256 ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        uint256 fromMarch = (5 * ofYear + 2) / 153;
        dayOfMonth = ofYear - (153 * fromMarch + 2) / 5 + 1;
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
        year = day / ERA * 400 + yearOfEra + (month < 3 ? 1 : 0);
    }

    function dayOf(uint256 year, uint256 month, uint256 dayOfMonth) internal pure returns (uint256) {
        if (month < 3) year -= 1;
        uint256 fromMarch = month > 2 ? month - 3 : month + 9;
        uint256 ofYear = (153 * fromMarch + 2) / 5 + dayOfMonth - 1;
        return year * 365 + year / 4 - year / 100 + year / 400 + ofYear - FROM_MARCH_0;
    }
}
