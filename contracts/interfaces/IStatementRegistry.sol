// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice A verified emissions statement: what a participant asserts of one entity and period.
struct Statement {
    address participant;
    address verifier;
    /// keccak256 of the entity's id; the registry knows who may speak for it.
    bytes32 entity;
    /// First and last day, both included, as days since 1970-01-01.
    uint16 periodStart;
    uint16 periodEnd;
    /// Assessment report whose 100-year GWPs were used: 4, 5 or 6.
    uint8 gwpSet;
    /// 1 equity share, 2 financial control, 3 operational control.
    uint8 consolidation;
    /// Merkle root of every activity line.
    bytes32 linesRoot;
    /// keccak256 of the canonical statement document.
    bytes32 document;
    /// mg CO2e, gross: scope 1, scope 2 location-based, scope 2 market-based, scope 3, outside the scopes.
    uint64[5] reported;
    /// mg of gas: CO2, biogenic CO2, CH4, N2O, HFCs, PFCs, SF6, NF3.
    uint64[8] gasMasses;
    /// keccak256 of the packed lot words of each chunk of at most 400 lots. May be empty where there are `restatedChunks`.
    bytes32[] lotChunks;
    /// Id of the statement of the same entity and period that this one corrects, 0 for none.
    bytes32 supersedes;
    /// By how much lots that were passed on may rise, in basis points of their gross.
    uint16 inflation;
    /// keccak256 of each chunk of at most 400 packed words `key 64 | expected gross 64 | new gross 64`. Lots of the chain of
    /// superseded statements that are in none stand as they are.
    bytes32[] restatedChunks;
    /// keccak256 of each chunk of at most 400 packed words `instrument 160 | use 96`, ascending through all chunks: the energy
    /// certificates and transport bookings that it uses. Nothing is minted or restated before all are consumed.
    bytes32[] instrumentChunks;
}

/// @notice What makes a statement a verified one, and where its period belongs among the entity's.
struct Evidence {
    /// The participant's signature of the statement: its assertion.
    bytes assertion;
    /// The verifier's signature of `Opinion(statement, standard, level, coverage)`.
    bytes opinion;
    /// Assurance standard as short text, e.g. "ISO 14064-3".
    bytes32 standard;
    /// 1 limited, 2 reasonable assurance.
    uint8 level;
    /// Share of gross emissions the opinion covers, in basis points.
    uint16 coverage;
    /// Signatures of `Attestation(statement)` by oracles who recomputed it, in ascending order of their addresses.
    bytes[] attestations;
    /// First day of the entity's nearest earlier statement, 0 if there is none (StatementRegistry.previousPeriod finds it).
    uint16 previousPeriod;
}

/// @notice What the registry keeps of a statement; the rest is in `StatementRecorded`, committed by the id.
struct StatementRecord {
    uint32 number;
    uint16 periodStart;
    uint16 periodEnd;
    uint8 gwpSet;
    uint8 level;
    uint16 coverage;
    address verifier;
    bytes32 standard;
    /// Number of the first statement of the chain of corrections; 0 in that first one itself.
    uint32 root;
    /// Number of the statement that corrects this one, 0 while it is the head of its chain.
    uint32 supersededBy;
    /// Chunks of restated lots it has.
    uint32 restatements;
    /// By how much lots that were passed on may have risen along the chain up to here, in basis points, compounded.
    uint16 inflation;
    /// Whether the verifier took its opinion back.
    bool withdrawn;
    /// Chunks of instruments it has, and those of them that are consumed.
    uint32 instrumentChunks;
    uint32 consumedChunks;
    /// Uses it consumed that their instruments found void since.
    uint32 voidedInstruments;
}

