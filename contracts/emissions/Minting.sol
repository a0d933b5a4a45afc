// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evidence, Statement} from "../interfaces/IStatementRegistry.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {Lot, LotStore, StatementLots} from "../libraries/LotStore.sol";
import {Stating} from "./Stating.sol";

/// @notice Source lots are born from verified statements.
abstract contract Minting is Stating {
    /// @inheritdoc ICarbonEmissionsToken
    function mint(Statement calldata s, Evidence calldata e, uint256 chunk, uint256[] calldata words)
        external
        outsideHooks
        open(MINT)
    {
        (uint32 number,) = _admit(s, e, s.lotChunks, chunk, words);
        StatementLots storage kept = _ledger.statements[number];
        if (kept.participant == address(0)) kept.participant = s.participant;

        uint256[] memory ids = new uint256[](words.length);
        uint256[] memory bases = new uint256[](words.length);
        uint256 scopes;
        for (uint256 i; i < words.length; ++i) {
            uint256 word = words[i];
            (ids[i], bases[i]) = _mintOne(number, word);
            if (uint64(word) != 0) scopes |= 1 << (word >> 158);
        }
        _requireReported(s, scopes);
        emit LotsMinted(number, s.participant, words);
        emit TransferBatch(msg.sender, address(0), s.participant, ids, bases);
    }

    function _mintOne(uint32 number, uint256 word) private returns (uint64 key, uint256 basis) {
        LotCode code = LotCode.wrap(uint16(word >> 144));
        require(word >> 160 == 0, LotWordInvalid(word));
        require(code.isSource(), CodeInvalid(LotCode.unwrap(code)));
        basis = uint64(word >> 64);
        require(basis != 0 && basis <= LotStore.MAX_BASIS, BasisInvalid(basis, LotStore.MAX_BASIS));
        key = LotKeys.ofSource(number, code, uint16(word >> 128));
        Lot storage lot = _ledger.lots[key];
        require(lot.figures == 0, LotExists(key));
        lot.figures = LotStore.source(basis, uint64(word));
    }
}
