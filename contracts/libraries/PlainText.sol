// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Text that stands in metadata: its characters are checked when it is written, so that none needs escaping later.
library PlainText {
    uint256 private constant LONGEST = 96;

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
