// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, IStatementRegistry, Statement, StatementRecord} from "../interfaces/IStatementRegistry.sol";
import {DisjointRanges} from "../libraries/DisjointRanges.sol";
import {Accrediting} from "./Accrediting.sol";

/// @notice Recorded statements, the chains in which they correct one another, and opinions taken back (law 8).
/// @dev A period belongs to one chain, whose head is the tag of the period's range. A chain never forks: who comes second with a
/// statement that supersedes the same head finds another head.
abstract contract Superseding is Accrediting {
    using DisjointRanges for DisjointRanges.Set;

    uint256 private constant BASIS_POINTS = 10_000;
    /// All statements of a chain together may let what was passed on rise by a quarter.
    uint256 private constant MOST_INFLATION = 2_500;

    mapping(uint32 number => bytes32) public idAt;
    mapping(bytes32 id => StatementRecord) internal _records;
    mapping(bytes32 entity => DisjointRanges.Set) internal _periods;

    /// Writes down a statement whose content and parties are checked.
    function _record(Statement calldata s, Evidence calldata e, bytes32 id) internal returns (uint32 number) {
        number = ++_count;
        idAt[number] = id;
        StatementRecord memory r;
        (r.number, r.periodStart, r.periodEnd, r.gwpSet) = (number, s.periodStart, s.periodEnd, s.gwpSet);
        (r.level, r.coverage, r.verifier, r.standard) = (e.level, e.coverage, s.verifier, e.standard);
        if (s.supersedes == 0) {
            require(s.inflation == 0 && s.restatedChunks.length == 0, SupersedesNothing());
            // One chain of statements for an entity and day: this is what lets a source-period be minted only once (law 10).
            _periods[s.entity].insert(s.periodStart, s.periodEnd, e.previousPeriod, number);
        } else {
            (r.root, r.inflation) = _supersede(s, e, number);
            r.restatements = uint32(s.restatedChunks.length);
        }
        r.instrumentChunks = uint32(s.instrumentChunks.length);
        _records[id] = r;
        emit StatementRecorded(id, number, s.participant, s, e.standard, e.level, e.coverage);
    }

    function _supersede(Statement calldata s, Evidence calldata e, uint32 number)
        private
        returns (uint32 root, uint16 inflation)
    {
        DisjointRanges.Range storage period = _periods[s.entity].ranges[s.periodStart];
        bytes32 head = period.last == s.periodEnd ? idAt[uint32(period.tag)] : bytes32(0);
        require(head == s.supersedes, NotHead(s.supersedes, head));
        StatementRecord storage before = _records[head];
        // Masses of another set would be other quantities under the same name.
        require(s.gwpSet == before.gwpSet, GwpSetDiffers(s.gwpSet, before.gwpSet));
        bool assured = e.level > before.level || (e.level == before.level && e.coverage >= before.coverage);
        require(assured, AssuranceLower(e.level, e.coverage, before.level, before.coverage));
        // Compounded, and rounded up: many small steps leak no more than one large one.
        uint256 grown = (BASIS_POINTS + before.inflation) * (BASIS_POINTS + s.inflation);
        uint256 sum = (grown + BASIS_POINTS - 1) / BASIS_POINTS - BASIS_POINTS;
        require(sum <= MOST_INFLATION, InflationExceeds(sum, MOST_INFLATION));
        before.supersededBy = number;
        period.tag = number;
        return (_rootOf(before), uint16(sum));
    }

    /// @inheritdoc IStatementRegistry
    function withdraw(bytes32 id, string calldata reason) external {
        StatementRecord storage kept = _records[id];
        require(kept.number != 0, StatementUnknown(id));
        require(_msgSender() == kept.verifier, NotVerifier(_msgSender(), kept.verifier));
        require(!kept.withdrawn, StatementWithdrawn(kept.number));
        kept.withdrawn = true;
        emit OpinionWithdrawn(id, kept.number, reason);
    }

    /// @inheritdoc IStatementRegistry
    function standingOf(uint32 number) external view returns (uint32 root, uint32 supersededBy, bool withdrawn) {
        StatementRecord storage kept = _records[idAt[number]];
        return (_rootOf(kept), kept.supersededBy, kept.withdrawn);
    }

    function _rootOf(StatementRecord storage kept) internal view returns (uint32 root) {
        root = kept.root;
        if (root == 0) root = kept.number;
    }
}
