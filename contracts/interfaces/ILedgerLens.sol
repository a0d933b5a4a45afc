// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice A source above a lot on which a reader should look twice.
struct FlaggedSource {
    uint64 lot;
    /// The statement it was minted from, and the one that stands for it now.
    uint32 statement;
    uint32 head;
    /// The verifier took back its opinion of the statement that stands.
    bool withdrawn;
    /// A later statement corrects the one the lot was minted from; the lot stands as that statement says.
    bool superseded;
    /// Chunks of restated lots that the statement that stands has, and nobody has carried out yet.
    uint32 pending;
    /// Chunks of instruments that it has, and nobody has consumed yet.
    uint32 unconsumed;
    /// Uses it consumed that their instruments found void since.
    uint32 voided;
}

/// @title What stands above a lot, for readers.
/// @notice Keeps nothing and is trusted with nothing: it reads what anyone can read, lot by lot. Meant to be called, not paid for.
interface ILedgerLens {
    /// @notice Every source lot above `lot`, each once, nearest first; the lot itself if it is a source.
    function sourcesOf(uint64 lot) external view returns (uint64[] memory);
    /// @notice Those of them whose statement was superseded, has restatements or instruments pending, lost its verifier's opinion,
    /// or stands on instruments found void.
    /// @dev Whether an offset of theirs was voided is in the events alone: the ledger keeps what is applied, not what was.
    function flagsOf(uint64 lot) external view returns (FlaggedSource[] memory);
    /// @notice The statement that stands for the entity and period of statement `number`; 0 if there is no such statement.
    function headOf(uint32 number) external view returns (uint32);
}
