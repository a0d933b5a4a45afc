// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken as CET, Offer, OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {ICertificatedGeneration} from "../interfaces/ICertificatedGeneration.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {Displacements} from "./Displacements.sol";
import {LotCode, LotCodes} from "./LotCode.sol";
import {Lots} from "./Lots.sol";
import {LotLedger, LotStore} from "./LotStore.sol";
import {References} from "./References.sol";

/// @notice What an offer becomes in its dependent's hands, and what the dependent agreed to (laws 6, 9 and 11): the same for
/// offers taken up one by one and for the leaves of an anchor.
library Receiving {
    using Displacements for LotLedger;
    using Lots for LotLedger;
    using References for LotLedger;

    bytes32 private constant OFFER_TYPEHASH = keccak256(
        "Offer(uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity)"
    );
    /// No opt-in has a bit for what needs a signature.
    uint256 private constant SIGNATURE_ONLY = 16;

    /// @notice EIP-712 struct hash of an offer.
    function originOf(Offer calldata offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(OFFER_TYPEHASH, offer));
    }

    /// @notice Refuses what is over, reversed, or for nobody or the supplier itself.
    function requireCurrent(Offer calldata offer, address supplier) internal view {
        require(block.timestamp <= offer.deadline, CET.OfferExpired(offer.deadline, block.timestamp));
        // What a holder passed on to itself would be out of every figure of what was not passed on.
        bool other = offer.dependent != address(0) && offer.dependent != supplier;
        require(other, CET.DependentInvalid(offer.dependent));
        bool ordered = offer.consumedFrom <= offer.consumedTo;
        require(ordered, CET.ConsumptionReversed(offer.consumedFrom, offer.consumedTo));
    }

    /// @notice Takes the units of an offer, or counts them as referred to, and makes the dependent's lot of them.
    function takeUp(
        LotLedger storage ledger,
        IStatementRegistry registry,
        ICertificatedGeneration generation,
        Offer calldata offer,
        uint64 key,
        uint256 units,
        uint256 maxAncestry,
        uint64 displaces
    ) internal {
        LotCode code = LotCode.wrap(offer.code);
        LotCode parentCode;
        uint256 ancestry;
        bool certificated;
        if (code.isReference()) (parentCode, ancestry) = ledger.refer(offer.parent, code, offer.dependent, units);
        else (parentCode, ancestry, certificated) = ledger.take(offer.parent, units);
        deliver(ledger, registry, offer, key, units, parentCode, ancestry, maxAncestry, displaces);
        if (certificated) requireCovered(generation, parentCode, key, offer.parent, units);
    }

    /// @notice Energy out of a certificated lot goes to whom its certificates are cancelled for (law 10). Goods that were made with
    /// it need none.
    /// @param lot What is or was made of the units of `parent`; `units` are all that it has then.
    function requireCovered(
        ICertificatedGeneration generation,
        LotCode parentCode,
        uint64 lot,
        uint64 parent,
        uint256 units
    ) internal view {
        // Trusted: our own contract, which calls nothing but views of our own.
        if (parentCode.unit() == LotCodes.UNIT_WATT_HOUR) generation.requireCovered(lot, parent, uint64(units));
    }

    /// @notice Makes the dependent's lot, of units that were taken or counted already.
    function deliver(
        LotLedger storage ledger,
        IStatementRegistry registry,
        Offer calldata offer,
        uint64 key,
        uint256 units,
        LotCode parentCode,
        uint256 ancestry,
        uint256 maxAncestry,
        uint64 displaces
    ) internal {
        LotCode code = LotCode.wrap(offer.code);
        require(parentCode.mayBecome(code), CET.RescopingForbidden(LotCode.unwrap(parentCode), offer.code));
        unchecked {
            // ancestry ≤ MAX_ANCESTRY.
            ++ancestry;
        }
        if (maxAncestry > LotStore.MAX_ANCESTRY) maxAncestry = LotStore.MAX_ANCESTRY;
        require(ancestry <= maxAncestry, CET.AncestryExceeds(ancestry, maxAncestry));

        ledger.create(key, LotStore.derived(units, offer.parent), LotStore.holding(offer.dependent, code, ancestry));
        if (displaces != 0) ledger.displace(registry, displaces, key, units, offer);
        uint32 consumed = uint32(offer.consumedFrom) << 16 | offer.consumedTo;
        emit CET.LotAllocated(key, offer.parent, offer.dependent, uint64(units), offer.code, consumed, offer.activity);
    }

    /// @notice The units that the terms take of an offer.
    function unitsOf(Offer calldata offer, Acceptance calldata terms) internal pure returns (uint256) {
        if (terms.units == 0) return offer.units;
        require(terms.units <= offer.units, CET.UnitsOverOffer(terms.units, offer.units));
        return terms.units;
    }

    /// @notice The dependent's standing agreement with the supplier, if it covers the offer.
    function requireOptIn(LotLedger storage ledger, Offer calldata offer, address supplier)
        internal
        view
        returns (OptIn memory terms)
    {
        terms = ledger.optIns[offer.dependent][supplier];
        require(block.timestamp <= terms.until, CET.OptInMissing(offer.dependent, supplier));
        requireOptedIn(offer.code, terms.categories);
    }

    function requireOptedIn(uint16 code_, uint16 categories) internal pure {
        LotCode code = LotCode.wrap(code_);
        uint256 bit = SIGNATURE_ONLY;
        if (code.relation() != LotCodes.CONSOLIDATION) {
            if (code.scope() == LotCodes.SCOPE_3) bit = code.category();
            else if (code.scope() == LotCodes.SCOPE_2) bit = 0;
        }
        require((categories >> bit) & 1 == 1, CET.OptInCategoryClosed(code_, categories));
    }

    /// @notice Takes what was received off what the opt-in still allows.
    function useOptIn(LotLedger storage ledger, address dependent, address supplier, uint256 allowed, uint256 gross)
        internal
    {
        require(gross <= allowed, CET.OptInExceeded(gross, allowed));
        unchecked {
            // gross ≤ allowed, which fits.
            ledger.optIns[dependent][supplier].gross = uint64(allowed - gross);
        }
    }
}
