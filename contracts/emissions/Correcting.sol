// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Correction, ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Corrections} from "../libraries/Corrections.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Both parties to an allocation correct its units.
abstract contract Correcting is LotBook {
    /// @inheritdoc ICarbonEmissionsToken
    function correct(Correction calldata, bytes calldata, bytes calldata) external outsideHooks open(CORRECT) {
        _forward(address(Corrections), Corrections.correct.selector);
    }
}
