// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotCode} from "../../../contracts/libraries/LotCode.sol";
import {LotKeys} from "../../../contracts/libraries/LotKey.sol";
import {LotStore} from "../../../contracts/libraries/LotStore.sol";

/// @notice For all words: every field of a lot comes back as it went in, and writing one leaves the others as they were.
contract LotStoreProof {
    using LotStore for uint256;

    uint256 private constant M64 = type(uint64).max;

    function check_a_source_word_is_its_fields(uint64 basis, uint64 gross) external pure {
        if (basis > LotStore.MAX_BASIS) return;
        uint256 word = LotStore.source(basis, gross);
        assert(word.sourceBasis() == basis && word.gross() == gross);
        assert(word.offset() == 0 && word.allocatedOfSource() == 0 && !word.isAnnexedSource());
    }

    function check_a_derived_word_is_its_fields(uint64 basis, uint64 parent) external pure {
        uint256 word = LotStore.derived(basis, parent);
        assert(word.derivedBasis() == basis && word.parentOf() == parent);
        assert(word.offset() == 0 && word.announced() == 0);
    }

    function check_a_holding_is_its_fields(address holder, uint16 code, uint16 ancestry) external pure {
        if (ancestry >= 1 << 15) return;
        uint256 word = LotStore.holding(holder, LotCode.wrap(code), ancestry);
        assert(word.holderOf() == holder && LotCode.unwrap(word.codeOf()) == code && word.ancestryOf() == ancestry);
        assert(word.allocatedOfDerived() == 0 && !word.isAnnexedDerived());
    }

    /// The fields cover a source's word: two words that read alike in each of them are one.
    function check_a_source_word_is_nothing_else(uint256 a, uint256 b) external pure {
        bool alike = a.sourceBasis() == b.sourceBasis() && a.gross() == b.gross() && a.offset() == b.offset();
        alike = alike && a.allocatedOfSource() == b.allocatedOfSource() && a.isAnnexedSource() == b.isAnnexedSource();
        assert(alike == (a == b));
    }

    function check_a_derived_word_is_nothing_else(uint256 a, uint256 b) external pure {
        bool alike = a.derivedBasis() == b.derivedBasis() && a.announced() == b.announced();
        alike = alike && a.offset() == b.offset() && a.parentOf() == b.parentOf();
        assert(alike == (a == b));
    }

    function check_a_holding_is_nothing_else(uint256 a, uint256 b) external pure {
        bool alike = a.holderOf() == b.holderOf() && a.allocatedOfDerived() == b.allocatedOfDerived();
        alike = alike && LotCode.unwrap(a.codeOf()) == LotCode.unwrap(b.codeOf());
        alike = alike && a.ancestryOf() == b.ancestryOf() && a.isAnnexedDerived() == b.isAnnexedDerived();
        assert(alike == (a == b));
    }

    function check_writing_a_basis_writes_nothing_else(uint256 word, uint64 basis) external pure {
        uint256 written = word.withDerivedBasis(basis);
        assert(written.derivedBasis() == basis && written << 64 == word << 64);
    }

    function check_writing_gross_writes_nothing_else(uint256 word, uint64 gross) external pure {
        uint256 written = word.withGross(gross);
        assert(written.gross() == gross && (written ^ word) & ~(M64 << 128) == 0);
    }

    function check_writing_the_announced_net_writes_nothing_else(uint256 word, uint64 announced) external pure {
        uint256 written = word.withAnnounced(announced);
        assert(written.announced() == announced && (written ^ word) & ~(M64 << 128) == 0);
    }

    function check_writing_an_offset_writes_nothing_else(uint256 word, uint64 offset) external pure {
        uint256 written = word.withOffset(offset);
        assert(written.offset() == offset && (written ^ word) & ~(M64 << 64) == 0);
    }

    function check_writing_a_holder_writes_nothing_else(uint256 word, address holder) external pure {
        uint256 written = word.withHolder(holder);
        assert(written.holderOf() == holder && (written ^ word) << 160 == 0);
    }

    function check_annexing_writes_nothing_else(uint256 word) external pure {
        assert(word.annexSource().isAnnexedSource() && word.annexDerived().isAnnexedDerived());
        assert(word.annexSource() & ~uint256(1 << 255) == word & ~uint256(1 << 255));
        assert(word.annexDerived() & ~uint256(1 << 15) == word & ~uint256(1 << 15));
    }

    function check_two_edges_share_a_slot(uint64 u, uint64 p, uint64 v, uint64 q, uint8 pair) external pure {
        uint256 slot = uint256(v) << 192 | uint256(q) << 128 | uint256(u) << 64 | p;
        (uint256 units, uint64 parent) = slot.edge(uint256(pair) * 2);
        assert(units == u && parent == p);
        (units, parent) = slot.edge(uint256(pair) * 2 + 1);
        assert(units == v && parent == q);
    }

    function check_a_source_key_is_its_fields(uint32 statement, uint16 code, uint16 index) external pure {
        if (statement >= 1 << 31) return;
        uint64 key = LotKeys.ofSource(statement, LotCode.wrap(code), index);
        assert(!LotKeys.isDerived(key) && LotKeys.statementOf(key) == statement);
        assert(LotCode.unwrap(LotKeys.codeOf(key)) == code && uint16(key) == index);
        assert(statement == 0 || key >= LotKeys.FIRST_KEY);
    }

    function check_a_derived_key_is_no_source_key(bytes32 origin) external pure {
        uint64 key = LotKeys.ofDerived(origin);
        assert(LotKeys.isDerived(key) && key >= LotKeys.FIRST_KEY);
    }
}
