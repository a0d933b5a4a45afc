// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotKeys} from "../../../contracts/libraries/LotKey.sol";
import {Lots} from "../../../contracts/libraries/Lots.sol";
import {Lot, LotLedger, LotStore} from "../../../contracts/libraries/LotStore.sol";

/// @notice For all lots and all amounts: what is taken never exceeds the basis less what is frozen (law 1).
/// @dev One step from any sound lot, where no more is taken than the basis: an induction over all that is ever taken. A refusal
/// ends a path.
contract LotsProof {
    using Lots for LotLedger;
    using LotStore for uint256;

    LotLedger private _ledger;

    function check_taking_from_a_source_stays_below_its_basis(uint64 key, uint256 figures, uint88 frozen, uint64 units)
        external
    {
        if (LotKeys.isDerived(key) || figures.allocatedOfSource() > figures.sourceBasis()) return;
        _ledger.lots[key].figures = figures;
        _ledger.annexes[key].frozen = frozen;

        _ledger.take(key, units);

        uint256 later = _ledger.lots[key].figures;
        assert(units != 0 && later.allocatedOfSource() == figures.allocatedOfSource() + units);
        assert(later >> 64 == figures >> 64);
        _below(figures.sourceBasis() - figures.allocatedOfSource(), figures.isAnnexedSource() ? frozen : 0, units);
    }

    function check_taking_from_a_derived_lot_stays_below_its_basis(
        uint64 key,
        uint256 figures,
        uint256 holding,
        uint88 frozen,
        uint64 units
    ) external {
        if (!LotKeys.isDerived(key) || holding.allocatedOfDerived() > figures.derivedBasis()) return;
        _ledger.lots[key] = Lot(figures, holding);
        _ledger.annexes[key].frozen = frozen;

        _ledger.take(key, units);

        Lot memory later = _ledger.lots[key];
        assert(later.figures == figures);
        assert(units != 0 && later.holding.allocatedOfDerived() == holding.allocatedOfDerived() + units);
        assert((later.holding ^ holding) & ~(uint256(type(uint64).max) << 32) == 0);
        uint256 left = figures.derivedBasis() - holding.allocatedOfDerived();
        _below(left, holding.isAnnexedDerived() ? frozen : 0, units);
    }

    /// What was taken is at most what was left, less what is frozen.
    function _below(uint256 left, uint256 frozen, uint256 units) private pure {
        assert(frozen < left && units <= left - frozen);
    }

    function check_what_is_given_back_was_taken(uint64 key, uint256 figures, uint256 holding, uint64 units) external {
        bool derived = LotKeys.isDerived(key);
        if (units > (derived ? holding.allocatedOfDerived() : figures.allocatedOfSource())) return;
        _ledger.lots[key] = Lot(figures, holding);

        _ledger.giveBack(key, units);

        Lot memory later = _ledger.lots[key];
        assert(later.figures >> 64 == figures >> 64);
        assert((later.holding ^ holding) & ~(uint256(type(uint64).max) << 32) == 0);
        if (derived) assert(later.holding.allocatedOfDerived() + units == holding.allocatedOfDerived());
        else assert(later.figures.allocatedOfSource() + units == figures.allocatedOfSource());
        assert(derived ? later.figures == figures : later.holding == holding);
    }

    /// No basis has more than 64 bits, so no more than that can be taken.
    function check_no_lot_has_more_than_64_bits(uint64 key, uint256 figures, uint256 holding, uint256 units) external {
        if (units <= type(uint64).max) return;
        _ledger.lots[key] = Lot(figures, holding);
        (bool ok,) = address(this).call(abi.encodeCall(this.take, (key, units)));
        assert(!ok);
    }

    /// What is said to be available can be taken, and one unit more can't.
    function check_what_is_available_can_be_taken(uint64 key, uint256 figures, uint256 holding, uint88 frozen) external {
        bool derived = LotKeys.isDerived(key);
        bool annexed = derived ? holding.isAnnexedDerived() : figures.isAnnexedSource();
        if (frozen != 0 && !annexed) return;
        _ledger.lots[key] = Lot(figures, holding);
        _ledger.annexes[key].frozen = frozen;
        uint256 available = _ledger.availableOf(key);
        (bool more,) = address(this).call(abi.encodeCall(this.take, (key, available + 1)));
        assert(!more);
        if (available == 0) return;
        (bool all,) = address(this).call(abi.encodeCall(this.take, (key, available)));
        assert(all);
    }

    function take(uint64 key, uint256 units) external {
        _ledger.take(key, units);
    }
}
