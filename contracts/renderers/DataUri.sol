// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice ERC-1155 metadata inside a data URI: JSON and an SVG card of four lines, no links and no scripts.
/// @dev Nothing is escaped here: callers pass only text whose characters were checked when it was written.
library DataUri {
    using Strings for uint256;

    function json(
        string memory name,
        string memory description,
        uint8 decimals,
        string memory attributes,
        string[4] memory lines
    ) internal pure returns (string memory) {
        bytes memory body = abi.encodePacked(
            '{"name":"',
            name,
            '","description":"',
            description,
            '","decimals":',
            uint256(decimals).toString(),
            ',"image":"data:image/svg+xml;base64,',
            Base64.encode(_svg(name, lines)),
            '","attributes":[',
            attributes,
            "]}"
        );
        return string.concat("data:application/json;base64,", Base64.encode(body));
    }

    function attribute(string memory key, string memory value) internal pure returns (string memory) {
        return string.concat('{"trait_type":"', key, '","value":"', value, '"}');
    }

    /// Numbers stand as text: JSON readers would round them to binary floats.
    function number(string memory key, uint256 value) internal pure returns (string memory) {
        return attribute(key, value.toString());
    }

    /// @notice `mg` as tonnes with all nine decimals.
    function tonnes(uint256 mg) internal pure returns (string memory) {
        return decimal(mg, 9);
    }

    /// @notice `value` in a unit 10^`places` times as large, with all its decimals.
    function decimal(uint256 value, uint8 places) internal pure returns (string memory) {
        uint256 unit = 10 ** places;
        bytes memory decimals = bytes((unit + value % unit).toString());
        decimals[0] = ".";
        return string.concat((value / unit).toString(), string(decimals));
    }

    function _svg(string memory name, string[4] memory lines) private pure returns (bytes memory svg) {
        svg = abi.encodePacked(
            '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="220" font-family="monospace" font-size="15">',
            '<rect width="560" height="220" rx="12" fill="#12343b"/><text x="24" y="48" font-size="22" fill="#fff">',
            name,
            "</text>"
        );
        for (uint256 i; i < 4; ++i) {
            svg = abi.encodePacked(
                svg, '<text x="24" y="', (90 + 34 * i).toString(), '" fill="#cfe8e0">', lines[i], "</text>"
            );
        }
        svg = abi.encodePacked(svg, "</svg>");
    }
}
