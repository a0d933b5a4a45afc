// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evaluation} from "../libraries/Evaluation.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore} from "../libraries/LotStore.sol";
import {Shares} from "../libraries/Shares.sol";
import {LotBook} from "./LotBook.sol";

/// @notice What the offset token alone may do to a lot: raise, lower and move its holder's own offset (laws 3 and 4).
abstract contract Offsetting is LotBook {
    using LotStore for uint256;

    /// The one contract that may change offsets.
    address public immutable offsets;

    modifier onlyOffsets() {
        require(msg.sender == offsets, OnlyOffsetToken(msg.sender));
        _;
    }

    constructor(address offsets_) {
        offsets = offsets_;
    }

    /// @inheritdoc ICarbonEmissionsToken
    function applyOffset(uint64 key, uint64 amount, address holder) external outsideHooks onlyOffsets open(OFFSET) {
        _addOffset(key, amount, holder);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function removeOffset(uint64 key, uint64 amount) external outsideHooks onlyOffsets {
        uint256 figures_ = _ledger.lots[key].figures;
        _setOffset(key, figures_, figures_.offset() - amount);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function moveSurplus(uint64 from, uint64 to, uint64 amount, address holder)
        external
        outsideHooks
        onlyOffsets
        open(OFFSET)
    {
        _requireHolder(from, holder);
        uint256 surplus = Evaluation.figures(_ledger, from).surplus;
        require(amount <= surplus, SurplusTooSmall(amount, surplus));
        uint256 figures_ = _ledger.lots[from].figures;
        _setOffset(from, figures_, figures_.offset() - amount);
        _addOffset(to, amount, holder);
    }

    function _addOffset(uint64 key, uint64 amount, address holder) private {
        _requireHolder(key, holder);
        LotCode code = _codeOf(key);
        require(code.isLive(), NotOffsettable(key, LotCode.unwrap(code)));
        uint256 figures_ = _ledger.lots[key].figures;
        uint256 net = LotKeys.isDerived(key)
            ? Evaluation.figures(_ledger, key).net
            : Shares.less(figures_.gross(), figures_.offset());
        uint256 offset = figures_.offset() + amount;
        // A product's net may have more than the 64 bits the offset is kept in.
        require(amount <= net && offset <= type(uint64).max, OffsetExceedsNet(amount, net));
        _setOffset(key, figures_, offset);
    }

    /// A source lot's new net is announced at once; a derived lot's by `cascade`.
    function _setOffset(uint64 key, uint256 figures_, uint256 offset) private {
        figures_ = figures_.withOffset(offset);
        _ledger.lots[key].figures = figures_;
        if (LotKeys.isDerived(key)) emit OffsetChanged(key, offset);
        else _announceSource(key, figures_);
    }
}
