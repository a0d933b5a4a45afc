// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

import {ICarbonEmissionsToken} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IStatementRegistry} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {vm} from "./Vm.sol";

/// The emissions token with all its surfaces.
interface IEmissions is ICarbonEmissionsToken, IERC1155MetadataURI, IERC7943MultiToken, IERC5267, IERC1155Errors {
    function registry() external view returns (address);
    function offsets() external view returns (address);
}

/// The offset token with all its surfaces.
interface IOffsets is ICarbonOffsetToken, IERC1155MetadataURI, IERC7943MultiToken, IERC1155Errors {
    function emissions() external view returns (address);
}

/// @notice Deploys the compiled contracts as they ship: the tests see their interfaces and artifacts only, so that what
/// is tested is what the production compiler settings made. The tokens name each other, so addresses are predicted.
/// @dev The test contract is the only operator: admin of the AccessManager.
abstract contract Deployment {
    AccessManager internal access;
    ERC2771Forwarder internal relay;
    IStatementRegistry internal registry;
    IEmissions internal cet;
    IOffsets internal cot;

    function deployLedger() internal {
        access = new AccessManager(address(this));
        relay = ERC2771Forwarder(deploy("Relay", ""));
        registry = IStatementRegistry(deploy("StatementRegistry", abi.encode(access, relay)));
        address lotRenderer = deploy("LotRenderer", "");
        address creditRenderer = deploy("CreditRenderer", "");
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        cet = IEmissions(deploy("CarbonEmissionsToken", abi.encode(access, relay, registry, predicted, lotRenderer)));
        cot = IOffsets(deploy("CarbonOffsetToken", abi.encode(access, relay, cet, creditRenderer)));
        require(address(cot) == predicted, "the offset token is not where the emissions token expects it");
        vm.label(address(registry), "registry");
        vm.label(address(cet), "CET");
        vm.label(address(cot), "COT");
    }

    function deploy(string memory name, bytes memory arguments) internal returns (address at) {
        bytes memory code = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            at := create(0, add(code, 0x20), mload(code))
        }
        require(at != address(0), "creation failed");
    }
}
