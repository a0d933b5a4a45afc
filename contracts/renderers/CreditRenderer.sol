// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {BatchStatus, BatchView, ICarbonOffsetToken} from "../interfaces/ICarbonOffsetToken.sol";
import {ITokenRenderer} from "../interfaces/ITokenRenderer.sol";
import {DataUri} from "./DataUri.sol";

/// @title Metadata of a batch of offset credits: serials and where the credits are, as JSON with an SVG card.
contract CreditRenderer is ITokenRenderer {
    using Strings for uint256;

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
        return DataUri.json(string.concat("COT ", id.toHexString(8)), "A batch of carbon offset credits.", attributes, lines);
    }

    function _status(BatchStatus status) private pure returns (string memory) {
        if (status == BatchStatus.Active) return "active";
        if (status == BatchStatus.Suspended) return "suspended";
        return status == BatchStatus.Revoked ? "revoked" : "unknown";
    }
}
