// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {Consumption, IInstrument} from "../interfaces/IInstrument.sol";
import {IStatementRegistry, Statement, StatementRecord} from "../interfaces/IStatementRegistry.sol";
import {Superseding} from "./Superseding.sol";

/// @notice Instruments (energy certificates, transport bookings) that statements consume, each use once (law 10).
/// @dev Which chain a use belongs to is the instrument's own knowledge: it is kept there once, not here again. Here stands how
/// many uses of each instrument a statement consumed, so that no more can be found void than were.
abstract contract Consuming is Superseding {
    struct Tally {
        uint32 consumed;
        uint32 voided;
    }

    uint256 private constant MAX_CHUNK = 400;

    mapping(address instrument => bool) public isInstrument;
    mapping(uint32 number => mapping(address instrument => Tally)) private _tallies;
    /// The last word of a statement's chunks so far, while another is to come.
    mapping(uint32 number => uint256) private _lastWord;

    /// @inheritdoc IStatementRegistry
    function setInstrument(address instrument, bool known) external restricted {
        bool usable = !known || ERC165Checker.supportsInterface(instrument, type(IInstrument).interfaceId);
        require(usable, InstrumentInvalid(instrument));
        isInstrument[instrument] = known;
        emit InstrumentSet(instrument, known);
    }

    /// Consumes the next chunk of a statement that stands.
    function _consume(Statement calldata s, StatementRecord storage kept, uint256 chunk, uint256[] calldata words) internal {
        uint256 chunks = s.instrumentChunks.length;
        require(chunk < chunks, ChunkUnknown(chunk, chunks));
        require(words.length != 0 && words.length <= MAX_CHUNK, InstrumentsInvalid(words.length, MAX_CHUNK));
        bytes32 actual = keccak256(abi.encodePacked(words));
        require(actual == s.instrumentChunks[chunk], ChunkMismatch(chunk, actual, s.instrumentChunks[chunk]));
        require(chunk == kept.consumedChunks, ChunkOutOfOrder(chunk, kept.consumedChunks));
        uint32 number = kept.number;
        _tally(number, chunk, chunks, words);
        kept.consumedChunks = uint32(chunk + 1);
        emit InstrumentsConsumed(number, chunk, words);
        _notify(s, kept, words);
    }

    /// Words ascend through all chunks, so that a statement names a use once.
    function _tally(uint32 number, uint256 chunk, uint256 chunks, uint256[] calldata words) private {
        uint256 last = chunk == 0 ? 0 : _lastWord[number];
        uint256 from;
        for (uint256 i; i < words.length; ++i) {
            require(words[i] > last, InstrumentsOutOfOrder(words[i], last));
            last = words[i];
            address instrument = address(uint160(last >> 96));
            if (i + 1 < words.length && address(uint160(words[i + 1] >> 96)) == instrument) continue;
            require(isInstrument[instrument], InstrumentUnknown(instrument));
            _tallies[number][instrument].consumed += uint32(i + 1 - from);
            from = i + 1;
        }
        if (chunk + 1 < chunks) _lastWord[number] = last;
    }

    /// Last, when all is written: an instrument that calls back finds the chunk consumed, and if it or a later one refuses,
    /// nothing of it has happened.
    function _notify(Statement calldata s, StatementRecord storage kept, uint256[] calldata words) private {
        Consumption memory c =
            Consumption(kept.number, _rootOf(kept), s.participant, s.entity, s.periodStart, s.periodEnd);
        for (uint256 i; i < words.length; ++i) {
            address instrument = address(uint160(words[i] >> 96));
            bytes4 answer = IInstrument(instrument).consume(uint96(words[i]), c);
            require(answer == IInstrument.consume.selector, InstrumentRefused(instrument, uint96(words[i])));
        }
    }

    /// @inheritdoc IStatementRegistry
    /// @dev Also by an instrument that is no longer known: what it acknowledged it can still find void. Not through the relay:
    /// an instrument speaks for itself.
    function voidConsumption(uint32 number, uint96 use) external {
        Tally storage tally = _tallies[number][msg.sender];
        require(tally.voided < tally.consumed, NothingConsumed(number, msg.sender));
        ++tally.voided;
        ++_records[idAt[number]].voidedInstruments;
        emit ConsumptionVoided(number, msg.sender, use);
    }
}
