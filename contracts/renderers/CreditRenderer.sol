// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {BatchStatus, BatchView, CreditBatch, ICarbonOffsetToken} from "../interfaces/ICarbonOffsetToken.sol";
import {ICreditRenderer} from "../interfaces/ICreditRenderer.sol";
import {ITokenRenderer} from "../interfaces/ITokenRenderer.sol";
import {DataUri} from "./DataUri.sol";

/// @title Metadata of a batch of offset credits: serials and where the credits are, as JSON with an SVG card.
contract CreditRenderer is ICreditRenderer {
    using Strings for uint256;

    uint64 private constant MG_PER_SERIAL = 1e9;

    /// @inheritdoc ITokenRenderer
    /// @dev Serial prefix and project were checked when issued: capital letters, digits and hyphens.
    function render(address token, uint256 id) external view returns (string memory) {
        BatchView memory v = ICarbonOffsetToken(token).batchOf(uint64(id));
        string memory serials = string.concat(
            v.batch.serialPrefix,
            "-",
            uint256(v.batch.firstSerial).toString(),
            " to ",
            uint256(v.batch.lastSerial).toString()
        );
        string memory status = _status(v.status);
        string memory attributes = string.concat(
            DataUri.attribute("serials", serials),
            ",",
            DataUri.attribute("project", v.batch.project),
            ",",
            DataUri.number("vintage", v.batch.vintage),
            ",",
            DataUri.attribute("status", status),
            ",",
            _properties(v.batch),
            ",",
            DataUri.number("issued mg CO2e", v.issued),
            ",",
            DataUri.number("retired mg CO2e", v.retired),
            ",",
            DataUri.number("applied mg CO2e", v.applied),
            ",",
            DataUri.number("voided mg CO2e", v.voided)
        );
        string[4] memory lines = [
            string.concat(v.batch.project, ", vintage ", uint256(v.batch.vintage).toString(), ", ", status),
            serials,
            string.concat("issued ", DataUri.tonnes(v.issued), " t, held ", DataUri.tonnes(v.held), " t"),
            string.concat("applied ", DataUri.tonnes(v.applied), " t, retired ", DataUri.tonnes(v.retired), " t")
        ];
        return DataUri.json(string.concat("COT ", id.toHexString(8)), "A batch of carbon offset credits.", 9, attributes, lines);
    }

    /// The property set itself is in BatchIssued: this is the hash that commits to it.
    function _properties(CreditBatch memory batch) private pure returns (string memory) {
        return string.concat(
            DataUri.attribute("ex ante", batch.exAnte ? "yes" : "no"),
            ",",
            DataUri.attribute("Core Carbon Principles label", batch.ccpLabel ? "yes" : "no"),
            ",",
            DataUri.attribute("property set", uint256(batch.attributes).toHexString(32)),
            ",",
            DataUri.attribute("replaces", batch.replaces == 0 ? "none" : uint256(batch.replaces).toHexString(8))
        );
    }

    /// @inheritdoc ICreditRenderer
    function renderCertificate(address token, bytes32 certificate) external view returns (string memory) {
        (uint64 batch, uint64 first, uint64 amount, uint40 at) = ICarbonOffsetToken(token).certificateOf(certificate);
        BatchView memory v = ICarbonOffsetToken(token).batchOf(batch);
        // Every serial is a tonne; a part of one is told by the milligrams.
        string memory serials = string.concat(
            v.batch.serialPrefix,
            "-",
            uint256(v.batch.firstSerial + first / MG_PER_SERIAL).toString(),
            " to ",
            uint256(v.batch.firstSerial + (first + amount - 1) / MG_PER_SERIAL).toString()
        );
        string memory attributes = string.concat(
            DataUri.attribute("certificate", uint256(certificate).toHexString(32)),
            ",",
            DataUri.attribute("batch", uint256(batch).toHexString(8)),
            ",",
            DataUri.attribute("serials", serials),
            ",",
            DataUri.attribute("project", v.batch.project),
            ",",
            DataUri.number("vintage", v.batch.vintage),
            ",",
            DataUri.attribute("batch status", _status(v.status)),
            ",",
            DataUri.number("first mg of the batch", first),
            ",",
            DataUri.number("retired mg CO2e", amount),
            ",",
            DataUri.number("retired at, seconds since 1970", at)
        );
        string[4] memory lines = [
            string.concat("retired ", DataUri.tonnes(amount), " t CO2e"),
            string.concat(v.batch.project, ", vintage ", uint256(v.batch.vintage).toString(), ", ", _status(v.status)),
            serials,
            "for whom and why: see the event CreditsRetired"
        ];
        string memory name = string.concat("Certificate ", uint256(uint64(bytes8(certificate))).toHexString(8));
        return DataUri.json(name, "Retired carbon offset credits.", 9, attributes, lines);
    }

    function _status(BatchStatus status) private pure returns (string memory) {
        if (status == BatchStatus.Active) return "active";
        if (status == BatchStatus.Suspended) return "suspended";
        return status == BatchStatus.Revoked ? "revoked" : "unknown";
    }
}
