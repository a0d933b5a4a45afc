// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {Figures, ICarbonEmissionsToken, LotView} from "../interfaces/ICarbonEmissionsToken.sol";
import {ITokenRenderer} from "../interfaces/ITokenRenderer.sol";
import {LotCode, LotCodes} from "../libraries/LotCode.sol";
import {DataUri} from "./DataUri.sol";

/// @title Metadata of a lot: live figures as JSON with an SVG card.
contract LotRenderer is ITokenRenderer {
    using Strings for uint256;

    /// @inheritdoc ITokenRenderer
    function render(address token, uint256 id) external view returns (string memory) {
        uint64 lot = uint64(id);
        LotView memory v = ICarbonEmissionsToken(token).lotOf(lot);
        Figures memory f = ICarbonEmissionsToken(token).figures(lot);
        string memory name = string.concat("CET ", id.toHexString(8));
        string memory kind = _kind(LotCode.wrap(v.code));
        string memory attributes = string.concat(
            DataUri.attribute("kind", kind),
            ",",
            DataUri.attribute("holder", Strings.toHexString(v.holder)),
            ",",
            DataUri.number("basis", v.basis),
            ",",
            DataUri.number("gross mg CO2e", f.gross),
            ",",
            DataUri.number("own offset mg CO2e", v.offset),
            ",",
            DataUri.number("net mg CO2e", f.net),
            ",",
            DataUri.number("surplus mg CO2e", f.surplus)
        );
        string[4] memory lines = [
            kind,
            string.concat("gross ", DataUri.tonnes(f.gross), " t CO2e"),
            string.concat("net ", DataUri.tonnes(f.net), " t CO2e"),
            "live figures, unassured; gross is what is reported"
        ];
        return DataUri.json(name, "A verified lot of greenhouse gas emissions.", 9, attributes, lines);
    }

    /// Reads like the GHG Protocol: "scope 2, category 1, market-based"; a reference says so.
    function _kind(LotCode code) private pure returns (string memory) {
        string memory relation = code.relation() == LotCodes.VALUE_CHAIN
            ? ", value-chain reference"
            : code.isReference() ? ", consolidation reference" : "";
        return string.concat(_classOf(code), relation);
    }

    function _classOf(LotCode code) private pure returns (string memory) {
        string memory category = string.concat(", category ", code.category().toString());
        string memory method = code.method() == 1 ? ", location-based" : code.method() == 2 ? ", market-based" : "";
        if (code.isProduct()) return string.concat("product", category, method);
        if (code.scope() == 0) return string.concat("outside the scopes", category);
        return string.concat("scope ", code.scope().toString(), category, method);
    }
}
