// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

import {ICarbonEmissionsToken} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {ICertificatedGeneration} from "../../../contracts/interfaces/ICertificatedGeneration.sol";
import {IEnergyCertificates} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
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

/// The certificates with all their surfaces.
interface ICertificates is IEnergyCertificates, IInstrument, IERC1155MetadataURI, IERC7943MultiToken, IERC1155Errors {
    function statements() external view returns (address);
}

/// @notice Deploys the compiled contracts as they ship: the tests see their interfaces and artifacts only, so that what
/// is tested is what the production compiler settings made. Contracts name each other, so addresses are predicted.
/// @dev The test contract is the only operator: admin of the AccessManager.
abstract contract Deployment {
    AccessManager internal access;
    ERC2771Forwarder internal relay;
    IStatementRegistry internal registry;
    IEmissions internal cet;
    IOffsets internal cot;
    ICertificates internal eac;
    ICertificatedGeneration internal generation;

    function deployLedger() internal {
        access = new AccessManager(address(this));
        relay = ERC2771Forwarder(deploy("Relay", ""));
        registry = IStatementRegistry(deploy("StatementRegistry", abi.encode(access, relay)));
        address lotRenderer = deploy("LotRenderer", "");
        address creditRenderer = deploy("CreditRenderer", "");
        address certificateRenderer = deploy("CertificateRenderer", "");
        eac = ICertificates(deploy("EnergyCertificates", abi.encode(access, relay, registry, certificateRenderer)));
        uint64 nonce = vm.getNonce(address(this));
        address offsets = vm.computeCreateAddress(address(this), nonce + 1);
        address asked = vm.computeCreateAddress(address(this), nonce + 2);
        bytes memory links = abi.encode(access, relay, registry, asked, offsets, lotRenderer);
        cet = IEmissions(deploy("CarbonEmissionsToken", links));
        cot = IOffsets(deploy("CarbonOffsetToken", abi.encode(access, relay, cet, creditRenderer)));
        require(address(cot) == offsets, "the offset token is not where the emissions token expects it");
        generation = ICertificatedGeneration(deploy("CertificatedGeneration", abi.encode(relay, cet, eac, registry)));
        require(address(generation) == asked, "certificated generation is not where the emissions token expects it");
        vm.label(address(registry), "registry");
        vm.label(address(cet), "CET");
        vm.label(address(cot), "COT");
        vm.label(address(eac), "EAC");
        vm.label(address(generation), "generation");
    }

    function deploy(string memory name, bytes memory arguments) internal returns (address at) {
        bytes memory code = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            at := create(0, add(code, 0x20), mload(code))
        }
        require(at != address(0), "creation failed");
    }
}
