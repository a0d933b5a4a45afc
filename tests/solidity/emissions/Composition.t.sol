// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Composition, ICarbonEmissionsToken, LotView} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 1, 2, 6 and 7: a product holds shares of its maker's own live lots, of one series, each lot once.
contract CompositionTest is LedgerTest {
    uint64 private coal;
    uint64 private wind;

    function setUp() public override {
        super.setUp();
        coal = mintLot(utility, Codes.STATIONARY_WH, 1_000, 999 * T);
        wind = mintLot(utility, Codes.STATIONARY_WH, 500, 0);
    }

    function _mix(uint64 unitsCoal, uint64 unitsWind) private returns (Composition memory) {
        return compositionOf(
            Codes.ELECTRICITY_PRODUCT_WH, 1_300, list(coal, wind), list(unitsCoal, unitsWind)
        );
    }

    function _refused(Composition memory c, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(utility.at);
        cet.compose(c);
    }

    function test_shares_become_one_product() external {
        Composition memory c = _mix(800, 500);
        uint64 key = derivedKey(keccak256(abi.encode(utility.at, c)));
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.LotComposed(key, utility.at, c.code, 1_300, c.edges);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(utility.at, address(0), utility.at, key, 1_300);
        vm.assertEq(composeAs(utility, c), key);
        assertFigures(key, 799_200_000_000, 799_200_000_000, 799_200_000_000, 0);
        LotView memory v = cet.lotOf(key);
        vm.assertEq(v.holder, utility.at);
        vm.assertEq(v.ancestry, 2);
        vm.assertEq(v.basis, 1_300);
        vm.assertEq(cet.lotOf(coal).allocated, 800);
        vm.assertEq(cet.lotOf(wind).allocated, 500);
        (uint64[] memory parents, uint64[] memory units) = cet.edgesOf(key);
        vm.assertEq(keccak256(abi.encode(edgesOf(parents, units))), keccak256(abi.encode(c.edges)));
    }

    function test_same_composition_twice_reverts_and_with_another_salt_passes() external {
        Composition memory c = _mix(1, 1);
        uint64 key = composeAs(utility, c);
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        c.salt = keccak256("another");
        vm.assertTrue(composeAs(utility, c) != key);
    }

    function test_only_products_are_composed() external {
        Composition memory c = _mix(1, 1);
        uint16[3] memory codes = [Codes.STATIONARY_WH, Codes.BIOGENIC, Codes.code(0, 8, 1, 0)];
        for (uint256 i; i < 3; ++i) {
            c.code = codes[i];
            _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.CodeInvalid.selector, codes[i]));
        }
    }

    function test_output_is_above_zero_and_within_63_bits() external {
        Composition memory c = _mix(1, 1);
        uint64 largest = (1 << 63) - 1;
        bytes4 error = ICarbonEmissionsToken.BasisInvalid.selector;
        c.output = 0;
        _refused(c, abi.encodeWithSelector(error, 0, largest));
        c.output = largest + 1;
        _refused(c, abi.encodeWithSelector(error, largest + 1, largest));
        c.output = largest;
        composeAs(utility, c);
    }

    function test_at_least_one_edge() external {
        Composition memory c = _mix(1, 1);
        c.edges = new uint256[](0);
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.EdgesInvalid.selector, 0, 128));
    }

    function test_128_edges_fit_and_129_do_not() external {
        uint256[] memory words = new uint256[](129);
        for (uint16 i; i < 129; ++i) words[i] = word(Codes.STATIONARY, i, 10, i);
        uint32 number = mintLots(utility, words);
        Composition memory c = compositionOf(Codes.GOODS, 1, new uint64[](129), new uint64[](129));
        for (uint16 i; i < 129; ++i) c.edges[i] = 10 << 64 | sourceKey(number, Codes.STATIONARY, i);
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.EdgesInvalid.selector, 129, 128));
        uint256[] memory edges = c.edges;
        assembly ("memory-safe") {
            mstore(edges, 128)
        }
        uint64 key = composeAs(utility, c);
        vm.assertEq(cet.figures(key).gross, 127 * 128 / 2);
        vm.assertEq(cet.lotOf(key).ancestry, 128);
        (uint64[] memory parents, uint64[] memory units) = cet.edgesOf(key);
        vm.assertEq(keccak256(abi.encode(edgesOf(parents, units))), keccak256(abi.encode(c.edges)));
    }

    function test_parents_ascend_and_none_stands_twice() external {
        bytes4 error = ICarbonEmissionsToken.ParentsOutOfOrder.selector;
        Composition memory c = _mix(1, 1);
        c.edges = edgesOf(list(wind, coal), list(1, 1));
        _refused(c, abi.encodeWithSelector(error, coal, wind));
        c.edges = edgesOf(list(coal, coal), list(1, 1));
        _refused(c, abi.encodeWithSelector(error, coal, coal));
        c.edges = edgesOf(list(0, coal), list(1, 1));
        _refused(c, abi.encodeWithSelector(error, 0, 0));
    }

    function test_anothers_or_unknown_lots_revert() external {
        uint64 foreign = mintLot(university, Codes.STATIONARY_WH, 10, T);
        Composition memory c = _mix(1, 1);
        c.edges = edgesOf(list(coal, foreign), list(1, 1));
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        _refused(c, abi.encodeWithSelector(error, foreign, utility.at, university.at));
        c.edges = edgesOf(list(coal, foreign + 1), list(1, 1));
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, foreign + 1));
    }

    function test_units_up_to_the_basis_and_no_more() external {
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        _refused(_mix(1_001, 1), abi.encodeWithSelector(error, coal, 1_001, 1_000));
        _refused(_mix(1, 0), abi.encodeWithSelector(ICarbonEmissionsToken.UnitsZero.selector, wind));
        composeAs(utility, _mix(1_000, 500));
        _refused(_mix(1, 1), abi.encodeWithSelector(error, coal, 1, 0));
    }

    function test_series_do_not_mix() external {
        uint16[6] memory codes = [
            Codes.ELECTRICITY_LOCATION_WH,
            Codes.BIOGENIC,
            Codes.NON_KYOTO,
            Codes.REMOVALS,
            Codes.STATIONARY_MARKET,
            Codes.code(3, 1, 2, 0)
        ];
        for (uint256 i; i < codes.length; ++i) {
            uint64 lot = mintLot(utility, codes[i], 10, T);
            Composition memory c = compositionOf(Codes.ELECTRICITY_PRODUCT_WH, 10, list(lot), list(1));
            bytes4 error = ICarbonEmissionsToken.NotComposable.selector;
            _refused(c, abi.encodeWithSelector(error, lot, codes[i], c.code));
        }
    }

    /// Downstream categories are for reporting only and never parents.
    function test_scope_3_categories_9_to_15_are_not_composed() external {
        for (uint16 category = 9; category <= 15; ++category) {
            uint16 code = Codes.scope3(category);
            uint64 lot = mintLot(utility, code, 10, T);
            Composition memory c = compositionOf(Codes.GOODS, 10, list(lot), list(1));
            bytes4 error = ICarbonEmissionsToken.NotComposable.selector;
            _refused(c, abi.encodeWithSelector(error, lot, code, c.code));
        }
    }

    function test_scope_2_market_based_goes_into_products_of_both_methods() external {
        uint64 lot = mintLot(utility, Codes.ELECTRICITY_MARKET_WH, 10, T);
        composeAs(utility, compositionOf(Codes.GOODS, 10, list(lot), list(1)));
        composeAs(utility, compositionOf(Codes.GOODS_MARKET, 10, list(lot), list(1)));
        lot = mintLot(utility, Codes.STATIONARY_MARKET, 10, T);
        composeAs(utility, compositionOf(Codes.GOODS_MARKET, 10, list(lot), list(1)));
    }

    function test_product_is_shared_out_by_its_output() external {
        uint64 mix = composeAs(utility, _mix(1_000, 500));
        uint64 bought = pass(utility, mix, university, 130, Codes.ELECTRICITY_MARKET_WH);
        assertFigures(bought, 99_900_000_000, 99_900_000_000, 99_900_000_000, 0);
        vm.assertEq(cet.lotOf(bought).ancestry, 3);
    }

    function test_closed_composition_reverts() external {
        Composition memory c = _mix(1, 1);
        cet.setClosed(4);
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 4));
    }
}
