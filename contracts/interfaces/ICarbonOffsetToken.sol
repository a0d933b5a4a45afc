// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "./BatchStatus.sol";

/// @notice A batch of offset credits as its external registry issued it: a run of serial numbers of 1 t each.
struct CreditBatch {
    /// Offset programme whose registry holds the serials.
    bytes32 program;
    /// What stands before the running number, e.g. "CAR-1-US-639-30-449-TX-2019-5869".
    string serialPrefix;
    uint64 firstSerial;
    uint64 lastSerial;
    uint16 vintage;
    /// Not yet achieved: can be held and transferred, never retired or applied.
    bool exAnte;
    /// Carries the Core Carbon Principles label.
    bool ccpLabel;
    /// Project as its registry names it, e.g. "CAR639".
    string project;
    /// keccak256 of the property set, which BatchIssued carries whole: issuance date, standard, activity, durability,
    /// replacement, adjustments, co-benefits. Zero for none.
    bytes32 attributes;
    /// The batch of the same programme, suspended or revoked, in whose place these credits are issued; 0 for none.
    uint64 replaces;
}

/// @notice For whom and why credits are retired.
struct Retirement {
    string beneficiary;
    string purpose;
    /// Days since 1970-01-01, both included.
    uint16 periodStart;
    uint16 periodEnd;
}

/// @notice Where a batch's credits are; all in mg CO2e. issued = held + retired + applied + voided.
struct BatchView {
    uint256 issued;
    uint256 held;
    uint256 retired;
    uint256 applied;
    uint256 voided;
    BatchStatus status;
    CreditBatch batch;
}

/// @title Carbon Offset Token
/// @notice Offset credits that can be spent once: every serial is issued once, and what is retired or applied is gone from
/// its holder. A revoked batch's applications can be voided by anyone; every net below them rises.
/// @dev ERC-1155 ids are batch ids, amounts mg CO2e (one credit of 1 t = 10^9). Consuming takes the next
/// serials of the batch in order, so an interval of serials belongs to each retirement and application.
interface ICarbonOffsetToken {
    event ProgramSet(bytes32 indexed program, address indexed operator, uint64 cap, string name);
    event BatchIssued(uint64 indexed batch, address indexed to, uint256 amount, CreditBatch credits, string attributes);
    /// Credits [first, first + amount) of the batch, in mg from its first serial, are retired.
    event CreditsRetired(
        bytes32 indexed certificate, uint64 indexed batch, address indexed holder, uint64 first, uint64 amount, Retirement details
    );
    /// Credits [first, first + amount) of the batch, in mg from its first serial, are applied to a lot.
    event CreditsApplied(uint64 indexed batch, uint64 indexed lot, uint64 first, uint64 amount);
    event SurplusMoved(uint64 indexed batch, uint64 indexed from, uint64 indexed to, uint64 amount);
    event BatchStatusSet(uint64 indexed batch, BatchStatus status, string reason);
    event ApplicationVoided(uint64 indexed batch, uint64 indexed lot, uint64 amount);
    event HoldingVoided(uint64 indexed batch, address indexed holder, uint64 amount);

    error ProgramUnknown(bytes32 program);
    error ProgramInvalid(address operator, uint64 cap);
    error NotProgramOperator(address caller, address operator);
    error ProgramCapExceeded(uint256 issued, uint256 cap);
    error SerialTextInvalid(string text);
    error VintageInvalid(uint16 vintage);
    error BatchTooLarge(uint256 amount, uint256 limit);
    error BatchExists(uint64 batch);
    error BatchNotActive(uint64 batch, BatchStatus status);
    error BatchStatusForbidden(uint64 batch, BatchStatus actual, BatchStatus wanted);
    error BatchNotRevoked(uint64 batch, BatchStatus status);
    error ExAnteNotUsable(uint64 batch);
    error AmountZero();
    error NothingToVoid(uint64 batch);
    error ApplicationTooSmall(uint256 amount, uint256 applied);
    error RetirementInvalid();
    error AttributesMismatch(bytes32 actual, bytes32 stated);
    error NotReplaceable(uint64 batch, BatchStatus status);
    error ReplacesAnotherProgram(uint64 batch, bytes32 program);
    error ReplacementExceeds(uint256 amount, uint256 left);
    error BatchReplaced(uint64 batch, uint256 amount);
    error CertificateUnknown(bytes32 certificate);

    // Operators

    /// @notice Sets who issues for an offset programme, and the most it may ever issue here, in mg.
    function setProgram(bytes32 program, address operator, uint64 cap, string calldata name) external;

    // Programme operators

    /// @notice Issues a batch to `to`. Serials already issued are refused, whoever issues them.
    /// @param previousSerial First serial of the nearest lower batch of the same series, 0 if there is none.
    /// @param attributes The property set, as canonical JSON whose keccak256 is `credits.attributes`; empty for none.
    function issue(CreditBatch calldata credits, string calldata attributes, uint64 previousSerial, address to)
        external
        returns (uint64 batch);
    /// @notice Suspends an active batch, reinstates a suspended one that was not replaced, or revokes a suspended one for ever.
    function setStatus(uint64 batch, BatchStatus status, string calldata reason) external;

    // Holders

    /// @notice Retires credits for a named beneficiary and returns the certificate's id.
    function retire(uint64 batch, uint64 amount, Retirement calldata details) external returns (bytes32 certificate);
    /// @notice Applies credits to a lot the caller holds; refused above the lot's live net.
    function applyTo(uint64 batch, uint64 lot, uint64 amount) external;
    /// @notice Moves an application's surplus from one lot of the caller to another.
    function moveSurplus(uint64 batch, uint64 from, uint64 to, uint64 amount) external;

    // Anyone, once a batch is revoked

    function voidApplication(uint64 batch, uint64 lot) external;
    function voidHolding(uint64 batch, address holder) external;

    // Views

    function batchOf(uint64 batch) external view returns (BatchView memory);
    function batchIdOf(CreditBatch calldata credits) external pure returns (uint64);
    /// @notice Amount of the batch applied to a lot, mg.
    function appliedTo(uint64 batch, uint64 lot) external view returns (uint64);
    /// @notice A retirement's place in its batch, mg; zero amount if there is no such certificate.
    function certificateOf(bytes32 certificate) external view returns (uint64 batch, uint64 first, uint64 amount, uint40 at);
    /// @notice The certificate as self-contained metadata: JSON with an SVG image, like `uri`. For whom and why is committed by
    /// its id and stands in CreditsRetired.
    function certificateUri(bytes32 certificate) external view returns (string memory);
    /// @notice Amount of a batch in whose place other credits were issued, mg.
    function replacedOf(uint64 batch) external view returns (uint256);
    function programOf(bytes32 program) external view returns (address operator, uint64 cap, uint64 issued);
    /// @notice Last serial of the range that starts at `first` in a series, the first of the one after it, and the batch it is; with
    /// 0, the head.
    function serialsAt(bytes32 program, string calldata serialPrefix, uint64 first)
        external
        view
        returns (uint64 last, uint64 next, uint64 batch);
}
