// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evidence, Statement} from "../interfaces/IStatementRegistry.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore, StatementLots} from "../libraries/LotStore.sol";
import {Stating} from "./Stating.sol";

/// @notice A superseding statement corrects the gross of the source lots of its chain, and with it every figure below (law 8).
///
/// A lot keeps its key, basis, holder, offset, and what was taken of it: shares are of the basis, so nothing that was passed on
/// is undone. Others' figures may rise by no more than the statement's inflation, which the registry bounds along the
/// chain; what exceeds it the participant keeps, as a further lot of the superseding statement.
/// @dev Chunks are carried out in their order and keys ascend through all of them, so that a statement restates a lot once:
/// a second time would compound the inflation. The expected gross makes it a compare-and-set along the chain.
abstract contract Restating is Stating {
    using LotStore for uint256;

    uint256 private constant BASIS_POINTS = 10_000;

    /// @inheritdoc ICarbonEmissionsToken
    function restate(Statement calldata s, Evidence calldata e, uint256 chunk, uint256[] calldata words)
        external
        outsideHooks
        open(RESTATE)
    {
        (uint32 number, uint32 root) = _admit(s, e, s.restatedChunks, chunk, words);
        StatementLots memory kept = _ledger.statements[number];
        require(chunk == kept.restated, ChunkOutOfOrder(chunk, kept.restated));
        kept.participant = s.participant;
        kept.restated = uint32(chunk + 1);

        uint256 scopes;
        uint32 known;
        for (uint256 i; i < words.length; ++i) {
            uint256 word = words[i];
            uint64 key = uint64(word >> 128);
            require(word >> 192 == 0, LotWordInvalid(word));
            require(key > kept.lastRestated, LotsOutOfOrder(key, kept.lastRestated));
            kept.lastRestated = key;
            uint32 stated = LotKeys.statementOf(key);
            if (stated != known) {
                // Zero, like no root, for a derived lot's key.
                (uint32 rootOf,,) = registry.standingOf(stated);
                require(rootOf == root && stated != number, LotOfOtherChain(key, number));
                known = stated;
            }
            if (uint64(word) != 0) scopes |= 1 << LotKeys.codeOf(key).scope();
            _restateOne(key, uint64(word >> 64), uint64(word), s);
        }
        _requireReported(s, scopes);
        _ledger.statements[number] = kept;
        emit LotsRestated(number, words);
    }

    function _restateOne(uint64 key, uint256 expected, uint256 gross, Statement calldata s) private {
        uint256 figures_ = _figuresOf(key);
        uint256 actual = figures_.gross();
        require(actual == expected, GrossChanged(key, actual, expected));
        if (gross == expected) return;
        if (gross > expected && _concernsOthers(key, figures_, s.participant)) {
            uint256 limit = expected + expected * s.inflation / BASIS_POINTS;
            require(gross <= limit, LotInflated(key, gross, limit));
        }
        figures_ = figures_.withGross(gross);
        _ledger.lots[key].figures = figures_;
        _announceSource(key, figures_);
    }

    /// Whether anybody but the participant bears a part of the lot. What primary data displaced was passed on to nobody.
    function _concernsOthers(uint64 key, uint256 figures_, address participant) private view returns (bool) {
        uint256 taken = figures_.allocatedOfSource();
        if (taken != 0 && taken > _ledger.displaced[key]) return true;
        if (!figures_.isAnnexedSource()) return false;
        address successor = _ledger.annexes[key].successor;
        return successor != address(0) && successor != participant;
    }
}
