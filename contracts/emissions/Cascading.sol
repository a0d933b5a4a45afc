// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {Figures, ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {ICascadeHook} from "../interfaces/ICascadeHook.sol";
import {Evaluation} from "../libraries/Evaluation.sol";
import {HookCalls} from "../libraries/HookCalls.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore} from "../libraries/LotStore.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Announces what moved, and tells the holders' hooks.
abstract contract Cascading is LotBook {
    using LotStore for uint256;

    mapping(address participant => ICascadeHook) public hookOf;

    /// @inheritdoc ICarbonEmissionsToken
    /// @dev Source lots are announced when their offset moves, so they are passed over here.
    function cascade(uint64[] calldata lots) external nonReentrant open(CASCADE) {
        HookCalls.Call[] memory calls = new HookCalls.Call[](lots.length);
        uint256 count;
        for (uint256 i; i < lots.length; ++i) {
            uint64 key = lots[i];
            if (!LotKeys.isDerived(key)) continue;
            uint256 before = _figuresOf(key).announced();
            Figures memory f = Evaluation.figures(_ledger, key);
            uint256 now_ = f.net < type(uint64).max ? f.net + 1 : type(uint64).max;
            if (now_ == before) continue;
            _ledger.lots[key].figures = _ledger.lots[key].figures.withAnnounced(now_);
            emit NetChanged(key, f.gross, f.net);
            ICascadeHook hook = hookOf[_ledger.lots[key].holding.holderOf()];
            if (address(hook) == address(0)) continue;
            ICascadeHook.Cause cause = before == 0
                ? ICascadeHook.Cause.Announced
                : now_ < before ? ICascadeHook.Cause.Fell : ICascadeHook.Cause.Rose;
            calls[count++] = HookCalls.Call(hook, key, f.gross, f.net, cause);
        }
        for (uint256 i; i < count; ++i) {
            if (!HookCalls.run(calls[i])) emit HookFailed(calls[i].lot, address(calls[i].hook));
        }
    }

    /// @inheritdoc ICarbonEmissionsToken
    function setHook(address hook) external outsideHooks {
        bool valid = hook == address(0) || ERC165Checker.supportsInterface(hook, type(ICascadeHook).interfaceId);
        require(valid, HookInvalid(hook));
        hookOf[_msgSender()] = ICascadeHook(hook);
        emit HookSet(_msgSender(), hook);
    }
}
