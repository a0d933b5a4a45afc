// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonOffsetToken} from "./ICarbonOffsetToken.sol";
import {IStatementRegistry} from "./IStatementRegistry.sol";

/// @notice The use of a sold product that credits are held for, until it is known.
struct UsePhase {
    /// The product, e.g. "kettle, model of 2024".
    string product;
    /// On whose behalf credits are retired, e.g. "its users in Germany".
    string beneficiary;
    /// The certification period in days since 1970-01-01, both included.
    uint16 periodStart;
    uint16 periodEnd;
    /// Until when the use can be reconciled, in seconds since 1970; after it everything is retired.
    uint40 deadline;
    /// Hash of the product's terms, which tell users that certificates and credits are retired on their behalf.
    bytes32 terms;
}

/// @notice How much of the credits must be retired, now that the use is known: signed by holder and verifier.
struct Reconciliation {
    bytes32 escrow;
    address verifier;
    /// Hash of the reconciliation of actual use with certificates cancelled.
    bytes32 document;
    /// What is retired, mg of each batch; batches ascend.
    uint64[] batches;
    uint64[] amounts;
}

/// @title Use Phase Escrow
/// @notice Holds offset credits for years of a product's use that have no energy certificates yet (CarbonNeutral Protocol, 2.4.2).
/// After the certification period its holder and an accredited verifier sign how much must be retired; the rest goes back. What
/// nobody reconciled by the deadline is retired whole: the product was sold as neutral on its strength.
/// @dev Nobody has power over it: no roles, no owner, no way out but these two. Credits come in by a transfer of the offset token
/// whose data is the abi-encoded UsePhase. Warning: a batch that is suspended stays until it is active again, one that is revoked is
/// lost, so that both signers have to find other credits; a forced transfer by order of law can take what is held here, and whoever
/// settles last finds less. Both are events of the offset token.
interface IUsePhaseEscrow {
    event CreditsEscrowed(
        bytes32 indexed escrow, address indexed holder, uint64 indexed batch, uint64 amount, UsePhase use
    );
    event UseReconciled(bytes32 indexed escrow, address indexed verifier, bytes32 document);
    event EscrowRetired(bytes32 indexed escrow, uint64 indexed batch, uint64 amount, bytes32 certificate);
    event EscrowReturned(bytes32 indexed escrow, uint64 indexed batch, uint64 amount);

    error NotTheOffsetToken(address caller, address expected);
    error UsePhaseMissing();
    error UsePhaseInvalid();
    error EscrowOver(bytes32 escrow);
    error ExAnteNotEscrowed(uint64 batch);
    error UseNotOver(uint16 periodEnd, uint256 today);
    error ReconciliationOfAnother(bytes32 escrow, bytes32 expected);
    error ReconciliationInvalid();
    error ReconciliationLate(uint40 deadline, uint256 time);
    error NotAccredited(address verifier);
    error SignatureInvalid(address signer);
    error AmountAboveHeld(uint64 batch, uint256 amount, uint256 held);
    error NotReconciled(bytes32 escrow);
    error StillReconcilable(uint40 deadline, uint256 time);
    error NothingHeld(bytes32 escrow, uint64 batch);

    /// @notice Retires what the reconciliation says; what is left of each batch can then be given back. Sent by anyone, once.
    function reconcile(
        address holder,
        UsePhase calldata use,
        Reconciliation calldata reconciliation,
        bytes calldata holderSignature,
        bytes calldata verifierSignature
    ) external;
    /// @notice Gives back to the holder what a reconciliation left of a batch. Sent by anyone.
    function giveBack(address holder, UsePhase calldata use, uint64 batch) external;
    /// @notice Retires all that is held of a batch whose use nobody reconciled by the deadline. Sent by anyone.
    function retireUnreconciled(address holder, UsePhase calldata use, uint64 batch) external;

    function credits() external view returns (ICarbonOffsetToken);
    function statements() external view returns (IStatementRegistry);
    /// @notice The escrow's id: the hash of its holder and of all that it is for.
    function escrowOf(address holder, UsePhase calldata use) external pure returns (bytes32);
    /// @notice What is held of a batch for an escrow, mg.
    function heldOf(bytes32 escrow, uint64 batch) external view returns (uint64);
    function isReconciled(bytes32 escrow) external view returns (bool);
    /// @notice What holder and verifier sign.
    function digestOf(Reconciliation calldata reconciliation) external view returns (bytes32);
}
