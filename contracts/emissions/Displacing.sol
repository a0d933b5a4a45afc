// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Offer} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {Displacement} from "../libraries/LotStore.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Primary data displaces the receiver's own estimate of the same activity (law 11).
abstract contract Displacing is LotBook {
    /// Like for like in scope, category, method, unit and period, and only what the estimate has not passed on: at most
    /// `units`, at least one.
    function _displace(uint64 estimate, uint64 lot, uint256 units, Offer calldata offer) internal {
        _requireHolder(estimate, offer.dependent);
        bool alike = !LotKeys.isDerived(estimate) && LotCode.wrap(offer.code).mayDisplace(LotKeys.codeOf(estimate));
        require(alike, DisplacementUnlike(estimate, lot));
        (uint16 from, uint16 to) = registry.periodOf(LotKeys.statementOf(estimate));
        bool within = from <= offer.consumedFrom && offer.consumedTo <= to;
        require(within, DisplacementOutOfPeriod(offer.consumedFrom, offer.consumedTo, from, to));
        uint256 left = _availableOf(estimate);
        if (units > left) units = left;
        require(units != 0, UnitsUnavailable(estimate, offer.units, 0));
        _take(estimate, units);
        _ledger.displaced[estimate] += units;
        _ledger.displacements[lot] = Displacement(estimate, uint64(units));
        emit EstimateDisplaced(estimate, lot, uint64(units));
    }
}
