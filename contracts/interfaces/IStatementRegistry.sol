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
    /// keccak256 of the packed lot words of each chunk of at most 400 lots.
    bytes32[] lotChunks;
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
}

/// @title Statements, and who may make, verify and attest them.
/// @notice A statement is recorded when three different parties signed it: the participant asserts, an accredited verifier
/// gives its opinion, and oracles who recomputed it from the activity lines attest. Anyone may submit the signatures.
/// @dev All signatures are EIP-712 and may come from ERC-1271 wallets. Nothing recorded can be changed or removed by anyone;
/// operators only decide who may take part from now on.
interface IStatementRegistry {
    event ParticipantEnrolled(address indexed participant, string name);
    event ParticipantSuspended(address indexed participant);
    event EntityAssigned(bytes32 indexed entity, address indexed participant, string id);
    event VerifierAccredited(address indexed verifier, uint40 validFrom, uint40 validUntil, string name);
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

    error ParticipantNotEnrolled(address participant);
    error EntityNotAssigned(bytes32 entity, address participant, address assigned);
    error EntityAlreadyAssigned(bytes32 entity, address assigned);
    error EntityIdEmpty();
    error VerifierNotAccredited(address verifier, uint256 at, uint40 validFrom, uint40 validUntil);
    error AccreditationReversed(uint40 validFrom, uint40 validUntil);
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

    // Operators

    function enrol(address participant, string calldata name) external;
    /// @notice Bars a participant from new statements. What it holds and what others refer to stays.
    function suspend(address participant) external;
    /// @notice Gives a participant the right to speak for an entity (a plant, a company). Final: nobody else can mint its periods.
    function assignEntity(string calldata id, address participant) external;
    /// @notice Accredits a verifier for a time; ending it (`validUntil` in the past) leaves past opinions as they are.
    function accredit(address verifier, uint40 validFrom, uint40 validUntil, string calldata name) external;
    function setOracle(address oracle, bool trusted) external;
    function setAttestationsRequired(uint8 required) external;

    // Anyone

    /// @notice Records a statement and returns its number; a statement already recorded just returns its number, so that
    /// submitting twice, or being overtaken by somebody else with the same signatures, does no harm.
    function submit(Statement calldata statement, Evidence calldata evidence) external returns (uint32 number);

    // Views

    /// @notice EIP-712 struct hash: the statement's identity, the same on every chain.
    function idOf(Statement calldata statement) external pure returns (bytes32);
    function record(bytes32 id) external view returns (StatementRecord memory);
    /// @notice Id of statement `number`, 0 if there is none.
    function idAt(uint32 number) external view returns (bytes32);
    /// @notice First and last day of statement `number`; zeros if there is none.
    function periodOf(uint32 number) external view returns (uint16 periodStart, uint16 periodEnd);
    function participantOfEntity(bytes32 entity) external view returns (address);
    function isEnrolled(address participant) external view returns (bool);
    function isOracle(address account) external view returns (bool);
    function attestationsRequired() external view returns (uint8);
    function accreditation(address verifier) external view returns (uint40 validFrom, uint40 validUntil);
    /// @notice The range of the entity's statement that starts on `firstDay` and the first day of the one after it; with 0, the head.
    function periodAt(bytes32 entity, uint64 firstDay) external view returns (uint64 last, uint64 next);
    /// @notice Whether `line` (canonical bytes) is an activity line of the recorded statement.
    function verifyLine(Statement calldata statement, bytes calldata line, bytes32[] calldata proof)
        external
        view
        returns (bool);
    function domainSeparator() external view returns (bytes32);
}
