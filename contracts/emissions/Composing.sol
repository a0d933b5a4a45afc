// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Composition, ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Allocations} from "../libraries/Allocations.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Shares of many lots become a product with an output of its own.
abstract contract Composing is LotBook {
    /// @inheritdoc ICarbonEmissionsToken
    function compose(Composition calldata) external outsideHooks open(COMPOSE) returns (uint64) {
        _forward(address(Allocations), Allocations.compose.selector);
    }
}
