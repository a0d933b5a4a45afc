// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC1155Utils} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Utils.sol";

import {ERC1155Surface} from "./ERC1155Surface.sol";
import {CreditStore} from "./libraries/CreditStore.sol";
import {DisjointRanges} from "./libraries/DisjointRanges.sol";

/// @title Batches of units whose serials an external registry issued: offset credits, energy certificates.
/// @dev Accounts and holdings are packed words, see CreditStore. What both tokens do with them is written here once: they move while
/// their batch is usable, leave a holding when they are used, and can be frozen or moved by order of law.
abstract contract BatchToken is ERC1155Surface {
    using CreditStore for uint256;
    using DisjointRanges for DisjointRanges.Set;

    mapping(uint64 batch => uint256) internal _accounts;
    mapping(uint256 batch => mapping(address holder => uint256)) internal _holdings;
    mapping(bytes32 series => DisjointRanges.Set) private _serials;

    /// @dev Reverts with the reason why units of the batch don't move now.
    function _requireMovable(uint64 batch, uint256 account) internal view virtual;

    /// @dev Whether they do.
    function _isMovable(uint256 account) internal view virtual returns (bool);

    // Serials: each issued once, whoever issues it

    /// A series is what one programme or tracking system numbers behind one prefix.
    function _addSerials(
        bytes32 issuer,
        string calldata prefix,
        uint64 first,
        uint64 last,
        uint64 previous,
        uint64 batch
    ) internal {
        _serials[keccak256(abi.encode(issuer, prefix))].insert(first, last, previous, batch);
    }

    function _rangeAt(bytes32 issuer, string calldata prefix, uint64 first)
        internal
        view
        returns (uint64 last, uint64 next, uint64 batch)
    {
        DisjointRanges.Range memory range = _serials[keccak256(abi.encode(issuer, prefix))].ranges[first];
        return (range.last, range.next, range.tag);
    }

    // Moves

    /// Gives a new batch to its first holder; the receiver is asked by `_welcome`, last.
    function _create(uint64 batch, address to, uint256 amount, uint256 account) internal {
        _accounts[batch] = account;
        _holdings[batch][to] += amount;
    }

    function _welcome(uint64 batch, address to, uint256 amount) internal {
        emit TransferSingle(_msgSender(), address(0), to, batch, amount);
        ERC1155Utils.checkOnERC1155Received(_msgSender(), address(0), to, batch, amount, "");
    }

    /// Takes units out of a holding; frozen ones stay.
    function _take(mapping(address holder => uint256) storage holdings, address from, uint256 id, uint256 value) private {
        uint256 holding = holdings[from];
        require(value <= holding.held(), ERC1155InsufficientBalance(from, holding.held(), value, id));
        uint256 unfrozen = holding.unfrozen();
        require(value <= unfrozen, ERC7943InsufficientUnfrozenBalance(from, id, value, unfrozen));
        unchecked {
            // value ≤ held, the low half of the word.
            holdings[from] = holding - value;
        }
    }

    /// The caller uses up units of its own.
    function _burn(address holder, uint64 batch, uint64 amount) internal {
        _take(_holdings[batch], holder, batch, amount);
        emit TransferSingle(holder, holder, address(0), batch, amount);
    }

    function _move(address from, address to, uint256 id, uint256 value) internal override {
        uint64 batch = uint64(id);
        _requireMovable(batch, _accounts[batch]);
        mapping(address holder => uint256) storage holdings = _holdings[id];
        _take(holdings, from, id, value);
        unchecked {
            // A batch is below 2^56 in all; the low half of the word takes 2^128.
            holdings[to] += value;
        }
    }

    // ERC-7943

    /// @notice Freezes an absolute amount of a holder's units of a batch.
    function setFrozenTokens(address account, uint256 id, uint256 amount) external restricted returns (bool) {
        _holdings[id][account] = _holdings[id][account].withFrozen(amount);
        emit Frozen(account, id, amount);
        return true;
    }

    /// @notice Moves units by order of law, frozen ones too; a batch that is not usable stays where it is.
    function forcedTransfer(address from, address to, uint256 id, uint256 amount) external restricted returns (bool) {
        require(to != address(0), ERC7943CannotReceive(to));
        uint256 holding = _holdings[id][from];
        uint256 left = holding.held() > amount ? holding.held() - amount : 0;
        if (left < holding.frozen()) {
            // The standard wants the freeze lifted, and said so, before the transfer.
            _holdings[id][from] = holding.withFrozen(left);
            emit Frozen(from, id, left);
        }
        _move(from, to, id, amount);
        emit ForcedTransfer(from, to, id, amount);
        emit TransferSingle(_msgSender(), from, to, id, amount);
        ERC1155Utils.checkOnERC1155Received(_msgSender(), from, to, id, amount, "");
        return true;
    }

    function canSend(address account) external pure returns (bool) {
        return account != address(0);
    }

    function canReceive(address account) external pure returns (bool) {
        return account != address(0);
    }

    function canTransfer(address from, address to, uint256 id, uint256 amount) external view returns (bool) {
        if (id > type(uint64).max || from == address(0) || to == address(0)) return false;
        return _isMovable(_accounts[uint64(id)]) && amount <= _holdings[id][from].unfrozen();
    }

    function getFrozenTokens(address account, uint256 id) external view returns (uint256) {
        return _holdings[id][account].frozen();
    }

    function balanceOf(address account, uint256 id) public view override returns (uint256) {
        return _holdings[id][account].held();
    }
}