/// @title Statements, and who may make, verify and attest them.
/// @notice A statement is recorded when three different parties signed it: the participant asserts, an accredited verifier
/// gives its opinion, and oracles who recomputed it from the activity lines attest. Anyone may submit the signatures.
/// @dev All signatures are EIP-712 and may come from ERC-1271 wallets. Nothing recorded can be changed or removed by anyone;
/// operators only decide who may take part from now on. Errors are corrected by a statement that supersedes the head of the
/// chain of (entity, period); a verifier takes an opinion back by `withdraw`. Both add to the history.
interface IStatementRegistry {
    event ParticipantEnrolled(address indexed participant, string name);
    event ParticipantSuspended(address indexed participant);
    event EntityAssigned(bytes32 indexed entity, address indexed participant, string id);
    event VerifierAccredited(address indexed verifier, uint40 validFrom, uint40 validUntil, uint8 scopes, string name);
    event OracleSet(address indexed oracle, bool trusted);
    event AttestationsRequiredSet(uint8 required);
    /// The whole statement, so that the chain alone rebuilds the registry.
    event StatementRecorded(
        bytes32 indexed id,
        uint32 indexed number,
        address indexed participant,
        Statement statement,
        bytes32 standard,
        uint8 level,
        uint16 coverage
    );
    /// What stands on the statement is flagged from here to its last descendant until a statement supersedes it.
    event OpinionWithdrawn(bytes32 indexed id, uint32 indexed number, string reason);
    event InstrumentSet(address indexed instrument, bool known);
    /// Words `instrument 160 | use 96`: each use is from here on the statement's chain's alone.
    event InstrumentsConsumed(uint32 indexed number, uint256 chunk, uint256[] words);
    /// What stands on the statement is flagged from here to its last descendant until a statement without the use supersedes it.
    event ConsumptionVoided(uint32 indexed number, address indexed instrument, uint96 use);

    error ParticipantNotEnrolled(address participant);
    error EntityNotAssigned(bytes32 entity, address participant, address assigned);
    error EntityAlreadyAssigned(bytes32 entity, address assigned);
    error EntityIdEmpty();
    error VerifierNotAccredited(address verifier, uint256 at, uint40 validFrom, uint40 validUntil);
    error AccreditationReversed(uint40 validFrom, uint40 validUntil);
    error ScopesUnknown(uint8 scopes);
    error VerifierOutOfScope(address verifier, uint256 needed, uint256 granted);
    error PartiesNotDistinct(address party);
    error AssertionInvalid(address participant);
    error OpinionInvalid(address verifier);
    error AttestationInvalid(uint256 index);
    error AttestationsTooFew(uint256 given, uint256 required);
    error AttestationsOutOfOrder(address oracle, address after_);
    error AttestationsRequiredZero();
    error PeriodInvalid(uint16 periodStart, uint16 periodEnd);
    error PeriodNotOver(uint16 periodEnd, uint256 today);
    error GwpSetUnknown(uint8 gwpSet);
    error ConsolidationUnknown(uint8 consolidation);
    error AssuranceInvalid(uint8 level, uint16 coverage);
    error StatementEmpty();
    error StatementUnknown(bytes32 id);
    error StatementSuperseded(uint32 number, uint32 by);
    error StatementWithdrawn(uint32 number);
    error SupersedesNothing();
    error NotHead(bytes32 supersedes, bytes32 head);
    error GwpSetDiffers(uint8 gwpSet, uint8 headGwpSet);
    error AssuranceLower(uint8 level, uint16 coverage, uint8 headLevel, uint16 headCoverage);
    error InflationExceeds(uint256 inflation, uint256 limit);
    error NotVerifier(address caller, address verifier);
    error ChunkUnknown(uint256 chunk, uint256 chunks);
    error ChunkMismatch(uint256 chunk, bytes32 actual, bytes32 stated);
    error ChunkOutOfOrder(uint256 chunk, uint256 next);
    error InstrumentInvalid(address instrument);
    error InstrumentUnknown(address instrument);
    error InstrumentsInvalid(uint256 words, uint256 limit);
    error InstrumentsOutOfOrder(uint256 word, uint256 after_);
    error InstrumentsPending(uint256 consumed, uint256 chunks);
    error InstrumentRefused(address instrument, uint96 use);
    error NothingConsumed(uint32 number, address instrument);

