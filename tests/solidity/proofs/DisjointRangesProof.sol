// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {DisjointRanges} from "../../../contracts/libraries/DisjointRanges.sol";

/// @notice Inserting keeps a list of ranges ascending and disjoint (laws 3 and 10), for any list and any numbers.
/// @dev What a list is, is local: each range ends before the next begins. So one step is proved, on any two neighbours.
contract DisjointRangesProof {
    using DisjointRanges for DisjointRanges.Set;

    DisjointRanges.Set private _set;

    function check_an_insertion_keeps_the_list_disjoint(
        uint64 first,
        uint64 last,
        uint64 previous,
        uint64 previousLast,
        uint64 next,
        uint64 nextLast
    ) external {
        // The list: its head, or a range, and the range after it, if there is one.
        if (previous == 0 ? previousLast != 0 : previousLast < previous) return;
        if (next != 0 && (next <= previousLast || next <= previous || nextLast < next)) return;
        _set.ranges[previous] = DisjointRanges.Range(previousLast, next, 1);
        if (next != 0) _set.ranges[next] = DisjointRanges.Range(nextLast, 0, 2);

        _set.insert(first, last, previous, 3);

        assert(first != 0 && first <= last);
        assert(previousLast < first && previous < first);
        assert(next == 0 || last < next);
        DisjointRanges.Range memory before = _set.ranges[previous];
        DisjointRanges.Range memory made = _set.ranges[first];
        assert(before.last == previousLast && before.next == first && before.tag == 1);
        assert(made.last == last && made.next == next && made.tag == 3);
        if (next == 0) return;
        DisjointRanges.Range memory after_ = _set.ranges[next];
        assert(after_.last == nextLast && after_.next == 0 && after_.tag == 2);
    }

    /// A range named as the one before that is not there is refused.
    function check_a_range_hangs_on_another(uint64 first, uint64 last, uint64 previous) external {
        _set.insert(first, last, previous, 1);
        assert(previous == 0);
    }
}
