// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {Bookings} from "./Bookings.sol";
import {ProfileClaims} from "./ProfileClaims.sol";
import {Register} from "./Register.sol";

/// @title The code of the register's desk
/// @dev `BookAndClaim` delegate-calls it with whole calls as they came, in its own storage. Called by itself it has an empty register
/// in which nobody has a role.
contract BookingDesk is Bookings, ProfileClaims {
    constructor(address authority, address relay, IStatementRegistry registry, uint32[] memory rows)
        Register(authority, relay, registry, rows)
    {}
}
