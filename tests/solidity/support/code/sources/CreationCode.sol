// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CarbonEmissionsToken} from "../../../../../contracts/CarbonEmissionsToken.sol";
import {CarbonOffsetToken} from "../../../../../contracts/CarbonOffsetToken.sol";
import {EnergyCertificates} from "../../../../../contracts/EnergyCertificates.sol";
import {LedgerLens} from "../../../../../contracts/LedgerLens.sol";
import {Relay} from "../../../../../contracts/Relay.sol";
import {StatementRegistry} from "../../../../../contracts/StatementRegistry.sol";
import {CertificateRenderer} from "../../../../../contracts/renderers/CertificateRenderer.sol";
import {CreditRenderer} from "../../../../../contracts/renderers/CreditRenderer.sol";
import {LotRenderer} from "../../../../../contracts/renderers/LotRenderer.sol";

/// @notice The contracts as coverage instruments them, in place of the artifacts (`FOUNDRY_PROFILE=coverage`).
library CreationCode {
    function codeOf(string memory name) internal pure returns (bytes memory) {
        bytes32 hash = keccak256(bytes(name));
        if (hash == keccak256("CarbonEmissionsToken")) return type(CarbonEmissionsToken).creationCode;
        if (hash == keccak256("CarbonOffsetToken")) return type(CarbonOffsetToken).creationCode;
        if (hash == keccak256("EnergyCertificates")) return type(EnergyCertificates).creationCode;
        if (hash == keccak256("CertificateRenderer")) return type(CertificateRenderer).creationCode;
        if (hash == keccak256("StatementRegistry")) return type(StatementRegistry).creationCode;
        if (hash == keccak256("CreditRenderer")) return type(CreditRenderer).creationCode;
        if (hash == keccak256("LotRenderer")) return type(LotRenderer).creationCode;
        if (hash == keccak256("LedgerLens")) return type(LedgerLens).creationCode;
        if (hash == keccak256("Relay")) return type(Relay).creationCode;
        revert(string.concat("no contract named ", name));
    }
}
