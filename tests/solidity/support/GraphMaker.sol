// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Codes} from "./Codes.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Model, Reckoned} from "./Model.sol";
import {vm} from "./Vm.sol";

/// @notice Builds graphs of the utility's lots on the ledger and in the model alike.
/// @dev One holder for all, since figures do not depend on who holds: what is passed on comes back by legal succession.
abstract contract GraphMaker is LedgerTest, Model {
    uint16 internal constant BOUGHT = 3 << 14 | 1 << 10; // scope 3 category 1, by mass

    function source(uint64 basis, uint64 gross) internal returns (uint64 key) {
        key = mintLot(utility, Codes.STATIONARY, basis, gross);
        addSource(key, utility.at, Codes.STATIONARY, basis, gross);
    }

    /// `count` sources of one statement.
    function sources(uint16 count, uint64 basis, uint64 gross) internal returns (uint64[] memory made) {
        uint256[] memory words = new uint256[](count);
        for (uint16 i; i < count; ++i) words[i] = word(Codes.STATIONARY, i, basis, gross + i);
        uint32 number = mintLots(utility, words);
        made = new uint64[](count);
        for (uint16 i; i < count; ++i) {
            made[i] = sourceKey(number, Codes.STATIONARY, i);
            addSource(made[i], utility.at, Codes.STATIONARY, basis, gross + i);
        }
    }

    function shareOf(uint64 parent, uint64 units) internal returns (uint64 key) {
        key = pass(utility, parent, university, units, BOUGHT);
        vm.prank(utility.at);
        cet.acceptSuccession(key, type(uint40).max);
        cet.forcedTransfer(university.at, utility.at, key, units);
        addDerived(key, utility.at, BOUGHT, units, list(parent), list(units));
    }

    /// A product of `units` of each parent, in any order.
    function productOf(uint64 output, uint64[] memory parents, uint64[] memory units) internal returns (uint64 key) {
        sort(parents, units);
        key = composeAs(utility, compositionOf(Codes.GOODS, output, parents, units));
        addDerived(key, utility.at, Codes.GOODS, output, parents, units);
    }

    function productOf(uint64 output, uint64[] memory parents, uint64 unitsOfEach) internal returns (uint64) {
        uint64[] memory units = new uint64[](parents.length);
        for (uint256 i; i < units.length; ++i) units[i] = unitsOfEach;
        uint64[] memory copy = new uint64[](parents.length);
        for (uint256 i; i < copy.length; ++i) copy[i] = parents[i];
        return productOf(output, copy, units);
    }

    function offset(uint64 key, uint64 amount) internal {
        vm.prank(address(cot));
        cet.applyOffset(key, amount, utility.at);
        nodes[key].offset += amount;
    }

    function assertReckoned(uint64 key) internal view {
        Reckoned memory r = reckon(key);
        assertFigures(key, r.gross, r.inherited, r.net, r.surplus);
    }

    function assertAllReckoned() internal {
        Reckoned[] memory all = reckonAll();
        for (uint256 i; i < all.length; ++i) {
            assertFigures(keys[i], all[i].gross, all[i].inherited, all[i].net, all[i].surplus);
        }
    }

    function assertAncestry(uint64 key) internal {
        vm.assertEq(cet.lotOf(key).ancestry, ancestry(key), "ancestry");
    }

    function sort(uint64[] memory parents, uint64[] memory units) internal pure {
        for (uint256 i = 1; i < parents.length; ++i) {
            for (uint256 j = i; j != 0 && parents[j - 1] > parents[j]; --j) {
                (parents[j], parents[j - 1]) = (parents[j - 1], parents[j]);
                (units[j], units[j - 1]) = (units[j - 1], units[j]);
            }
        }
    }
}
