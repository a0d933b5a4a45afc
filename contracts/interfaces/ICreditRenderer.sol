// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITokenRenderer} from "./ITokenRenderer.sol";

/// @title Metadata of credits, and of what was retired of them.
interface ICreditRenderer is ITokenRenderer {
    /// @notice Metadata of one certificate of retirement of `token`, as a data URI.
    function renderCertificate(address token, bytes32 certificate) external view returns (string memory);
}
