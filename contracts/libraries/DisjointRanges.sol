// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice A set of ranges of numbers that can never overlap: credit serials of a series, reported days of an entity.
/// @dev A linked list sorted by first number. The caller names the range before the new one, which makes the check and the
/// insertion constant in cost, however many ranges there are. Numbers start at 1; 0 is the head of the list.
library DisjointRanges {
    struct Range {
        uint64 last;
        uint64 next;
        /// What the range belongs to: a batch of credits, the statement that stands for a period.
        uint64 tag;
    }

    struct Set {
        mapping(uint64 first => Range) ranges;
    }

    error RangeReversed(uint64 first, uint64 last);
    error RangeOverlaps(uint64 first, uint64 last, uint64 takenFirst, uint64 takenLast);
    /// `previous` is not the first number of a range in the set.
    error PreviousRangeUnknown(uint64 previous);

    /// @notice Adds [first, last], both included.
    /// @param previous First number of the nearest range below, or 0 if there is none.
    function insert(Set storage set, uint64 first, uint64 last, uint64 previous, uint64 tag) internal {
        if (first == 0 || last < first) revert RangeReversed(first, last);
        Range storage before = set.ranges[previous];
        (uint64 beforeLast, uint64 next) = (before.last, before.next);
        if (previous != 0 && beforeLast == 0) revert PreviousRangeUnknown(previous);
        if (previous != 0 && (previous >= first || beforeLast >= first)) {
            revert RangeOverlaps(first, last, previous, beforeLast);
        }
        if (next != 0 && next <= last) revert RangeOverlaps(first, last, next, set.ranges[next].last);
        set.ranges[first] = Range(last, next, tag);
        before.next = first;
    }
}
