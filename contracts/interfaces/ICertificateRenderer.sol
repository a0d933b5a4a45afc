// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITokenRenderer} from "./ITokenRenderer.sol";

/// @title Metadata of energy certificates, and of what was cancelled of them.
interface ICertificateRenderer is ITokenRenderer {
    /// @notice Metadata of one cancellation of `token`, as a data URI.
    function renderCancellation(address token, uint96 number) external view returns (string memory);
}
