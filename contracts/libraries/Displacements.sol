// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken as CET, Offer} from "../interfaces/ICarbonEmissionsToken.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {LotCode} from "./LotCode.sol";
import {LotKeys} from "./LotKey.sol";
import {Lots} from "./Lots.sol";
import {Displacement, LotLedger} from "./LotStore.sol";

/// @notice Primary data displaces the receiver's own estimate of the same activity (law 11).
/// @dev A deployed library, linked: only who displaces pays for it.
library Displacements {
    using Lots for LotLedger;

    /// @notice `lot`, of `units` just received, displaces `estimate`: like for like in scope, category, method, unit and period,
    /// and only what the estimate has not passed on; at most `units`, at least one.
    function displace(
        LotLedger storage ledger,
        IStatementRegistry registry,
        uint64 estimate,
        uint64 lot,
        uint256 units,
        Offer calldata offer
    ) external {
        ledger.requireHolder(estimate, offer.dependent);
        bool alike = !LotKeys.isDerived(estimate) && LotCode.wrap(offer.code).mayDisplace(LotKeys.codeOf(estimate));
        require(alike, CET.DisplacementUnlike(estimate, lot));
        (uint16 from, uint16 to) = registry.periodOf(LotKeys.statementOf(estimate));
        bool within = from <= offer.consumedFrom && offer.consumedTo <= to;
        require(within, CET.DisplacementOutOfPeriod(offer.consumedFrom, offer.consumedTo, from, to));
        uint256 left = ledger.availableOf(estimate);
        require(left != 0, CET.UnitsUnavailable(estimate, units, 0));
        if (units > left) units = left;
        ledger.take(estimate, units);
        ledger.displaced[estimate] += units;
        ledger.displacements[lot] = Displacement(estimate, uint64(units));
        emit CET.EstimateDisplaced(estimate, lot, uint64(units));
    }

    /// @notice What `lot` displaced follows its corrected units: less comes back to the estimate, more is taken as far as it
    /// goes, but never from an estimate that somebody else holds by now.
    function follow(LotLedger storage ledger, uint64 lot, uint256 units, address holder) external {
        Displacement storage kept = ledger.displacements[lot];
        (uint64 estimate, uint256 displaced) = (kept.estimate, kept.units);
        if (estimate == 0 || displaced == units) return;
        if (units < displaced) {
            ledger.giveBack(estimate, displaced - units);
            ledger.displaced[estimate] -= displaced - units;
        } else {
            uint256 more = ledger.holderOf(estimate) == holder ? ledger.availableOf(estimate) : 0;
            if (units - displaced > more) units = displaced + more;
            if (units == displaced) return;
            ledger.take(estimate, units - displaced);
            ledger.displaced[estimate] += units - displaced;
        }
        kept.units = uint64(units);
        emit CET.DisplacementCorrected(estimate, lot, uint64(units));
    }
}
