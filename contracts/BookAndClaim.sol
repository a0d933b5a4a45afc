// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookingDesk} from "./interfaces/IBookAndClaim.sol";
import {IStatementRegistry} from "./interfaces/IStatementRegistry.sol";
import {ActivityUnit, LetsBooking, Mode, Provision, Solution, SolutionClaim} from "./interfaces/LogisticsTypes.sol";
import {BulkClaims} from "./logistics/BulkClaims.sol";
import {Operating} from "./logistics/Operating.sol";
import {Register} from "./logistics/Register.sol";

/// @title BookAndClaim
/// @dev Checks, effects, and last the only call to others: a verifier's wallet, asked by a static call. What comes in from outside is
/// for the desk: its code runs here, on this storage, with the caller and the call data as they came (the relay's sender behind
/// them). Both are made with the same registry, relay and table, which `ledger verify` compares.
contract BookAndClaim is Operating, BulkClaims {
    address private immutable _desk;

    constructor(address authority, address relay, IStatementRegistry registry, uint32[] memory rows, address desk)
        Register(authority, relay, registry, rows)
    {
        _desk = desk;
    }

    /// @inheritdoc IBookingDesk
    function showActivity(
        address,
        Mode,
        ActivityUnit,
        uint16,
        uint64,
        bytes32,
        address,
        bytes calldata
    ) external {
        _toDesk();
    }

    /// @inheritdoc IBookingDesk
    function bookSolution(Solution calldata, address, bytes calldata) external returns (uint96) {
        _toDesk();
    }

    /// @inheritdoc IBookingDesk
    function provide(Provision calldata) external returns (uint96) {
        _toDesk();
    }

    /// @inheritdoc IBookingDesk
    function retireEmitter(uint96, string calldata) external {
        _toDesk();
    }

    /// @inheritdoc IBookingDesk
    function claimSolution(SolutionClaim calldata) external returns (uint96) {
        _toDesk();
    }

    /// @inheritdoc IBookingDesk
    function bookLets(LetsBooking calldata, address, bytes calldata) external returns (uint96) {
        _toDesk();
    }

    /// Answers with what the desk answers; does not return.
    function _toDesk() private {
        address desk = _desk;
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            let ok := delegatecall(gas(), desk, data, calldatasize(), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if iszero(ok) { revert(data, returndatasize()) }
            return(data, returndatasize())
        }
    }
}
