// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PlainText} from "../../../contracts/libraries/PlainText.sol";
import {vm} from "../support/Vm.sol";

/// @notice What stands in metadata needs no escaping: each of the 256 characters, wherever it stands, is in the list or refused.
contract PlainTextTest {
    mapping(bytes1 => bool) private _listed;

    function setUp() public {
        bytes memory list = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
        for (uint256 i; i < list.length; ++i) _listed[list[i]] = true;
    }

    function isCode(string calldata text) external pure returns (bool) {
        return PlainText.isCode(text);
    }

    function test_every_character_of_the_list_and_no_other_is_plain() external view {
        for (uint256 c; c < 256; ++c) {
            bytes1 character = bytes1(uint8(c));
            vm.assertEq(this.isCode(string(abi.encodePacked(character))), _listed[character], vm.toString(c));
            vm.assertEq(this.isCode(string(abi.encodePacked("A0", character))), _listed[character], vm.toString(c));
        }
    }
}
