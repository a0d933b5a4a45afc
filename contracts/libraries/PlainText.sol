// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Text that stands in metadata: its characters are checked when it is written, so that none needs escaping later.
library PlainText {
    uint256 private constant LONGEST = 96;

    /// @notice Whether `text` is 1 to 32 letters, digits, spaces, points, commas, hyphens, slashes or brackets, zeros after them.
    function isLabel(bytes32 text) internal pure returns (bool) {
        bool ended;
        for (uint256 i; i < 32; ++i) {
            bytes1 c = text[i];
            if (c == 0) {
                if (i == 0) return false;
                ended = true;
                continue;
            }
            bool letter = (c >= "A" && c <= "Z") || (c >= "a" && c <= "z");
            bool other = (c >= "0" && c <= "9") || c == " " || (c >= "," && c <= "/") || c == "(" || c == ")";
            if (ended || !(letter || other)) return false;
        }
        return true;
    }

    /// @notice Whether `code` is two capital letters, as ISO 3166-1 alpha-2 has them.
    function isCountry(bytes2 code) internal pure returns (bool) {
        return code[0] >= "A" && code[0] <= "Z" && code[1] >= "A" && code[1] <= "Z";
    }

    /// @notice Whether `text` has 1 to 96 characters, each a capital letter, a digit or a hyphen.
    /// @dev One spelling of a serial: a second one in small letters cannot pass as another series.
    function isCode(string calldata text) internal pure returns (bool) {
        bytes calldata b = bytes(text);
        if (b.length == 0 || b.length > LONGEST) return false;
        for (uint256 i; i < b.length; ++i) {
            bytes1 c = b[i];
            if (!((c >= "A" && c <= "Z") || (c >= "0" && c <= "9") || c == "-")) return false;
        }
        return true;
    }
}
