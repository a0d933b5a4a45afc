// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {ERC1155Utils} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Utils.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {Relayed} from "./Relayed.sol";
import {IERC7943MultiToken} from "./interfaces/IERC7943MultiToken.sol";

/// @title ERC-1155 and ERC-7943 as both tokens show them, over balances that each keeps in its own way.
/// @dev OpenZeppelin's ERC1155 owns its balance mapping; here a balance is a lot's basis or half of a packed word, so the
/// standard's outside is written once over two virtual functions, and its receiver check is OpenZeppelin's.
abstract contract ERC1155Surface is Relayed, IERC1155MetadataURI, IERC7943MultiToken, IERC1155Errors {
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    /// @dev Moves `value` of `id`, or reverts with the reason it may not.
    function _move(address from, address to, uint256 id, uint256 value) internal virtual;

    function balanceOf(address account, uint256 id) public view virtual returns (uint256);

    function balanceOfBatch(address[] calldata accounts, uint256[] calldata ids)
        external
        view
        returns (uint256[] memory balances)
    {
        require(accounts.length == ids.length, ERC1155InvalidArrayLength(ids.length, accounts.length));
        balances = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) balances[i] = balanceOf(accounts[i], ids[i]);
    }

    function setApprovalForAll(address operator, bool approved) external {
        require(operator != address(0), ERC1155InvalidOperator(operator));
        isApprovedForAll[_msgSender()][operator] = approved;
        emit ApprovalForAll(_msgSender(), operator, approved);
    }

    function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes calldata data) external {
        address sender = _checkTransfer(from, to);
        _move(from, to, id, value);
        emit TransferSingle(sender, from, to, id, value);
        ERC1155Utils.checkOnERC1155Received(sender, from, to, id, value, data);
    }

    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external {
        address sender = _checkTransfer(from, to);
        require(ids.length == values.length, ERC1155InvalidArrayLength(ids.length, values.length));
        for (uint256 i; i < ids.length; ++i) _move(from, to, ids[i], values[i]);
        emit TransferBatch(sender, from, to, ids, values);
        ERC1155Utils.checkOnERC1155BatchReceived(sender, from, to, ids, values, data);
    }

    function _checkTransfer(address from, address to) private view returns (address sender) {
        require(to != address(0), ERC1155InvalidReceiver(to));
        sender = _msgSender();
        bool allowed = from == sender || isApprovedForAll[from][sender];
        require(allowed, ERC1155MissingApprovalForAll(sender, from));
    }

    function supportsInterface(bytes4 interfaceId) public view virtual returns (bool) {
        return interfaceId == type(IERC1155).interfaceId || interfaceId == type(IERC1155MetadataURI).interfaceId
            || interfaceId == type(IERC7943MultiToken).interfaceId || interfaceId == type(IERC165).interfaceId;
    }
}
