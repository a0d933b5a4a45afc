// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @notice Who uses an instrument, and for what: an inventory statement of one entity and period.
struct Consumption {
    uint32 statement;
    /// The first statement of its chain of corrections, `statement` itself if it corrects none.
    uint32 root;
    address participant;
    bytes32 entity;
    /// Days since 1970-01-01, both included.
    uint16 periodStart;
    uint16 periodEnd;
}

/// @title A registry of instruments (energy certificates, transport bookings) whose uses inventory statements consume.
/// @notice What a use stands for backs one chain of statements about one entity and period, and no other, ever: a statement
/// that corrects another inherits its instruments, and nobody gets back what a correction no longer names.
/// @dev The statement registry calls it last, after all its own effects; whatever it does but answer with the selector
/// makes the whole call fail. It may call `IStatementRegistry.voidConsumption` once for a use that it finds void.
interface IInstrument is IERC165 {
    error NotStatementRegistry(address caller, address registry);
    error UseUnknown(uint96 use);
    error UseVoid(uint96 use);
    error UseConsumed(uint96 use, uint32 root);
    error UseOfAnother(uint96 use, address participant, address beneficiary);
    error UseOfOtherEntity(uint96 use, bytes32 entity, bytes32 named);
    error UseOutOfPeriod(uint96 use, uint16 first, uint16 last, uint16 periodStart, uint16 periodEnd);

    /// @notice Marks use `id` as consumed by the chain `c.root`, or confirms that it is. By the statement registry only.
    /// Refuses what is another participant's, outside the period, void, or consumed by another chain.
    /// @return `IInstrument.consume.selector`.
    function consume(uint96 id, Consumption calldata c) external returns (bytes4);
    /// @notice The chain that consumed use `id`, by its first statement, and the last statement of it that did; zeros for none.
    function consumedBy(uint96 id) external view returns (uint32 root, uint32 statement);
}
