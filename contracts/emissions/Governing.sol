// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotLedger, LotStore} from "../libraries/LotStore.sol";
import {Lots} from "../libraries/Lots.sol";
import {References} from "../libraries/References.sol";
import {LotBook} from "./LotBook.sol";

/// @notice What operators may do: close operations, freeze a lot in dispute, carry out legal succession (ERC-7943).
abstract contract Governing is LotBook {
    using LotStore for uint256;
    using Lots for LotLedger;
    using References for LotLedger;

    /// Last second of a successor's agreement.
    mapping(uint64 lot => mapping(address successor => uint40)) private _successions;

    /// @inheritdoc ICarbonEmissionsToken
    function setClosed(uint256 closed_) external restricted {
        closed = closed_;
        emit ClosedSet(closed_);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function close(uint256 operations) external restricted {
        closed |= operations;
        emit ClosedSet(closed);
    }

    /// @notice Freezes units of a lot: while a dispute lasts they cannot be allocated, displaced or composed.
    function setFrozenTokens(address account, uint256 id, uint256 amount) external outsideHooks restricted returns (bool) {
        uint64 key = _lotOf(id);
        _requireHolder(key, account);
        if (amount > type(uint88).max) amount = type(uint88).max;
        _ledger.annex(key).frozen = uint88(amount);
        emit Frozen(account, id, amount);
        return true;
    }

    /// @inheritdoc ICarbonEmissionsToken
    function acceptSuccession(uint64 key, uint40 until) external outsideHooks {
        _figuresOf(key);
        _successions[key][_msgSender()] = until;
        emit SuccessionAccepted(key, _msgSender(), until);
    }

    /// @notice Legal succession: moves a whole lot, with its liability, to a successor who accepted it.
    function forcedTransfer(address from, address to, uint256 id, uint256 amount) external outsideHooks restricted returns (bool) {
        uint64 key = _lotOf(id);
        _requireHolder(key, from);
        require(block.timestamp <= _successions[key][to], SuccessionNotAccepted(key, to));
        uint256 basis = _basisOf(key);
        require(amount == basis, SuccessionPartial(amount, basis));
        delete _successions[key][to];
        if (LotKeys.isDerived(key)) {
            LotCode code = _codeOf(key);
            if (code.isReference()) _ledger.hand(_ledger.lots[key].figures.parentOf(), code, from, to, basis);
            _ledger.lots[key].holding = _ledger.lots[key].holding.withHolder(to);
        } else {
            _ledger.annex(key).successor = to;
        }
        emit ForcedTransfer(from, to, id, amount);
        emit TransferSingle(_msgSender(), from, to, id, amount);
        return true;
    }
}
