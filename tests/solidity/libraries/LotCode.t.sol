// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotCode} from "../../../contracts/libraries/LotCode.sol";
import {Codes} from "../support/Codes.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 7: what a lot's code may be and what a share of it may become, against tables written out by name.
contract LotCodeTest {
    /// Each row: scope, category, then the methods and units it may have, as text of single digits.
    mapping(uint256 code => bool) private _valid;
    uint16[] private _codes;
    /// Kinds are scope * 16 + category.
    mapping(uint256 parentKind => mapping(uint256 childKind => bool)) private _asEnergy;
    mapping(uint256 parentKind => mapping(uint256 childKind => bool)) private _asGoods;
    uint16 private _relation;

    function setUp() public {
        _rows(0, "123", "0", "0123456");
        _rows(0, "8", "02", "0123456");
        _rows(0, "9abc", "02", "01");
        _rows(1, "1234", "02", "0123456");
        _rows(2, "1234", "12", "01");
        _rows(3, "123456789abcdef", "02", "0123456");
        _relation = 1; // value chain
        _rows(3, "9abcdef", "02", "0123456");
        _relation = 2; // consolidation
        _rows(0, "123", "0", "0123456");
        _rows(1, "1234", "02", "0123456");
        _rows(2, "1234", "12", "01");
        _rows(3, "123456789abcdef", "02", "0123456");

        // Energy: into scope 2 of the same carrier, or category 3.3.
        string[4] memory carriers = ["1", "2", "3", "4"];
        string[4] memory products = ["9", "a", "b", "c"];
        _pass(_asEnergy, 1, "1234", 2, "1234");
        _pass(_asEnergy, 1, "1234", 3, "3");
        for (uint256 i; i < 4; ++i) {
            _pass(_asEnergy, 2, carriers[i], 2, carriers[i]);
            _pass(_asEnergy, 0, products[i], 2, carriers[i]);
        }
        _pass(_asEnergy, 2, "1234", 3, "3");
        _pass(_asEnergy, 0, "89abc", 3, "3");
        _pass(_asEnergy, 3, "12345678", 3, "3");
        _pass(_asEnergy, 3, "3", 2, "1234");
        // Everything else: upstream value chain categories but 3.3.
        _pass(_asGoods, 0, "8", 3, "1245678");
        _pass(_asGoods, 1, "1234", 3, "1245678");
        _pass(_asGoods, 2, "1234", 3, "1245678");
        _pass(_asGoods, 3, "12345678", 3, "1245678");
    }

    function test_valid_codes_are_those_of_the_table_and_no_others() external view {
        uint256 count;
        for (uint256 code; code < 1 << 16; ++code) {
            bool valid = LotCode.wrap(uint16(code)).isValid();
            if (valid != _valid[code]) vm.assertEq(valid, _valid[code], vm.toString(code));
            if (valid) ++count;
        }
        vm.assertEq(count, 21 + 14 + 16 + 56 + 16 + 210 + 98 + 303);
    }

    function test_every_valid_code_but_products_and_references_may_be_minted() external view {
        for (uint256 code; code < 1 << 16; ++code) {
            bool product = code >> 14 == 0 && (code >> 10) & 15 >= 8;
            bool source = LotCode.wrap(uint16(code)).isSource();
            if (source != (_valid[code] && !product && code & 15 == 0)) vm.assertEq(source, !source, vm.toString(code));
        }
    }

    /// Outside lots become what they are; other live ones have the table's rows.
    function test_a_lot_is_allocable_if_there_is_anything_it_may_become() external view {
        for (uint256 i; i < _codes.length; ++i) {
            uint256 code = _codes[i];
            (uint256 kind, uint256 method) = (code >> 10, (code >> 8) & 3);
            bool downstream = kind > 3 * 16 + 8;
            bool allocable = code & 15 == 0 && method != 1 && kind != 3 && !downstream;
            vm.assertEq(LotCode.wrap(uint16(code)).isAllocable(), allocable, vm.toString(code));
        }
    }

    function test_displacing_is_like_for_like_but_for_a_value_chain_reference() external pure {
        LotCode own = LotCode.wrap(Codes.scope3(11));
        vm.assertTrue(own.mayDisplace(own));
        vm.assertTrue(LotCode.wrap(Codes.scope3(11) | 1).mayDisplace(own));
        vm.assertFalse(LotCode.wrap(Codes.scope3(11) | 2).mayDisplace(own));
        vm.assertFalse(LotCode.wrap(Codes.scope3(12) | 1).mayDisplace(own));
        vm.assertFalse(LotCode.wrap(Codes.scope3(12)).mayDisplace(own));
    }

    function test_location_based_outside_and_reference_lots_are_not_live() external view {
        for (uint256 i; i < _codes.length; ++i) {
            uint256 code = _codes[i];
            bool outside = code >> 14 == 0 && (code >> 10) & 15 < 8;
            bool location = code >> 14 == 2 && (code >> 8) & 3 == 1;
            vm.assertEq(LotCode.wrap(uint16(code)).isLive(), !outside && !location && code & 15 == 0, vm.toString(code));
        }
    }

    /// Cradle to gate and of one series; the energy of scope 2 enters products of either.
    function test_a_product_takes_in_what_is_upstream_and_of_its_series() external view {
        for (uint256 i; i < _codes.length; ++i) {
            uint256 code = _codes[i];
            (uint256 kind, uint256 method) = (code >> 10, (code >> 8) & 3);
            bool upstream = kind >= 8 && kind <= 3 * 16 + 8;
            bool passedOn = upstream && code & 15 == 0 && method != 1;
            for (uint256 series; series <= 2; series += 2) {
                bool enters = passedOn && (code >> 14 == 2 || method == series);
                bool may = LotCode.wrap(uint16(code)).mayEnter(LotCode.wrap(uint16(8 << 10 | series << 8)));
                vm.assertEq(may, enters, vm.toString(code));
            }
        }
    }

    function test_shares_of_lots_outside_the_scopes_become_what_the_table_says() external view {
        _checkParentsOf(0);
    }

    function test_shares_of_scope_1_lots_become_what_the_table_says() external view {
        _checkParentsOf(1);
    }

    function test_shares_of_scope_2_lots_become_what_the_table_says() external view {
        _checkParentsOf(2);
    }

    function test_shares_of_scope_3_lots_become_what_the_table_says() external view {
        _checkParentsOf(3);
    }

    function test_fuzz_no_lot_becomes_one_with_an_invalid_code(uint256 parent, uint16 child) external view {
        vm.assume(!_valid[child]);
        vm.assertFalse(LotCode.wrap(_codes[parent % _codes.length]).mayBecome(LotCode.wrap(child)));
    }

    function _checkParentsOf(uint256 scope) private view {
        uint16[] memory codes = _codes;
        for (uint256 i; i < codes.length; ++i) {
            if (codes[i] >> 14 != scope) continue;
            for (uint256 j; j < codes.length; ++j) {
                bool may = LotCode.wrap(codes[i]).mayBecome(LotCode.wrap(codes[j]));
                if (may == _expected(codes[i], codes[j])) continue;
                vm.assertEq(may, !may, string.concat(vm.toString(codes[i]), " to ", vm.toString(codes[j])));
            }
        }
    }

    /// The table of docs/architecture.md, read row by row.
    function _expected(uint256 parent, uint256 child) private view returns (bool) {
        (uint256 from, uint256 to) = (parent >> 10, child >> 10);
        if (parent & 15 != 0) return false;
        if (child & 15 == 2) return child == parent + 2;
        if (child & 15 == 1) return _referredInTheValueChain(parent, child);
        if (from == 1 || from == 2) return parent == child;
        if (from == 3 || (parent >> 4) & 15 != (child >> 4) & 15) return false;
        (uint256 methodFrom, uint256 methodTo) = ((parent >> 8) & 3, (child >> 8) & 3);
        if (methodFrom == 1 || methodTo == 1) return false;
        bool intoScope2 = to >> 4 == 2;
        bool fromScope2 = from >> 4 == 2;
        if (!intoScope2 && !fromScope2 && methodFrom != methodTo) return false;
        return (parent >> 4) & 15 == 1 ? _asEnergy[from][to] : _asGoods[from][to];
    }

    /// Scopes 1 to 3 but location-based, in the same unit and series; scope 2 is in either series.
    function _referredInTheValueChain(uint256 parent, uint256 child) private pure returns (bool) {
        if ((parent >> 4) & 15 != (child >> 4) & 15 || parent >> 14 == 0) return false;
        (uint256 methodFrom, uint256 methodTo) = ((parent >> 8) & 3, (child >> 8) & 3);
        return methodFrom != 1 && (parent >> 14 == 2 || methodFrom == methodTo);
    }

    function _rows(uint256 scope, bytes memory categories, bytes memory methods, bytes memory units) private {
        for (uint256 c; c < categories.length; ++c) {
            for (uint256 m; m < methods.length; ++m) {
                for (uint256 u; u < units.length; ++u) {
                    uint256 code = scope * 16_384 + _digit(categories[c]) * 1024 + _digit(methods[m]) * 256
                        + _digit(units[u]) * 16 + _relation;
                    _valid[code] = true;
                    _codes.push(uint16(code));
                }
            }
        }
    }

    function _pass(
        mapping(uint256 => mapping(uint256 => bool)) storage table,
        uint256 scopeFrom,
        string memory from,
        uint256 scopeTo,
        string memory to
    ) private {
        for (uint256 i; i < bytes(from).length; ++i) {
            for (uint256 j; j < bytes(to).length; ++j) {
                table[scopeFrom * 16 + _digit(bytes(from)[i])][scopeTo * 16 + _digit(bytes(to)[j])] = true;
            }
        }
    }

    function _digit(bytes1 c) private pure returns (uint256) {
        return uint8(c) < 58 ? uint8(c) - 48 : uint8(c) - 87;
    }
}
