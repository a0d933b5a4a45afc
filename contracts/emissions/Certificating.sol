// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Lots} from "../libraries/Lots.sol";
import {LotLedger} from "../libraries/LotStore.sol";
import {LotBook} from "./LotBook.sol";

/// @notice What the record of certificated generation alone may do to a lot: say whether certificates were issued for it (law 10).
abstract contract Certificating is LotBook {
    using Lots for LotLedger;

    /// @inheritdoc ICarbonEmissionsToken
    function setCertificated(uint64 key, bool certificated) external outsideHooks {
        require(msg.sender == address(generation), OnlyGeneration(msg.sender));
        _figuresOf(key);
        _ledger.setCertificated(key, certificated);
    }
}
