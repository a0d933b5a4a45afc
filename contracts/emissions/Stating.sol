// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, Statement} from "../interfaces/IStatementRegistry.sol";
import {ReportedScopes} from "../libraries/ReportedScopes.sol";
import {LotBook} from "./LotBook.sol";

/// @notice What minting and restating share: a chunk of words that a verified statement commits to.
abstract contract Stating is LotBook {
    uint256 private constant MAX_CHUNK = 400;

    /// Records the statement if it is new; refuses words that are not its chunk.
    function _admit(
        Statement calldata s,
        Evidence calldata e,
        bytes32[] calldata chunks,
        uint256 chunk,
        uint256[] calldata words
    ) internal returns (uint32 number, uint32 root) {
        require(chunk < chunks.length, ChunkUnknown(chunk, chunks.length));
        require(words.length <= MAX_CHUNK, TooManyLots(words.length, MAX_CHUNK));
        bytes32 actual = keccak256(abi.encodePacked(words));
        require(actual == chunks[chunk], ChunkMismatch(chunk, actual, chunks[chunk]));
        // Trusted: our own registry, which calls nothing but the signers' ERC-1271 views.
        (number, root) = registry.admit(s, e);
    }

    /// A verifier is accredited for scopes, which the registry reads off the reported figures: no lot may have mass in another.
    /// @param scopes Those of the lots with mass, a bit each.
    function _requireReported(Statement calldata s, uint256 scopes) internal pure {
        uint256 reported = ReportedScopes.maskOf(s.reported);
        require(scopes & ~reported == 0, ScopeNotReported(scopes, reported));
    }
}
