// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "./BatchStatus.sol";

/// @notice What energy a certificate is of.
enum Carrier {
    Unknown,
    Electricity,
    Gas,
    Heat,
    Cooling
}

/// @notice What certificates are cancelled for.
enum Purpose {
    Unknown,
    /// Scope 2, market-based: purchased electricity, heat, cooling.
    Scope2,
    /// Gas burnt by the beneficiary (scope 1).
    Combustion,
    /// Scope 3 category 3: losses of transmission and distribution.
    Losses,
    /// Scope 3 category 7: homeworking.
    Homeworking,
    /// Scope 3 category 11: use of sold products, for their end users.
    UsePhase,
    /// A claim of the beneficiary that no inventory statement rests on.
    Other
}

/// @notice A batch of energy certificates as their tracking system issued it: a run of serial numbers.
struct CertificateBatch {
    /// Tracking system whose registry holds the serials, e.g. "I-REC".
    bytes32 system;
    Carrier carrier;
    /// ISO 3166-1 alpha-2, and the market zone or gas network inside which the certificate may be used.
    bytes2 country;
    bytes32 market;
    bytes32 technology;
    /// keccak256 of the production device's id.
    bytes32 device;
    /// Days since 1970-01-01, both included.
    uint16 productionStart;
    uint16 productionEnd;
    /// What stands before the running number; each number is one certificate of the size that the system has.
    string serialPrefix;
    uint64 firstSerial;
    uint64 lastSerial;
    /// Direct emissions, mg per MWh: fossil CO2, biogenic CO2, CH4, N2O, and CO2e of what is not known by gas.
    uint64[5] rates;
    /// Quality label as short text, zero for none.
    bytes32 label;
    /// The registry that a bridged certificate comes from, and the hash of the proof that it is immobilised there; both zero for
    /// certificates issued here.
    bytes32 originRegistry;
    bytes32 immobilisation;
    /// The batch of the same system in whose place, withdrawn, these certificates are issued; 0 for none.
    uint64 replaces;
}

/// @notice For whom and what certificates are cancelled.
struct Cancellation {
    /// Whose statements alone may use it.
    address beneficiary;
    /// keccak256 of the entity's id, as in statements; zero for any of the beneficiary's.
    bytes32 entity;
    /// Hash of the site, or of the group of end users, on whose behalf; zero for none.
    bytes32 users;
    /// Consumption, days since 1970-01-01, both included.
    uint16 periodStart;
    uint16 periodEnd;
    Purpose purpose;
    /// Hash of the cancellation statement, or any number that tells this cancellation from another just like it.
    bytes32 document;
}

/// @notice What is kept of a cancellation; the rest is in `CertificatesCancelled`, committed by its number.
struct CancellationView {
    uint64 batch;
    /// Place in the batch, Wh from its first serial.
    uint64 first;
    uint64 amount;
    uint40 at;
    address beneficiary;
    bytes32 entity;
    uint16 periodStart;
    uint16 periodEnd;
    Purpose purpose;
    bool isVoid;
}

/// @notice Where a batch's certificates are, all in Wh. issued = held + cancelled + withdrawn.
struct CertificateBatchView {
    uint256 issued;
    uint256 held;
    uint256 cancelled;
    uint256 withdrawn;
    /// Last day on which it can be transferred or cancelled, 0 for ever.
    uint16 expires;
    BatchStatus status;
    CertificateBatch batch;
}

/// @title Energy attribute certificates
/// @notice Certificates of energy produced, which can be used once: every serial is issued once, and what is cancelled or withdrawn
/// is gone from its holder. A cancellation is an instrument: it backs one chain of inventory statements of its beneficiary.
/// @dev ERC-1155 ids are batch ids, amounts Wh. Cancelling and withdrawing take the next serials of the batch in order, so an
/// interval of serials belongs to each.
interface IEnergyCertificates {
    event SystemSet(
        bytes32 indexed system, address indexed operator, uint64 cap, uint64 size, uint16 validDays, string name
    );
    event BatchIssued(
        uint64 indexed batch, address indexed to, uint256 amount, uint16 expires, CertificateBatch certificates
    );
    /// Certificates [first, first + amount) of the batch, in Wh from its first serial.
    event CertificatesCancelled(
        uint96 indexed number,
        uint64 indexed batch,
        address indexed holder,
        uint64 first,
        uint64 amount,
        Cancellation details
    );
    /// Certificates [first, first + amount) of the batch, in Wh from its first serial, that nobody had used.
    event CertificatesWithdrawn(
        uint64 indexed batch, address indexed holder, uint64 first, uint64 amount, string reason
    );
    /// The statement that used it last is flagged; the certificates stay used.
    event CancellationVoided(uint96 indexed number, uint64 indexed batch, string reason);
    event BatchStatusSet(uint64 indexed batch, BatchStatus status, string reason);

