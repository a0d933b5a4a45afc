// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICertificatedGeneration} from "../interfaces/ICertificatedGeneration.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {LotLedger} from "./LotStore.sol";

/// @notice What the token tells a library it hands a whole call to.
struct Context {
    /// Slot of the book of lots.
    bytes32 ledger;
    IStatementRegistry registry;
    /// Who is asked whether certificated generation goes with its certificates.
    ICertificatedGeneration generation;
    /// Who acts: the caller, or the signer of a relayed call.
    address caller;
    /// Of the token's EIP-712 domain.
    bytes32 domain;
}

/// @notice A call handed on to a linked library as it came, with its context behind it. Encoding arguments anew would cost the
/// token 4 kB of its size and a call of a hundred leaves as much again in gas.
/// @dev The token has decoded the arguments by then, so their bounds are checked. A library's functions revert unless
/// delegate-called, so nobody else can append a context.
library Forwarding {
    uint256 private constant CONTEXT = 160;

    /// @notice Delegate-calls `selector` of `library_` with the arguments of this call, and answers what it answers.
    /// Does not return.
    function forward(address library_, bytes4 selector, Context memory context) internal {
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, selector)
            let size := calldatasize()
            calldatacopy(add(data, 4), 4, sub(size, 4))
            mcopy(add(data, size), context, CONTEXT)
            let ok := delegatecall(gas(), library_, data, add(size, CONTEXT), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if iszero(ok) { revert(data, returndatasize()) }
            return(data, returndatasize())
        }
    }

    /// @notice The context behind this call's arguments.
    function context() internal pure returns (Context memory c) {
        assembly ("memory-safe") {
            calldatacopy(c, sub(calldatasize(), CONTEXT), CONTEXT)
        }
    }

    /// @notice The book of lots the context names.
    function ledgerOf(Context memory c) internal pure returns (LotLedger storage ledger) {
        bytes32 slot = c.ledger;
        assembly ("memory-safe") {
            ledger.slot := slot
        }
    }
}
