// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotCode} from "../../../contracts/libraries/LotCode.sol";
import {vm} from "../support/Vm.sol";

/// @notice The rescoping table stands twice, here and in Python's `cet.scopes`; both give these digests
/// (tests/unit/test_scopes.py reads them from this file).
contract LotCodeTwinTest {
    bytes32 private constant VALID_CODES = 0x4197481bdb6b06028b4c2508539a5fdc385d36d1dab2f646638544171ff3c358;
    bytes32 private constant MAY_BECOME = 0x36c061a72cbb3a5af88e6b47d3ee84962a9787c1c29314a0dfece461176ab154;

    function test_python_and_solidity_know_the_same_codes_and_the_same_rescoping() external pure {
        uint16[] memory codes = new uint16[](734);
        bytes memory packed;
        uint256 count;
        for (uint256 code; code < 1 << 16; ++code) {
            if (!LotCode.wrap(uint16(code)).isValid()) continue;
            codes[count++] = uint16(code);
            packed = bytes.concat(packed, bytes2(uint16(code)));
        }
        vm.assertEq(keccak256(packed), VALID_CODES);
        bytes memory table = new bytes(count * count);
        for (uint256 i; i < count; ++i) {
            for (uint256 j; j < count; ++j) {
                if (LotCode.wrap(codes[i]).mayBecome(LotCode.wrap(codes[j]))) table[i * count + j] = 0x01;
            }
        }
        vm.assertEq(keccak256(table), MAY_BECOME);
    }
}
