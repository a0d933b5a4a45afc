// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares} from "../../../contracts/libraries/Shares.sol";

/// @notice Shares are the formulas that never understate, and what surrounds them adds up (laws 2 and 4).
/// @dev Multiplication and division together are beyond a solver of 256-bit words: that the code is the formula is proved here, that
/// the formula never understates, for all integers, by tools/integer_proofs.py.
contract SharesProof {
    function check_a_share_is_the_formula(uint256 figure, uint256 units, uint256 basis) external pure {
        if (basis == 0) return;
        unchecked {
            assert(Shares.shareUp(figure, units, basis) == (figure * units + basis - 1) / basis);
            assert(Shares.carryUp(figure, units, basis) == ((figure * units << 64) + basis - 1) / basis);
        }
    }

    /// Whatever sum of carries there can be.
    function check_settling_never_understates(uint256 carry) external pure {
        if (carry >= 1 << 224) return;
        uint256 settled = Shares.settleUp(carry);
        assert(settled << 64 >= carry && (settled << 64) - carry < 1 << 64);
    }

    function check_a_difference_stops_at_zero(uint256 a, uint256 b) external pure {
        assert(Shares.less(a, b) == (a > b ? a - b : 0));
    }

    /// What stays of a figure and the surplus of its offset are never both there, and balance (law 4).
    function check_net_and_surplus_balance(uint128 inherited, uint128 offset) external pure {
        (uint256 net, uint256 surplus) = (Shares.less(inherited, offset), Shares.less(offset, inherited));
        assert(net == 0 || surplus == 0);
        assert(net + offset == surplus + inherited);
    }
}
