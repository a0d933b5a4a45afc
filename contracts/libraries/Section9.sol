// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaimEvents} from "../interfaces/IBookAndClaimEvents.sol";
import {Act, Basis, Material, Role, Since} from "../interfaces/LogisticsTypes.sol";
import {Calendar} from "./Calendar.sol";

/// @notice A row of section 9's table:
/// `of 16 | organisation 2 | act 2 | basis 1 | additionality 1 | mode 1 | months 6 | since 3`, from the top.
/// `of` has a bit for each `Material`.
type Row is uint32;

using Section9 for Row global;

/// @notice The table, and what a row of it says. Nothing else decides who may book and claim what.
library Section9 {
    uint256 private constant PER_WORD = 8;
    uint256 internal constant MOST_ROWS = 16;

    /// @notice The rows in two words, the first in the lowest bits; zeros after the last.
    function pack(uint32[] memory rows) internal pure returns (uint256 low, uint256 high) {
        require(rows.length != 0 && rows.length <= MOST_ROWS, IBookAndClaimEvents.TableInvalid(rows.length));
        for (uint256 i; i < rows.length; ++i) {
            if (i < PER_WORD) low |= uint256(rows[i]) << 32 * i;
            else high |= uint256(rows[i]) << 32 * (i - PER_WORD);
        }
    }

    function unpack(uint256 low, uint256 high) internal pure returns (uint32[] memory rows) {
        rows = new uint32[](MOST_ROWS);
        uint256 count;
        for (; count < MOST_ROWS; ++count) {
            rows[count] = uint32((count < PER_WORD ? low : high) >> 32 * (count % PER_WORD));
            if (rows[count] == 0) break;
        }
        assembly ("memory-safe") {
            mstore(rows, count)
        }
    }

    /// @notice The row that allows the act. Reverts where none does.
    function find(uint256 low, uint256 high, Role role, Act act, Material material) internal pure returns (Row) {
        uint256 wanted = uint256(role) << 2 | uint256(act);
        for (uint256 i; i < 2; ++i) {
            for (uint256 rest = i == 0 ? low : high; rest != 0; rest >>= 32) {
                bool found = rest >> 12 & 15 == wanted && rest >> 16 + uint256(material) & 1 == 1;
                if (found) return Row.wrap(uint32(rest));
            }
        }
        revert IBookAndClaimEvents.NotAllowed(role, act, material);
    }

    function basis(Row row) internal pure returns (Basis) {
        return Basis(Row.unwrap(row) >> 11 & 1);
    }

    /// @notice Whether what is used must be beyond what regulation requires.
    function mustBeAdditional(Row row) internal pure returns (bool) {
        return Row.unwrap(row) >> 10 & 1 == 1;
    }

    /// @notice Refuses another mode than those that what is used was booked for. Both have a bit for each mode.
    function requireMode(Row row, uint8 modes, uint8 allowed) internal pure {
        bool binds = Row.unwrap(row) >> 9 & 1 == 1;
        require(!binds || modes & allowed == modes, IBookAndClaimEvents.ModeDiffers(modes, allowed));
    }

    /// @notice Refuses a day before `since`, or after the last day of the row's window.
    function requireVintage(Row row, uint256 day, uint256 since) internal pure {
        uint256 last = lastDay(row, since);
        require(since <= day && day <= last, IBookAndClaimEvents.OutsideVintage(day, since, last));
    }

    /// @notice Last day of the row's window; the end of time where it has none.
    function lastDay(Row row, uint256 since) internal pure returns (uint256) {
        Since from = Since(Row.unwrap(row) & 7);
        if (from == Since.None) return type(uint256).max;
        uint256 start = from == Since.BookingYear ? Calendar.yearEnd(since) : since;
        return Calendar.monthsAfter(start, Row.unwrap(row) >> 3 & 63);
    }
}
