// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consumption, IInstrument} from "../interfaces/IInstrument.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";

/// @notice What every registry of instruments keeps of their uses: which chain of statements consumed each, and which are void.
/// @dev A use without a statement can still be void; one that is void is never consumed. Who may use what is for the registry
/// that inherits this to say, in `_requireUsable`. Consumption itself is told by the statement registry's events.
abstract contract Instrument is IInstrument {
    struct Standing {
        uint32 root;
        uint32 statement;
        bool isVoid;
    }

    IStatementRegistry public immutable statements;
    mapping(uint96 use => Standing) private _standings;

    constructor(IStatementRegistry statements_) {
        statements = statements_;
    }

    /// @inheritdoc IInstrument
    function consume(uint96 id, Consumption calldata c) external returns (bytes4) {
        require(msg.sender == address(statements), NotStatementRegistry(msg.sender, address(statements)));
        Standing memory s = _standings[id];
        require(!s.isVoid, UseVoid(id));
        // A correction goes on using what its chain used; nobody else ever does.
        require(s.root == 0 || s.root == c.root, UseConsumed(id, s.root));
        _requireUsable(id, c);
        _standings[id] = Standing(c.root, c.statement, false);
        return IInstrument.consume.selector;
    }

    /// @dev Reverts unless use `id` is the participant's, for the entity, and in the period.
    function _requireUsable(uint96 id, Consumption calldata c) internal view virtual;

    /// Makes a use void, once, and tells the statement that consumed it last, if one did. To be called after all effects.
    function _voidUse(uint96 id) internal {
        Standing storage s = _standings[id];
        require(!s.isVoid, UseVoid(id));
        s.isVoid = true;
        if (s.statement != 0) statements.voidConsumption(s.statement, id);
    }

    /// @inheritdoc IInstrument
    function consumedBy(uint96 id) external view returns (uint32 root, uint32 statement) {
        return (_standings[id].root, _standings[id].statement);
    }

    function _isVoid(uint96 id) internal view returns (bool) {
        return _standings[id].isVoid;
    }
}
