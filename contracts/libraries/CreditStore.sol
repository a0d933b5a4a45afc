// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "../interfaces/BatchStatus.sol";

/// @notice How offset credits and energy certificates keep their figures: a word for a batch, for a holding, for what is retired.
/// ```
/// account      issued 56 | retired 56 | applied 56 | voided 56 | expiry 16 | exAnte 8 | status 8      mg or Wh, day
/// holding      frozen 128 | held 128                                                                  mg or Wh
/// certificate  batch 64 | first 64 | amount 64 | at 64                                                mg or Wh, seconds
/// ```
/// @dev A batch is below 2^56 mg (72 Mt) or Wh (72 PWh), and retired + applied + voided ≤ issued, so adding to one field can't carry
/// into the next.
library CreditStore {
    uint256 internal constant LARGEST_BATCH = type(uint56).max;

    uint256 private constant M56 = type(uint56).max;
    uint256 private constant M128 = type(uint128).max;

    function account(uint256 issued_, BatchStatus status_, bool exAnte) internal pure returns (uint256) {
        return issued_ << 200 | (exAnte ? 1 << 8 : 0) | uint256(status_);
    }

    function status(uint256 account_) internal pure returns (BatchStatus) {
        return BatchStatus(uint8(account_));
    }

    function withStatus(uint256 account_, BatchStatus status_) internal pure returns (uint256) {
        return account_ & ~uint256(0xFF) | uint256(status_);
    }

    /// @notice Last day on which the batch is usable, as days since 1970-01-01; 0 for ever. Credits have none.
    function expiry(uint256 account_) internal pure returns (uint256) {
        return (account_ >> 16) & type(uint16).max;
    }

    function withExpiry(uint256 account_, uint16 day) internal pure returns (uint256) {
        return account_ & ~(uint256(type(uint16).max) << 16) | uint256(day) << 16;
    }

    function isExAnte(uint256 account_) internal pure returns (bool) {
        return account_ & (1 << 8) != 0;
    }

    function issued(uint256 account_) internal pure returns (uint256) {
        return account_ >> 200;
    }

    function retired(uint256 account_) internal pure returns (uint256) {
        return (account_ >> 144) & M56;
    }

    function applied(uint256 account_) internal pure returns (uint256) {
        return (account_ >> 88) & M56;
    }

    function voided(uint256 account_) internal pure returns (uint256) {
        return (account_ >> 32) & M56;
    }

    /// @notice What no longer is anybody's; while a batch is active nothing is voided, so here the next serials begin.
    function consumed(uint256 account_) internal pure returns (uint256) {
        return retired(account_) + applied(account_) + voided(account_);
    }

    function addRetired(uint256 account_, uint256 amount) internal pure returns (uint256) {
        return account_ + (amount << 144);
    }

    function addApplied(uint256 account_, uint256 amount) internal pure returns (uint256) {
        return account_ + (amount << 88);
    }

    function addVoided(uint256 account_, uint256 amount) internal pure returns (uint256) {
        return account_ + (amount << 32);
    }

    /// @notice An application that turns out void: what was applied is voided.
    function moveAppliedToVoided(uint256 account_, uint256 amount) internal pure returns (uint256) {
        return account_ - (amount << 88) + (amount << 32);
    }

    function held(uint256 holding) internal pure returns (uint256) {
        return holding & M128;
    }

    function frozen(uint256 holding) internal pure returns (uint256) {
        return holding >> 128;
    }

    function unfrozen(uint256 holding) internal pure returns (uint256) {
        (uint256 h, uint256 f) = (held(holding), frozen(holding));
        return f < h ? h - f : 0;
    }

    function withFrozen(uint256 holding, uint256 amount) internal pure returns (uint256) {
        return (amount > M128 ? M128 : amount) << 128 | held(holding);
    }

    function certificate(uint64 batch, uint256 first, uint64 amount, uint256 at) internal pure returns (uint256) {
        return uint256(batch) << 192 | first << 128 | uint256(amount) << 64 | at;
    }
}
