// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Whether the units of a batch (offset credits, energy certificates) can be moved and used.
enum BatchStatus {
    Unknown,
    Active,
    Suspended,
    Revoked
}
