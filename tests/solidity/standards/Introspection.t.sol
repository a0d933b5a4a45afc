// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ICarbonEmissionsToken} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice ERC-165 and ERC-5267 as their texts say it.
contract IntrospectionTest is LedgerTest {
    /// "true when interfaceID is 0x01ffc9a7", "false when interfaceID is 0xffffffff", "true for any other interfaceID this
    /// contract implements", "false for any other interfaceID"; "must use less than 30,000 gas".
    function test_fuzz_interfaces_are_exactly_those_implemented(bytes4 id) external view {
        bytes4[4] memory standard = [
            type(IERC165).interfaceId,
            type(IERC1155).interfaceId,
            type(IERC1155MetadataURI).interfaceId,
            type(IERC7943MultiToken).interfaceId
        ];
        address[2] memory tokens = [address(cet), address(cot)];
        bytes4[2] memory own = [type(ICarbonEmissionsToken).interfaceId, type(ICarbonOffsetToken).interfaceId];
        for (uint256 t; t < 2; ++t) {
            bool expected = id == own[t];
            for (uint256 i; i < 4; ++i) {
                vm.assertTrue(_supports(tokens[t], standard[i]), "a standard's id");
                if (id == standard[i]) expected = true;
            }
            vm.assertTrue(_supports(tokens[t], own[t]), "its own");
            vm.assertFalse(_supports(tokens[t], 0xffffffff), "0xffffffff");
            vm.assertEq(_supports(tokens[t], id), expected && id != 0xffffffff, "any other");
            vm.assertTrue(ERC165Checker.supportsERC165(tokens[t]));
        }
    }

    function _supports(address token, bytes4 id) private view returns (bool supported) {
        uint256 before = gasleft();
        supported = IERC165(token).supportsInterface(id);
        vm.assertLe(before - gasleft(), 30_000, "gas");
    }

    /// The ids are those that the standards print.
    function test_ids_are_as_printed() external pure {
        vm.assertEq(bytes32(type(IERC1155).interfaceId), bytes32(bytes4(0xd9b67a26)));
        vm.assertEq(bytes32(type(IERC1155MetadataURI).interfaceId), bytes32(bytes4(0x0e89341c)));
        vm.assertEq(bytes32(type(IERC165).interfaceId), bytes32(bytes4(0x01ffc9a7)));
        vm.assertEq(bytes32(type(IERC7943MultiToken).interfaceId), bytes32(bytes4(0x41c4fbad)));
    }

    /// ERC-5267: the fields say which parts of the domain there are (name, version, chain and contract: bits 0 to 3), the rest is
    /// empty; and the separator rebuilt from them is the one that signatures are of.
    function test_domains_are_published_as_they_are_signed() external view {
        _published(address(cet), "CarbonEmissionsToken");
        _published(address(registry), "StatementRegistry");
        _published(address(relay), "Relay");
    }

    function _published(address at, string memory name_) private view {
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address contract_,
            bytes32 salt,
            uint256[] memory extensions
        ) = IERC5267(at).eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(bytes1(0x0f)));
        vm.assertEq(name, name_);
        vm.assertEq(version, "1");
        vm.assertEq(chainId, block.chainid);
        vm.assertEq(contract_, at);
        vm.assertEq(salt, bytes32(0));
        vm.assertEq(extensions.length, 0);
    }
}
