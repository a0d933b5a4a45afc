// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, Offer, OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evaluation} from "../libraries/Evaluation.sol";
import {LotCode, LotCodes} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore} from "../libraries/LotStore.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Displacing} from "./Displacing.sol";
import {Referencing} from "./Referencing.sol";

/// @notice Units of a supplier's lot become a lot of its dependent, with both parties' consent (laws 1, 9 and 11).
abstract contract Allocating is Displacing, Referencing {
    using LotStore for uint256;

    bytes32 private constant OFFER_TYPEHASH = keccak256(
        "Offer(uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity)"
    );
    /// No opt-in has a bit for what needs a signature.
    uint256 private constant SIGNATURE_ONLY = 16;

    mapping(address dependent => mapping(address supplier => OptIn)) internal _optIns;

    /// @inheritdoc ICarbonEmissionsToken
    function accept(Offer calldata offer, bytes calldata signature, Acceptance calldata terms)
        external
        outsideHooks
        open(ALLOCATE)
        returns (uint64 key)
    {
        require(msg.sender == offer.dependent, NotDependent(msg.sender, offer.dependent));
        bytes32 origin = _originOf(offer);
        address supplier = _holderOf(offer.parent);
        require(Signatures.isValid(supplier, _hashTypedDataV4(origin), signature), OfferSignatureInvalid(supplier));
        key = LotKeys.ofDerived(origin);
        _allocate(offer, key, supplier, _unitsOf(offer, terms), terms.maxAncestry, terms.displaces);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function allocate(Offer calldata offer) external outsideHooks open(ALLOCATE) returns (uint64 key) {
        _requireHolder(offer.parent, msg.sender);
        OptIn memory terms = _requireOptIn(offer, msg.sender);
        key = LotKeys.ofDerived(_originOf(offer));
        _allocate(offer, key, msg.sender, offer.units, terms.maxAncestry, terms.displaces);
        _useOptIn(offer.dependent, msg.sender, terms.gross, Evaluation.figures(_ledger, key).gross);
    }

    function _allocate(
        Offer calldata offer,
        uint64 key,
        address supplier,
        uint256 units,
        uint256 maxAncestry,
        uint64 displaces
    ) private {
        _requireCurrent(offer, supplier);
        LotCode code = LotCode.wrap(offer.code);
        (LotCode parentCode, uint256 ancestry) =
            code.isReference() ? _refer(offer.parent, code, offer.dependent, units) : _take(offer.parent, units);
        _receive(offer, key, units, parentCode, ancestry, maxAncestry, displaces);
        emit TransferSingle(msg.sender, address(0), offer.dependent, key, units);
    }

    function _requireCurrent(Offer calldata offer, address supplier) internal view {
        require(block.timestamp <= offer.deadline, OfferExpired(offer.deadline, block.timestamp));
        // What a holder passed on to itself would be out of every figure of what was not passed on.
        bool other = offer.dependent != address(0) && offer.dependent != supplier;
        require(other, DependentInvalid(offer.dependent));
        require(offer.consumedFrom <= offer.consumedTo, ConsumptionReversed(offer.consumedFrom, offer.consumedTo));
    }

    /// The dependent's lot, of units that were taken or counted already.
    function _receive(
        Offer calldata offer,
        uint64 key,
        uint256 units,
        LotCode parentCode,
        uint256 ancestry,
        uint256 maxAncestry,
        uint64 displaces
    ) internal {
        LotCode code = LotCode.wrap(offer.code);
        require(parentCode.mayBecome(code), RescopingForbidden(LotCode.unwrap(parentCode), offer.code));
        unchecked {
            // ancestry ≤ MAX_ANCESTRY.
            ++ancestry;
        }
        if (maxAncestry > LotStore.MAX_ANCESTRY) maxAncestry = LotStore.MAX_ANCESTRY;
        require(ancestry <= maxAncestry, AncestryExceeds(ancestry, maxAncestry));

        _create(key, LotStore.derived(units, offer.parent), LotStore.holding(offer.dependent, code, ancestry));
        if (displaces != 0) _displace(displaces, key, units, offer);
        uint32 consumed = uint32(offer.consumedFrom) << 16 | offer.consumedTo;
        emit LotAllocated(key, offer.parent, offer.dependent, uint64(units), offer.code, consumed, offer.activity);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function cancel(Offer calldata offer) external outsideHooks open(ALLOCATE) {
        _requireHolder(offer.parent, msg.sender);
        uint64 key = LotKeys.ofDerived(_originOf(offer));
        require(_ledger.lots[key].figures == 0, LotExists(key));
        // A tombstone: a parent but no basis. The key is taken, and no lot is there.
        _ledger.lots[key].figures = LotStore.derived(0, offer.parent);
        emit OfferCancelled(key, offer.parent);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function optIn(address supplier, OptIn calldata terms) external outsideHooks open(ALLOCATE) {
        require(supplier != msg.sender, SupplierInvalid(supplier));
        _optIns[msg.sender][supplier] = terms;
        emit OptedIn(msg.sender, supplier, terms);
    }

    /// The units that the terms take of an offer.
    function _unitsOf(Offer calldata offer, Acceptance calldata terms) internal pure returns (uint256) {
        if (terms.units == 0) return offer.units;
        require(terms.units <= offer.units, UnitsOverOffer(terms.units, offer.units));
        return terms.units;
    }

    function _requireOptIn(Offer calldata offer, address supplier) internal view returns (OptIn memory terms) {
        terms = _optIns[offer.dependent][supplier];
        require(block.timestamp <= terms.until, OptInMissing(offer.dependent, supplier));
        _requireOptedIn(offer.code, terms.categories);
    }

    function _requireOptedIn(uint16 code_, uint16 categories) internal pure {
        LotCode code = LotCode.wrap(code_);
        uint256 bit = SIGNATURE_ONLY;
        if (code.relation() != LotCodes.CONSOLIDATION) {
            if (code.scope() == LotCodes.SCOPE_3) bit = code.category();
            else if (code.scope() == LotCodes.SCOPE_2) bit = 0;
        }
        require((categories >> bit) & 1 == 1, OptInCategoryClosed(code_, categories));
    }

    /// Takes what was received off what the opt-in still allows.
    function _useOptIn(address dependent, address supplier, uint256 allowed, uint256 gross) internal {
        require(gross <= allowed, OptInExceeded(gross, allowed));
        unchecked {
            // gross ≤ allowed, which fits.
            _optIns[dependent][supplier].gross = uint64(allowed - gross);
        }
    }

    function _originOf(Offer calldata offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(OFFER_TYPEHASH, offer));
    }
}
