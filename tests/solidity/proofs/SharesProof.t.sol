// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares} from "../../../contracts/libraries/Shares.sol";

contract SharesProof {
    function check_a_share_never_understates(uint8 figure, uint8 units, uint8 basis) external pure {
        if (basis == 0) return;
        unchecked {
            uint256 share = Shares.shareUp(figure, units, basis);
            uint256 exact = uint256(figure) * units;
            assert(share * basis - exact < basis);
        }
    }

    function check_a_difference_stops_at_zero(uint256 a, uint256 b) external pure {
        uint256 c = Shares.less(a, b);
        assert(a > b ? c == a - b : c == 0);
    }

    function check_b(uint24 figure, uint16 basis) external pure {
        if (basis == 0) return;
        unchecked {
            uint256 share = Shares.shareUp(figure, 1, basis);
            assert(share * basis - figure < basis);
        }
    }
}
