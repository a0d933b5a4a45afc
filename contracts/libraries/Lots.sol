// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken as CET} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotCode} from "./LotCode.sol";
import {LotKeys} from "./LotKey.sol";
import {Annex, Lot, LotLedger, LotStore} from "./LotStore.sol";

/// @notice The book of lots: who holds a lot, what is left of it, and how units leave and come back (law 1).
/// @dev Internal, so that the token and the libraries it is linked with write the same book by the same rules.
library Lots {
    using LotStore for uint256;

    /// @notice Takes `units` from a lot; what was taken never exceeds the basis less what is frozen. Who takes energy of a certificated
    /// lot needs its certificates: that is for the caller to see to.
    function take(LotLedger storage ledger, uint64 key, uint256 units)
        internal
        returns (LotCode code, uint256 ancestry, bool certificated)
    {
        require(units != 0, CET.UnitsZero(key));
        Lot storage lot = ledger.lots[key];
        uint256 figures = lot.figures;
        if (LotKeys.isDerived(key)) {
            uint256 holding = lot.holding;
            uint256 taken = holding.allocatedOfDerived();
            uint256 available = figures.derivedBasis() - taken;
            if (holding.isAnnexedDerived()) (available, certificated) = _annexed(ledger, key, available);
            require(units <= available, CET.UnitsUnavailable(key, units, available));
            lot.holding = holding + (units << 32);
            return (holding.codeOf(), holding.ancestryOf(), certificated);
        }
        uint256 left = figures.sourceBasis() - figures.allocatedOfSource();
        if (figures.isAnnexedSource()) (left, certificated) = _annexed(ledger, key, left);
        require(units <= left, CET.UnitsUnavailable(key, units, left));
        lot.figures = figures + units;
        return (LotKeys.codeOf(key), 0, certificated);
    }

    /// @notice Gives back units that were taken. Never more: callers keep what they took.
    function giveBack(LotLedger storage ledger, uint64 key, uint256 units) internal {
        Lot storage lot = ledger.lots[key];
        if (LotKeys.isDerived(key)) lot.holding -= units << 32;
        else lot.figures -= units;
    }

    /// @notice Units of an existing lot that may still be taken.
    function availableOf(LotLedger storage ledger, uint64 key) internal view returns (uint256) {
        return unfrozen(ledger, key, leftOf(ledger, key));
    }

    /// @notice Units of an existing lot that were not taken, frozen or not.
    function leftOf(LotLedger storage ledger, uint64 key) internal view returns (uint256) {
        Lot storage lot = ledger.lots[key];
        uint256 figures = lot.figures;
        return LotKeys.isDerived(key)
            ? figures.derivedBasis() - lot.holding.allocatedOfDerived()
            : figures.sourceBasis() - figures.allocatedOfSource();
    }

    /// @notice What of `available` units a dispute leaves.
    function unfrozen(LotLedger storage ledger, uint64 key, uint256 available) internal view returns (uint256) {
        (available,) = _annexed(ledger, key, available);
        return available;
    }

    function _annexed(LotLedger storage ledger, uint64 key, uint256 available) private view returns (uint256, bool) {
        Annex storage rare = ledger.annexes[key];
        (uint256 frozen, bool certificated) = (rare.frozen, rare.certificated);
        return (frozen < available ? available - frozen : 0, certificated);
    }

    /// @notice The rare facts about an existing lot, to be written: whoever uses it pays for reading them from then on.
    function annex(LotLedger storage ledger, uint64 key) internal returns (Annex storage) {
        Lot storage lot = ledger.lots[key];
        if (LotKeys.isDerived(key)) lot.holding = lot.holding.annexDerived();
        else lot.figures = lot.figures.annexSource();
        return ledger.annexes[key];
    }

    /// @notice Says whether certificates were issued for a lot, or for what went into it. A lot that stays as it is gets no annex, so that
    /// nobody makes others pay for reading one.
    function setCertificated(LotLedger storage ledger, uint64 key, bool certificated) internal {
        if (ledger.annexes[key].certificated == certificated) return;
        annex(ledger, key).certificated = certificated;
        emit CET.CertificatedSet(key, certificated);
    }

    function create(LotLedger storage ledger, uint64 key, uint256 figures, uint256 holding)
        internal
        returns (Lot storage lot)
    {
        lot = ledger.lots[key];
        require(lot.figures == 0, CET.LotExists(key));
        lot.figures = figures;
        lot.holding = holding;
    }

    /// @notice The holder of a lot; zero if there is none.
    function holderOf(LotLedger storage ledger, uint64 key) internal view returns (address holder) {
        if (LotKeys.isDerived(key)) return ledger.lots[key].holding.holderOf();
        uint256 figures = ledger.lots[key].figures;
        if (figures == 0) return address(0);
        if (figures.isAnnexedSource()) holder = ledger.annexes[key].successor;
        if (holder == address(0)) holder = ledger.statements[LotKeys.statementOf(key)].participant;
    }

    function requireHolder(LotLedger storage ledger, uint64 key, address account) internal view {
        address holder = holderOf(ledger, key);
        require(holder != address(0), CET.LotUnknown(key));
        require(holder == account, CET.NotHolder(key, account, holder));
    }

    /// @notice The figures word of an existing lot; a cancelled offer is none.
    function figuresOf(LotLedger storage ledger, uint64 key) internal view returns (uint256 figures) {
        figures = ledger.lots[key].figures;
        require(figures >> 192 != 0, CET.LotUnknown(key));
    }

    function basisOf(LotLedger storage ledger, uint64 key) internal view returns (uint256) {
        uint256 figures = figuresOf(ledger, key);
        return LotKeys.isDerived(key) ? figures.derivedBasis() : figures.sourceBasis();
    }

    function codeOf(LotLedger storage ledger, uint64 key) internal view returns (LotCode) {
        return LotKeys.isDerived(key) ? ledger.lots[key].holding.codeOf() : LotKeys.codeOf(key);
    }
}
