// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {vm} from "../../Vm.sol";

/// @notice The contracts as they ship: what is tested is what the production compiler settings made.
library CreationCode {
    function codeOf(string memory name) internal view returns (bytes memory) {
        return vm.getCode(string.concat(name, ".sol:", name));
    }
}