    // Operators

    function enrol(address participant, string calldata name) external;
    /// @notice Bars a participant from new statements. What it holds and what others refer to stays.
    function suspend(address participant) external;
    /// @notice Gives a participant the right to speak for an entity (a plant, a company). Final: nobody else can mint its periods.
    function assignEntity(string calldata id, address participant) external;
    /// @notice Accredits a verifier for a time; ending it (`validUntil` in the past) leaves past opinions as they are.
    /// @param scopes What it may verify, a bit each: 0 outside the scopes, 1 scope 1, 2 scope 2, 3 scope 3.
    function accredit(address verifier, uint40 validFrom, uint40 validUntil, uint8 scopes, string calldata name) external;
    function setOracle(address oracle, bool trusted) external;
    function setAttestationsRequired(uint8 required) external;
    /// @notice Makes an instrument's uses consumable by statements. Ending it stops new consumption only.
    function setInstrument(address instrument, bool known) external;

    // Anyone

    /// @notice Records a statement and returns its number; a statement already recorded just returns its number, so that
    /// submitting twice, or being overtaken by somebody else with the same signatures, does no harm.
    function submit(Statement calldata statement, Evidence calldata evidence) external returns (uint32 number);
    /// @notice As `submit`, for what is minted or restated from the statement: refuses one that is superseded or withdrawn, or
    /// of whose instruments some are not consumed. `root` is the number of the first statement of its chain of corrections.
    function admit(Statement calldata statement, Evidence calldata evidence) external returns (uint32 number, uint32 root);
    /// @notice As `submit`, and consumes the next chunk of the statement's instruments: their words, in order.
    function consume(Statement calldata statement, Evidence calldata evidence, uint256 chunk, uint256[] calldata words)
        external
        returns (uint32 number);

    // Instruments

    /// @notice The calling instrument found void a use that statement `number` consumed: its certificates were withdrawn, say.
    function voidConsumption(uint32 number, uint96 use) external;

    // Verifiers

    /// @notice The verifier of a recorded statement takes its opinion back. Nothing disappears, and nothing more is minted from it.
    function withdraw(bytes32 id, string calldata reason) external;

    // Views

    /// @notice EIP-712 struct hash: the statement's identity, the same on every chain.
    function idOf(Statement calldata statement) external pure returns (bytes32);
    function record(bytes32 id) external view returns (StatementRecord memory);
    /// @notice Id of statement `number`, 0 if there is none.
    function idAt(uint32 number) external view returns (bytes32);
    /// @notice First and last day of statement `number`; zeros if there is none.
    function periodOf(uint32 number) external view returns (uint16 periodStart, uint16 periodEnd);
    /// @notice Where statement `number` stands: the first of its chain, the one that supersedes it (0 for none), and whether its
    /// opinion was withdrawn. All zero if there is no such statement.
    function standingOf(uint32 number) external view returns (uint32 root, uint32 supersededBy, bool withdrawn);
    function participantOfEntity(bytes32 entity) external view returns (address);
    function isEnrolled(address participant) external view returns (bool);
    function isOracle(address account) external view returns (bool);
    function isInstrument(address account) external view returns (bool);
    function attestationsRequired() external view returns (uint8);
    function accreditation(address verifier) external view returns (uint40 validFrom, uint40 validUntil, uint8 scopes);
    /// @notice The last day of the entity's period that starts on `firstDay`, the first day of the period after it, and the number
    /// of the statement that stands for it; with 0, the first day of the first period is in `next`.
    function periodAt(bytes32 entity, uint64 firstDay) external view returns (uint64 last, uint64 next, uint64 number);
    /// @notice Whether `line` (canonical bytes) is an activity line of the recorded statement.
    function verifyLine(Statement calldata statement, bytes calldata line, bytes32[] calldata proof)
        external
        view
        returns (bool);
    function domainSeparator() external view returns (bytes32);
}
