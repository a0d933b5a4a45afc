// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "./interfaces/ICarbonEmissionsToken.sol";
import {FlaggedSource, ILedgerLens} from "./interfaces/ILedgerLens.sol";
import {IStatementRegistry, StatementRecord} from "./interfaces/IStatementRegistry.sol";
import {LotKeys} from "./libraries/LotKey.sol";
import {LotStore} from "./libraries/LotStore.sol";
import {LotTable} from "./libraries/LotTable.sol";

/// @title LedgerLens
contract LedgerLens is ILedgerLens {
    using LotTable for uint256[];

    ICarbonEmissionsToken private immutable _emissions;
    IStatementRegistry private immutable _registry;

    constructor(ICarbonEmissionsToken emissions, IStatementRegistry registry) {
        _emissions = emissions;
        _registry = registry;
    }

    /// @inheritdoc ILedgerLens
    /// @dev Breadth first; no more than MAX_ANCESTRY edges stand above a lot, each leading to one lot.
    function sourcesOf(uint64 lot) public view returns (uint64[] memory sources) {
        uint256[] memory met = LotTable.create();
        uint64[] memory lots = new uint64[](LotStore.MAX_ANCESTRY + 1);
        sources = new uint64[](LotStore.MAX_ANCESTRY + 1);
        lots[0] = lot;
        uint256 known = 1;
        uint256 found;
        for (uint256 i; i < known; ++i) {
            // Refuses a lot there is none of.
            (uint64[] memory parents,) = _emissions.edgesOf(lots[i]);
            if (!LotKeys.isDerived(lots[i])) sources[found++] = lots[i];
            for (uint256 p; p < parents.length; ++p) {
                (, bool isFirst) = met.meet(parents[p]);
                if (isFirst) lots[known++] = parents[p];
            }
        }
        assembly ("memory-safe") {
            mstore(sources, found)
        }
    }

    /// @inheritdoc ILedgerLens
    function flagsOf(uint64 lot) external view returns (FlaggedSource[] memory flags) {
        uint64[] memory sources = sourcesOf(lot);
        flags = new FlaggedSource[](sources.length);
        uint256 found;
        for (uint256 i; i < sources.length; ++i) {
            FlaggedSource memory f = _standing(sources[i]);
            bool sound = !f.withdrawn && !f.superseded && f.pending | f.unconsumed | f.voided == 0;
            if (!sound) flags[found++] = f;
        }
        assembly ("memory-safe") {
            mstore(flags, found)
        }
    }

    function _standing(uint64 lot) private view returns (FlaggedSource memory f) {
        (f.lot, f.statement) = (lot, LotKeys.statementOf(lot));
        f.head = headOf(f.statement);
        f.superseded = f.head != f.statement;
        StatementRecord memory kept = _registry.record(_registry.idAt(f.head));
        (f.withdrawn, f.voided) = (kept.withdrawn, kept.voidedInstruments);
        f.pending = kept.restatements - _emissions.restatedOf(f.head);
        f.unconsumed = kept.instrumentChunks - kept.consumedChunks;
    }

    /// @inheritdoc ILedgerLens
    function headOf(uint32 number) public view returns (uint32 head) {
        (uint32 root, uint32 by,) = _registry.standingOf(number);
        if (root == 0) return 0;
        for (head = number; by != 0; (, by,) = _registry.standingOf(head)) head = by;
    }
}
