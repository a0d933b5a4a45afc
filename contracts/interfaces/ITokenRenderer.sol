// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Renders ERC-1155 metadata of a token as a self-contained data URI.
interface ITokenRenderer {
    /// @notice JSON with an SVG image, all inside the URI: no links, no scripts.
    function render(address token, uint256 id) external view returns (string memory);
}
