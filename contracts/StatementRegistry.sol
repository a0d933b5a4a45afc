// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Evidence, IStatementRegistry, Statement, StatementRecord} from "./interfaces/IStatementRegistry.sol";
import {DisjointRanges} from "./libraries/DisjointRanges.sol";
import {ReportedScopes} from "./libraries/ReportedScopes.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Accrediting} from "./registry/Accrediting.sol";
import {Consuming} from "./registry/Consuming.sol";

/// @title StatementRegistry
/// @dev Its parts are in `registry/`: who takes part, how statements are kept and corrected,
/// and how they consume instruments. Here a statement is checked.
contract StatementRegistry is Consuming, EIP712 {
    bytes32 private constant STATEMENT_TYPEHASH = keccak256(
        "Statement(address participant,address verifier,bytes32 entity,uint16 periodStart,uint16 periodEnd,uint8 gwpSet,uint8 consolidation,bytes32 linesRoot,bytes32 document,uint64[5] reported,uint64[8] gasMasses,bytes32[] lotChunks,bytes32 supersedes,uint16 inflation,bytes32[] restatedChunks,bytes32[] instrumentChunks)"
    );
    bytes32 private constant OPINION_TYPEHASH =
        keccak256("Opinion(bytes32 statement,bytes32 standard,uint8 level,uint16 coverage)");
    bytes32 private constant ATTESTATION_TYPEHASH = keccak256("Attestation(bytes32 statement)");

    uint256 private constant LONGEST_PERIOD_DAYS = 371;
    uint256 private constant FULL_COVERAGE = 10_000;

    constructor(address authority, address relay) Accrediting(authority, relay) EIP712("StatementRegistry", "1") {}

    // Anyone

    /// @inheritdoc IStatementRegistry
    function submit(Statement calldata s, Evidence calldata e) external returns (uint32 number) {
        bytes32 id = idOf(s);
        number = _records[id].number;
        if (number == 0) number = _submit(s, e, id);
    }

    /// @inheritdoc IStatementRegistry
    function admit(Statement calldata s, Evidence calldata e) external returns (uint32 number, uint32 root) {
        StatementRecord storage kept = _standing(s, e);
        uint256 chunks = s.instrumentChunks.length;
        require(kept.consumedChunks == chunks, InstrumentsPending(kept.consumedChunks, chunks));
        return (kept.number, _rootOf(kept));
    }

    /// @inheritdoc IStatementRegistry
    function consume(Statement calldata s, Evidence calldata e, uint256 chunk, uint256[] calldata words)
        external
        returns (uint32)
    {
        StatementRecord storage kept = _standing(s, e);
        _consume(s, kept, chunk, words);
        return kept.number;
    }

    /// The statement's record, made if it is new, unless something was stated since.
    function _standing(Statement calldata s, Evidence calldata e) private returns (StatementRecord storage kept) {
        bytes32 id = idOf(s);
        kept = _records[id];
        if (kept.number == 0) _submit(s, e, id);
        require(kept.supersededBy == 0, StatementSuperseded(kept.number, kept.supersededBy));
        require(!kept.withdrawn, StatementWithdrawn(kept.number));
    }

    function _submit(Statement calldata s, Evidence calldata e, bytes32 id) private returns (uint32) {
        _checkContent(s, e);
        _checkParties(s, e, id);
        return _record(s, e, id);
    }

    function _checkContent(Statement calldata s, Evidence calldata e) private view {
        bool ordered = s.periodStart != 0 && s.periodStart <= s.periodEnd;
        require(ordered && s.periodEnd - s.periodStart < LONGEST_PERIOD_DAYS, PeriodInvalid(s.periodStart, s.periodEnd));
        uint256 today = block.timestamp / 1 days;
        require(s.periodEnd < today, PeriodNotOver(s.periodEnd, today));
        require(s.gwpSet >= 4 && s.gwpSet <= 6, GwpSetUnknown(s.gwpSet));
        require(s.consolidation >= 1 && s.consolidation <= 3, ConsolidationUnknown(s.consolidation));
        bool assured = (e.level == 1 || e.level == 2) && e.coverage != 0 && e.coverage <= FULL_COVERAGE;
        require(assured, AssuranceInvalid(e.level, e.coverage));
        require(s.linesRoot != 0 && s.lotChunks.length + s.restatedChunks.length != 0, StatementEmpty());
    }

    function _checkParties(Statement calldata s, Evidence calldata e, bytes32 id) private view {
        require(isEnrolled[s.participant], ParticipantNotEnrolled(s.participant));
        address assigned = participantOfEntity[s.entity];
        require(assigned == s.participant, EntityNotAssigned(s.entity, s.participant, assigned));
        require(s.verifier != s.participant, PartiesNotDistinct(s.verifier));
        Accreditation memory a = accreditation[s.verifier];
        bool accredited = a.validFrom <= block.timestamp && block.timestamp < a.validUntil;
        require(accredited, VerifierNotAccredited(s.verifier, block.timestamp, a.validFrom, a.validUntil));
        uint256 needed = ReportedScopes.maskOf(s.reported);
        require(needed & ~uint256(a.scopes) == 0, VerifierOutOfScope(s.verifier, needed, a.scopes));
        require(Signatures.isValid(s.participant, _hashTypedDataV4(id), e.assertion), AssertionInvalid(s.participant));
        bytes32 opinion = keccak256(abi.encode(OPINION_TYPEHASH, id, e.standard, e.level, e.coverage));
        require(Signatures.isValid(s.verifier, _hashTypedDataV4(opinion), e.opinion), OpinionInvalid(s.verifier));
        _checkAttestations(s, e, id);
    }

    /// Oracles sign with plain keys: their addresses are recovered, and must ascend so that none counts twice.
    function _checkAttestations(Statement calldata s, Evidence calldata e, bytes32 id) private view {
        uint256 given = e.attestations.length;
        require(given >= attestationsRequired, AttestationsTooFew(given, attestationsRequired));
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPEHASH, id)));
        address previous;
        for (uint256 i; i < given; ++i) {
            address oracle = Signatures.signer(digest, e.attestations[i]);
            require(oracle != address(0) && isOracle[oracle], AttestationInvalid(i));
            require(oracle > previous, AttestationsOutOfOrder(oracle, previous));
            require(oracle != s.participant && oracle != s.verifier, PartiesNotDistinct(oracle));
            previous = oracle;
        }
    }

    // Views

    /// @inheritdoc IStatementRegistry
    function idOf(Statement calldata s) public pure returns (bytes32) {
        // Every member is one word, so two halves in a row are one encoding; whole it needs an optimizer for its stack.
        bytes memory head = abi.encode(
            STATEMENT_TYPEHASH,
            s.participant,
            s.verifier,
            s.entity,
            s.periodStart,
            s.periodEnd,
            s.gwpSet,
            s.consolidation
        );
        bytes memory tail = abi.encode(
            s.linesRoot,
            s.document,
            keccak256(abi.encodePacked(s.reported)),
            keccak256(abi.encodePacked(s.gasMasses)),
            keccak256(abi.encodePacked(s.lotChunks)),
            s.supersedes,
            s.inflation,
            keccak256(abi.encodePacked(s.restatedChunks)),
            keccak256(abi.encodePacked(s.instrumentChunks))
        );
        return keccak256(bytes.concat(head, tail));
    }

    /// @inheritdoc IStatementRegistry
    function record(bytes32 id) external view returns (StatementRecord memory) {
        return _records[id];
    }

    /// @inheritdoc IStatementRegistry
    function periodOf(uint32 number) external view returns (uint16 periodStart, uint16 periodEnd) {
        StatementRecord storage kept = _records[idAt[number]];
        return (kept.periodStart, kept.periodEnd);
    }

    /// @inheritdoc IStatementRegistry
    function periodAt(bytes32 entity, uint64 firstDay) external view returns (uint64 last, uint64 next, uint64 number) {
        DisjointRanges.Range memory range = _periods[entity].ranges[firstDay];
        return (range.last, range.next, range.tag);
    }

    /// @inheritdoc IStatementRegistry
    function verifyLine(Statement calldata s, bytes calldata line, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        if (_records[idOf(s)].number == 0) return false;
        return MerkleProof.verifyCalldata(proof, s.linesRoot, sha256(bytes.concat(hex"00", line)), _node);
    }

    /// SHA-256, because lines are hashed by the million off the chain; prefixes keep nodes from posing as leaves.
    function _node(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? sha256(abi.encodePacked(hex"01", a, b)) : sha256(abi.encodePacked(hex"01", b, a));
    }

    /// @inheritdoc IStatementRegistry
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}
