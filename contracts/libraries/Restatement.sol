// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {LotKeys} from "./LotKey.sol";
import {LotLedger, LotStore, StatementLots} from "./LotStore.sol";
import {Shares} from "./Shares.sol";

/// @notice How a superseding statement corrects the gross of the source lots of its chain (law 8).
///
/// A lot keeps its key, basis, holder, offset, and what was taken of it: shares are of the basis, so nothing that was passed on
/// is undone. Others' figures may rise by no more than the statement's inflation, which the registry bounds along the
/// chain; what exceeds it the participant keeps, as a further lot of the superseding statement.
/// @dev Keys ascend through all chunks of a statement, so that it restates a lot once: a second time would compound the
/// inflation. A deployed library, linked: it leaves the token its room.
library Restatement {
    using LotStore for uint256;

    uint256 private constant BASIS_POINTS = 10_000;

    /// @notice Carries out one chunk.
    /// @return scopes Those in which lots have mass, a bit each.
    function carryOut(
        LotLedger storage ledger,
        IStatementRegistry registry,
        uint32 number,
        uint32 root,
        uint256 inflation,
        uint256[] calldata words
    ) external returns (uint256 scopes) {
        StatementLots memory kept = ledger.statements[number];
        uint32 known;
        for (uint256 i; i < words.length; ++i) {
            uint256 word = words[i];
            uint64 key = uint64(word >> 128);
            require(word >> 192 == 0, ICarbonEmissionsToken.LotWordInvalid(word));
            require(key > kept.lastRestated, ICarbonEmissionsToken.LotsOutOfOrder(key, kept.lastRestated));
            kept.lastRestated = key;
            uint32 stated = LotKeys.statementOf(key);
            if (stated != known) {
                // Zero, like no root, for a derived lot's key.
                (uint32 rootOf,,) = registry.standingOf(stated);
                bool ofChain = rootOf == root && stated != number;
                require(ofChain, ICarbonEmissionsToken.LotOfOtherChain(key, number));
                known = stated;
            }
            if (uint64(word) != 0) scopes |= 1 << LotKeys.codeOf(key).scope();
            _restate(ledger, word, inflation, kept.participant);
        }
        ++kept.restated;
        ledger.statements[number] = kept;
    }

    function _restate(LotLedger storage ledger, uint256 word, uint256 inflation, address participant) private {
        (uint64 key, uint256 expected, uint256 gross) = (uint64(word >> 128), uint64(word >> 64), uint64(word));
        uint256 figures = ledger.lots[key].figures;
        require(figures != 0, ICarbonEmissionsToken.LotUnknown(key));
        uint256 actual = figures.gross();
        require(actual == expected, ICarbonEmissionsToken.GrossChanged(key, actual, expected));
        if (gross == expected) return;
        if (gross > expected && _concernsOthers(ledger, key, figures, participant)) {
            uint256 limit = expected + expected * inflation / BASIS_POINTS;
            require(gross <= limit, ICarbonEmissionsToken.LotInflated(key, gross, limit));
        }
        ledger.lots[key].figures = figures.withGross(gross);
        uint256 offset = figures.offset();
        emit ICarbonEmissionsToken.NetChanged(key, gross, Shares.less(gross, offset));
        // Gross − net is the offset, unless the lot now has a surplus.
        if (offset > gross) emit ICarbonEmissionsToken.OffsetChanged(key, offset);
    }

    /// Whether anybody but the participant bears a part of the lot. What primary data displaced was passed on to nobody.
    function _concernsOthers(LotLedger storage ledger, uint64 key, uint256 figures, address participant)
        private
        view
        returns (bool)
    {
        uint256 taken = figures.allocatedOfSource();
        if (taken != 0 && taken > ledger.displaced[key]) return true;
        if (!figures.isAnnexedSource()) return false;
        address successor = ledger.annexes[key].successor;
        return successor != address(0) && successor != participant;
    }
}
