// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evidence, Statement} from "../interfaces/IStatementRegistry.sol";
import {StatementLots} from "../libraries/LotStore.sol";
import {Restatement} from "../libraries/Restatement.sol";
import {Stating} from "./Stating.sol";

/// @notice A superseding statement corrects the source lots of its chain, and with them every figure below (law 8).
abstract contract Restating is Stating {
    /// @inheritdoc ICarbonEmissionsToken
    function restate(Statement calldata s, Evidence calldata e, uint256 chunk, uint256[] calldata words)
        external
        outsideHooks
        open(RESTATE)
    {
        (uint32 number, uint32 root) = _admit(s, e, s.restatedChunks, chunk, words);
        StatementLots storage kept = _ledger.statements[number];
        // In their order, so that what is carried out is always a beginning of what was signed.
        require(chunk == kept.restated, ChunkOutOfOrder(chunk, kept.restated));
        if (kept.participant == address(0)) kept.participant = s.participant;
        uint256 scopes = Restatement.carryOut(_ledger, registry, number, root, s.inflation, words);
        _requireReported(s, scopes);
        emit LotsRestated(number, words);
    }
}
