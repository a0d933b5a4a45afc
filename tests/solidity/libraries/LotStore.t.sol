// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotCode} from "../../../contracts/libraries/LotCode.sol";
import {LotKeys} from "../../../contracts/libraries/LotKey.sol";
import {LotStore} from "../../../contracts/libraries/LotStore.sol";
import {vm} from "../support/Vm.sol";

/// @notice Every field of a lot's words comes back as it went in, and writing one leaves the others (law 1 rests on it).
contract LotStoreTest {
    using LotStore for uint256;

    function test_fuzz_source_word_keeps_its_fields(uint64 basis, uint64 gross, uint64 offset, uint64 taken)
        external
        pure
    {
        basis &= type(uint64).max >> 1;
        uint256 word = LotStore.source(basis, gross).withOffset(offset) + taken;
        _checkSource(word, basis, gross, offset, taken);
        vm.assertFalse(word.isAnnexedSource());
        word = word.annexSource().annexSource();
        _checkSource(word, basis, gross, offset, taken);
        vm.assertTrue(word.isAnnexedSource());
        _checkSource(word.withOffset(0), basis, gross, 0, taken);
        // Over bits that were set, too.
        word = word.withGross(~gross);
        _checkSource(word, basis, ~gross, offset, taken);
        vm.assertTrue(word.isAnnexedSource());
    }

    function _checkSource(uint256 word, uint64 basis, uint64 gross, uint64 offset, uint64 taken) private pure {
        vm.assertEq(word.sourceBasis(), basis);
        vm.assertEq(word.gross(), gross);
        vm.assertEq(word.offset(), offset);
        vm.assertEq(word.allocatedOfSource(), taken);
    }

    function test_fuzz_derived_word_keeps_its_fields(uint64 basis, uint64 announced, uint64 offset, uint64 parent)
        external
        pure
    {
        uint256 word = LotStore.derived(basis, parent).withAnnounced(announced).withOffset(offset);
        vm.assertEq(word.derivedBasis(), basis);
        vm.assertEq(word.announced(), announced);
        vm.assertEq(word.offset(), offset);
        vm.assertEq(word.parentOf(), parent);
        word = word.withOffset(~offset).withAnnounced(~announced);
        vm.assertEq(word.announced(), ~announced);
        vm.assertEq(word.offset(), ~offset);
        vm.assertEq(word.derivedBasis(), basis);
        vm.assertEq(word.parentOf(), parent);
        word = word.withDerivedBasis(~basis);
        vm.assertEq(word.derivedBasis(), ~basis);
        vm.assertEq(word.announced(), ~announced);
        vm.assertEq(word.offset(), ~offset);
        vm.assertEq(word.parentOf(), parent);
    }

    function test_fuzz_holding_keeps_its_fields(address holder, address heir, uint16 code, uint64 taken, uint256 edges)
        external
        pure
    {
        edges %= LotStore.MAX_ANCESTRY + 1;
        uint256 word = LotStore.holding(holder, LotCode.wrap(code), edges) + (uint256(taken) << 32);
        _checkHolding(word, holder, code, taken, edges);
        vm.assertFalse(word.isAnnexedDerived());
        word = word.annexDerived().withHolder(heir);
        _checkHolding(word, heir, code, taken, edges);
        vm.assertTrue(word.isAnnexedDerived());
    }

    function _checkHolding(uint256 word, address holder, uint16 code, uint64 taken, uint256 edges) private pure {
        vm.assertEq(word.holderOf(), holder);
        vm.assertEq(LotCode.unwrap(word.codeOf()), code);
        vm.assertEq(word.allocatedOfDerived(), taken);
        vm.assertEq(word.ancestryOf(), edges);
    }

    function test_fuzz_two_edges_share_a_slot(uint64 unitsA, uint64 parentA, uint64 unitsB, uint64 parentB, uint8 i)
        external
        pure
    {
        uint256 pair = uint256(unitsB) << 192 | uint256(parentB) << 128 | uint256(unitsA) << 64 | parentA;
        (uint256 units, uint64 parent) = pair.edge(i);
        vm.assertEq(units, i % 2 == 0 ? unitsA : unitsB);
        vm.assertEq(parent, i % 2 == 0 ? parentA : parentB);
    }

    function test_fuzz_a_source_key_says_its_statement_and_code(uint32 statement, uint16 code, uint16 index)
        external
        pure
    {
        statement = uint32(uint256(statement) % (1 << 31 - 1) + 1);
        uint64 key = LotKeys.ofSource(statement, LotCode.wrap(code), index);
        vm.assertFalse(LotKeys.isDerived(key));
        vm.assertEq(LotKeys.statementOf(key), statement);
        vm.assertEq(LotCode.unwrap(LotKeys.codeOf(key)), code);
        vm.assertEq(uint16(key), index);
        vm.assertGe(key, LotKeys.FIRST_KEY, "no source key can be taken for a number of edges");
    }

    function test_fuzz_a_derived_key_is_never_a_source_key(bytes32 origin) external pure {
        uint64 key = LotKeys.ofDerived(origin);
        vm.assertTrue(LotKeys.isDerived(key));
        vm.assertEq(key & type(uint64).max >> 1, uint256(origin) & type(uint64).max >> 1);
    }
}
