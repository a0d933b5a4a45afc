// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares} from "../../../contracts/libraries/Shares.sol";

/// @notice A share never understates, and overstates by less than one (law 2).
/// @dev Multiplication and division together are beyond a solver at full width: here the operands have few bits, all values of
/// them; tools/integer_proofs.py has the formula for all integers, and that nothing overflows.
/// `share · basis − exact < basis`, in arithmetic that wraps, says both at once: an understatement would wrap to a huge number.
contract SharesProof {
    /// At 8 bits it takes two minutes, and a carry, 64 bits longer, does not end.
    uint256 private constant BITS = 5;

    function check_a_share_never_understates(uint8 figure, uint8 units, uint8 basis) external pure {
        if (basis == 0 || (figure | units | basis) >> BITS != 0) return;
        unchecked {
            uint256 share = Shares.shareUp(figure, units, basis);
            assert(share * basis - uint256(figure) * units < basis);
        }
    }

    /// Full width: both are the formula that tools/integer_proofs.py proves for all integers.
    function check_a_share_is_the_formula(uint256 figure, uint256 units, uint256 basis) external pure {
        if (basis == 0) return;
        unchecked {
            assert(Shares.shareUp(figure, units, basis) == (figure * units + basis - 1) / basis);
            assert(Shares.carryUp(figure, units, basis) == ((figure * units << 64) + basis - 1) / basis);
        }
    }

    /// Full width: whatever sum of carries there can be.
    function check_settling_never_understates(uint256 carry) external pure {
        if (carry >= 1 << 224) return;
        uint256 settled = Shares.settleUp(carry);
        assert(settled << 64 >= carry && (settled << 64) - carry < 1 << 64);
    }

    /// Full width.
    function check_a_difference_stops_at_zero(uint256 a, uint256 b) external pure {
        assert(Shares.less(a, b) == (a > b ? a - b : 0));
    }

    /// Full width: what stays of a figure and the surplus of its offset are never both there, and balance (law 4).
    function check_net_and_surplus_balance(uint128 inherited, uint128 offset) external pure {
        (uint256 net, uint256 surplus) = (Shares.less(inherited, offset), Shares.less(offset, inherited));
        assert(net == 0 || surplus == 0);
        assert(net + offset == surplus + inherited);
    }
}
