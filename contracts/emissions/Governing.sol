// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore} from "../libraries/LotStore.sol";
import {LotBook} from "./LotBook.sol";

/// @notice What operators may do: close operations, freeze a lot in dispute, carry out legal succession (ERC-7943).
abstract contract Governing is LotBook {
    using LotStore for uint256;

    mapping(uint64 lot => mapping(address successor => bool)) private _successions;

    /// @inheritdoc ICarbonEmissionsToken
    function setClosed(uint256 closed_) external restricted {
        closed = closed_;
        emit ClosedSet(closed_);
    }

    /// @notice Freezes units of a lot: while a dispute lasts they cannot be allocated, displaced or composed.
    function setFrozenTokens(address account, uint256 id, uint256 amount) external outsideHooks restricted returns (bool) {
        uint64 key = _lotOf(id);
        _requireHolder(key, account);
        _annex(key).frozen = uint96(amount > type(uint96).max ? type(uint96).max : amount);
        emit Frozen(account, id, amount);
        return true;
    }

    /// @inheritdoc ICarbonEmissionsToken
    function acceptSuccession(uint64 key) external outsideHooks {
        _figuresOf(key);
        _successions[key][msg.sender] = true;
        emit SuccessionAccepted(key, msg.sender);
    }

    /// @notice Legal succession: moves a whole lot, with its liability, to a successor who accepted it.
    function forcedTransfer(address from, address to, uint256 id, uint256 amount) external outsideHooks restricted returns (bool) {
        uint64 key = _lotOf(id);
        _requireHolder(key, from);
        require(_successions[key][to], SuccessionNotAccepted(key, to));
        uint256 basis = _basisOf(key);
        require(amount == basis, SuccessionPartial(amount, basis));
        delete _successions[key][to];
        if (LotKeys.isDerived(key)) _ledger.lots[key].holding = _ledger.lots[key].holding.withHolder(to);
        else _annex(key).successor = to;
        emit ForcedTransfer(from, to, id, amount);
        emit TransferSingle(msg.sender, from, to, id, amount);
        return true;
    }
}
