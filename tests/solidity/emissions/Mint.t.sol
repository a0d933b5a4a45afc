// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken, LotView} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Evidence, IStatementRegistry, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 9 and 10: lots come from a verified statement, whole chunks of it, each lot once.
contract MintTest is LedgerTest {
    uint64 private constant MAX_BASIS = (1 << 63) - 1;

    Statement private s;
    Evidence private e;

    function _draft(uint256[] memory words) private {
        s = statementOf(utility.at, words);
        e = evidenceOf(s, utility.key);
    }

    function _mintRefused(uint256[] memory words, bytes memory reason) private {
        vm.expectRevert(reason);
        cet.mint(s, e, 0, words);
    }

    function _wordRefused(uint256 word_, bytes memory reason) private {
        _draft(words1(word_));
        _mintRefused(words1(word_), reason);
    }

    function _expectRecorded(uint256[] memory words) private {
        vm.expectEmit(address(registry));
        emit IStatementRegistry.StatementRecorded(hashOf(s), 1, utility.at, s, ISO_14064_3, 2, 9_500);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.LotsMinted(1, utility.at, words);
    }

    function test_lots_stand_as_the_statement_says() external {
        uint256[] memory words = new uint256[](2);
        words[0] = word(Codes.STATIONARY_WH, 3, 1_000_000, 600 * T);
        words[1] = word(Codes.BIOGENIC, 0, 7 * T, 7 * T);
        _draft(words);
        uint64 stationary = sourceKey(1, Codes.STATIONARY_WH, 3);
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (stationary, sourceKey(1, Codes.BIOGENIC, 0));
        uint256[] memory bases = new uint256[](2);
        (bases[0], bases[1]) = (1_000_000, 7 * T);
        _expectRecorded(words);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferBatch(address(this), address(0), utility.at, ids, bases);
        cet.mint(s, e, 0, words);

        LotView memory v = cet.lotOf(stationary);
        vm.assertEq(v.holder, utility.at);
        vm.assertEq(v.code, Codes.STATIONARY_WH);
        vm.assertEq(v.basis, 1_000_000);
        vm.assertEq(v.statement, 1);
        vm.assertEq(v.allocated + v.displaced + v.frozen + v.offset + v.ancestry, 0);
        vm.assertTrue(v.announced);
        vm.assertEq(v.announcedNet, 600 * T);
        assertFigures(stationary, 600 * T, 600 * T, 600 * T, 0);
        vm.assertEq(cet.participantOf(1), utility.at);
    }

    /// A verifier is accredited for the scopes a statement reports: not a milligram comes from another.
    function test_mass_in_a_scope_that_is_not_reported_reverts() external {
        uint16[4] memory codes = [Codes.BIOGENIC, Codes.STATIONARY, Codes.ELECTRICITY_MARKET, Codes.scope3(1)];
        for (uint256 scope; scope < 4; ++scope) {
            uint256[] memory words = words1(word(codes[scope], 0, T, 1));
            _draft(words);
            s.reported = [uint64(1), 1, 1, 1, 1];
            if (scope == 2) (s.reported[1], s.reported[2]) = (0, 0);
            else s.reported[scope == 0 ? 4 : scope == 1 ? 0 : 3] = 0;
            e = evidenceOf(s, utility.key);
            bytes4 error = ICarbonEmissionsToken.ScopeNotReported.selector;
            _mintRefused(words, abi.encodeWithSelector(error, 1 << scope, 0xF - (1 << scope)));
        }
        // Without mass there is nothing to report.
        _draft(words1(word(Codes.STATIONARY, 0, T, 0)));
        s.reported = [uint64(0), 0, 0, 0, 1];
        e = evidenceOf(s, utility.key);
        cet.mint(s, e, 0, words1(word(Codes.STATIONARY, 0, T, 0)));
    }

    function test_anyone_may_submit_what_the_parties_signed() external {
        _draft(words1(word(Codes.STATIONARY, 0, T, T)));
        vm.prank(address(0xBEEF));
        cet.mint(s, e, 0, words1(word(Codes.STATIONARY, 0, T, T)));
        vm.assertEq(cet.lotOf(sourceKey(1, Codes.STATIONARY, 0)).holder, utility.at);
    }

    function test_unverified_statement_reverts() external {
        _draft(words1(word(Codes.STATIONARY, 0, T, T)));
        e.opinion = e.assertion;
        bytes memory reason = abi.encodeWithSelector(IStatementRegistry.OpinionInvalid.selector, verifier.at);
        _mintRefused(words1(word(Codes.STATIONARY, 0, T, T)), reason);
    }

    function test_chunks_are_minted_in_any_order_and_each_once() external {
        uint256[] memory first = words1(word(Codes.STATIONARY, 0, T, T));
        uint256[] memory second = words1(word(Codes.STATIONARY, 1, T, T));
        _draft(first);
        s.lotChunks.push(keccak256(abi.encodePacked(second)));
        e = evidenceOf(s, utility.key);
        cet.mint(s, e, 1, second);
        cet.mint(s, e, 0, first);
        uint64 again = sourceKey(1, Codes.STATIONARY, 1);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, again));
        cet.mint(s, e, 1, second);
    }

    function test_a_lot_twice_in_a_chunk_reverts() external {
        uint256[] memory words = new uint256[](2);
        words[0] = word(Codes.STATIONARY, 0, T, T);
        words[1] = word(Codes.STATIONARY, 0, 2 * T, T);
        _draft(words);
        uint64 key = sourceKey(1, Codes.STATIONARY, 0);
        _mintRefused(words, abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
    }

    function test_chunk_the_statement_does_not_have_reverts() external {
        uint256[] memory words = words1(word(Codes.STATIONARY, 0, T, T));
        _draft(words);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.ChunkUnknown.selector, 1, 1));
        cet.mint(s, e, 1, words);
    }

    function test_other_lots_than_signed_revert() external {
        uint256[] memory words = words1(word(Codes.STATIONARY, 0, T, T));
        _draft(words);
        bytes32 stated = s.lotChunks[0];
        words[0] -= 1;
        bytes32 actual = keccak256(abi.encodePacked(words));
        _mintRefused(words, abi.encodeWithSelector(ICarbonEmissionsToken.ChunkMismatch.selector, 0, actual, stated));
    }

    function test_400_lots_fit_in_a_chunk_and_401_do_not() external {
        uint256[] memory words = new uint256[](401);
        for (uint16 i; i < 401; ++i) words[i] = word(Codes.STATIONARY, i, T, i);
        _draft(words);
        _mintRefused(words, abi.encodeWithSelector(ICarbonEmissionsToken.TooManyLots.selector, 401, 400));
        assembly ("memory-safe") {
            mstore(words, 400)
        }
        _draft(words);
        cet.mint(s, e, 0, words);
        vm.assertEq(cet.figures(sourceKey(1, Codes.STATIONARY, 399)).gross, 399);
    }

    function test_word_with_more_than_160_bits_reverts() external {
        uint256 w = word(Codes.STATIONARY, 0, T, T) | 1 << 160;
        _wordRefused(w, abi.encodeWithSelector(ICarbonEmissionsToken.LotWordInvalid.selector, w));
    }

    function test_product_lot_from_a_statement_reverts() external {
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.CodeInvalid.selector, Codes.GOODS);
        _wordRefused(word(Codes.GOODS, 0, T, T), reason);
    }

    function test_scope_2_without_a_method_reverts() external {
        uint16 code = Codes.code(2, 1, 0, 0);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.CodeInvalid.selector, code);
        _wordRefused(word(code, 0, T, T), reason);
    }

    function test_empty_basis_reverts_and_zero_gross_does_not() external {
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.BasisInvalid.selector, 0, MAX_BASIS);
        _wordRefused(word(Codes.STATIONARY, 0, 0, T), reason);
        assertFigures(mintLot(utility, Codes.STATIONARY_WH, 5, 0), 0, 0, 0, 0);
    }

    function test_basis_above_63_bits_reverts() external {
        bytes4 error = ICarbonEmissionsToken.BasisInvalid.selector;
        _wordRefused(
            word(Codes.STATIONARY, 0, MAX_BASIS + 1, T), abi.encodeWithSelector(error, MAX_BASIS + 1, MAX_BASIS)
        );
        uint64 largest = mintLot(utility, Codes.STATIONARY, MAX_BASIS, type(uint64).max);
        assertFigures(largest, type(uint64).max, type(uint64).max, type(uint64).max, 0);
        vm.assertEq(cet.lotOf(largest).basis, MAX_BASIS);
    }

    function test_closed_minting_reverts() external {
        uint256[] memory words = words1(word(Codes.STATIONARY, 0, T, T));
        _draft(words);
        cet.setClosed(1);
        _mintRefused(words, abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 1));
    }
}