    error SystemUnknown(bytes32 system);
    error SystemInvalid(address operator, uint64 cap, uint64 size);
    error NotSystemOperator(address caller, address operator);
    error SystemCapExceeded(uint256 issued, uint256 cap);
    error CarrierUnknown();
    error CertificateTextInvalid(bytes32 text);
    error SerialTextInvalid(string text);
    error ProductionInvalid(uint16 productionStart, uint16 productionEnd);
    error ProductionNotOver(uint16 productionEnd, uint256 today);
    error BridgeIncomplete(bytes32 originRegistry, bytes32 immobilisation);
    error BatchAboveLimit(uint256 amount, uint256 limit);
    error BatchExists(uint64 batch);
    error BatchNotActive(uint64 batch, BatchStatus status);
    error BatchStatusForbidden(uint64 batch, BatchStatus actual, BatchStatus wanted);
    error BatchExpired(uint64 batch, uint256 today, uint256 expires);
    error ReplacesAnotherSystem(uint64 batch, bytes32 system);
    error ReplacementAboveWithdrawn(uint256 amount, uint256 left);
    error AmountZero();
    error CancellationInvalid();
    error CancellationExists(uint96 number);
    error CancellationUnknown(uint96 number);
    error UseNotForInventory(uint96 use);

    // Operators

    /// @notice Sets who issues for a tracking system.
    /// @param cap The most it may ever issue here, Wh; 2^64 - 1 for no limit.
    /// @param size Wh that one certificate stands for.
    /// @param validDays Days after production ends on which a certificate can still be used, 0 for ever. Batches keep the rule under
    /// which they were issued.
    function setSystem(bytes32 system, address operator, uint64 cap, uint64 size, uint16 validDays, string calldata name)
        external;

    // Tracking systems' operators

    /// @notice Issues a batch to `to`. Serials already issued are refused, whoever issues them.
    /// @param previousSerial First serial of the nearest lower batch of the same series, 0 if there is none.
    function issue(CertificateBatch calldata certificates, uint64 previousSerial, address to)
        external
        returns (uint64 batch);
    /// @notice Takes back certificates that nobody has used, for an error of issue, say; others may be issued in their place.
    function withdraw(uint64 batch, address holder, uint64 amount, string calldata reason) external;
    /// @notice Finds a cancellation void, for error or fraud. The certificates stay used; who relied on it is flagged.
    function voidCancellation(uint96 number, string calldata reason) external;
    /// @notice Suspends an active batch, or ends its suspension.
    function setStatus(uint64 batch, BatchStatus status, string calldata reason) external;

    // Holders

    /// @notice Cancels certificates, for ever, and returns the number of the cancellation: what inventory statements name.
    function cancel(uint64 batch, uint64 amount, Cancellation calldata details) external returns (uint96 number);

    // Views

    function batchOf(uint64 batch) external view returns (CertificateBatchView memory);
    function batchIdOf(CertificateBatch calldata certificates) external pure returns (uint64);
    function cancellationOf(uint96 number) external view returns (CancellationView memory);
    /// @notice The number that a cancellation by `holder` has, or will have.
    function numberOf(uint64 batch, address holder, uint64 amount, Cancellation calldata details)
        external
        pure
        returns (uint96);
    /// @notice The cancellation as self-contained metadata: JSON with an SVG image, like `uri`.
    function cancellationUri(uint96 number) external view returns (string memory);
    /// @notice Wh of a batch in whose place other certificates were issued.
    function replacedOf(uint64 batch) external view returns (uint256);
    function systemOf(bytes32 system)
        external
        view
        returns (address operator, uint64 cap, uint64 issued, uint64 size, uint16 validDays);
    /// @notice Last serial of the range that starts at `first` in a series, the first of the one after it, and the batch it is; with
    /// 0, the head.
    function serialsAt(bytes32 system, string calldata serialPrefix, uint64 first)
        external
        view
        returns (uint64 last, uint64 next, uint64 batch);
}
