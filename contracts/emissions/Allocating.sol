// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, Offer, OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evaluation} from "../libraries/Evaluation.sol";
import {LotCode, LotCodes} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore} from "../libraries/LotStore.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Units of a supplier's lot become a lot of its dependent, with both parties' consent (laws 1, 9 and 11).
abstract contract Allocating is LotBook {
    using LotStore for uint256;

    bytes32 private constant OFFER_TYPEHASH = keccak256(
        "Offer(uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity)"
    );

    mapping(uint64 lot => uint256) internal _displaced;
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
        key = _allocate(offer, origin, terms.maxAncestry, terms.displaces);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function allocate(Offer calldata offer) external outsideHooks open(ALLOCATE) returns (uint64 key) {
        _requireHolder(offer.parent, msg.sender);
        OptIn storage kept = _optIns[offer.dependent][msg.sender];
        OptIn memory terms = kept;
        require(block.timestamp <= terms.until, OptInMissing(offer.dependent, msg.sender));
        LotCode code = LotCode.wrap(offer.code);
        uint256 bit = code.scope() == LotCodes.SCOPE_3 ? code.category() : code.scope() == LotCodes.SCOPE_2 ? 0 : 16;
        require((terms.categories >> bit) & 1 == 1, OptInCategoryClosed(offer.code, terms.categories));

        key = _allocate(offer, _originOf(offer), terms.maxAncestry, terms.displaces);
        uint256 gross = Evaluation.figures(_ledger, key).gross;
        require(gross <= terms.gross, OptInExceeded(gross, terms.gross));
        unchecked {
            // gross ≤ terms.gross.
            kept.gross = uint64(terms.gross - gross);
        }
    }

    function _allocate(Offer calldata offer, bytes32 origin, uint256 maxAncestry, uint64 displaces)
        private
        returns (uint64 key)
    {
        require(block.timestamp <= offer.deadline, OfferExpired(offer.deadline, block.timestamp));
        require(offer.dependent != address(0), DependentInvalid(offer.dependent));
        require(offer.consumedFrom <= offer.consumedTo, ConsumptionReversed(offer.consumedFrom, offer.consumedTo));
        (LotCode parentCode, uint256 ancestry) = _take(offer.parent, offer.units);
        LotCode code = LotCode.wrap(offer.code);
        require(parentCode.mayBecome(code), RescopingForbidden(LotCode.unwrap(parentCode), offer.code));
        unchecked {
            // ancestry ≤ MAX_ANCESTRY.
            ++ancestry;
        }
        if (maxAncestry > LotStore.MAX_ANCESTRY) maxAncestry = LotStore.MAX_ANCESTRY;
        require(ancestry <= maxAncestry, AncestryExceeds(ancestry, maxAncestry));

        key = LotKeys.ofDerived(origin);
        _create(key, LotStore.derived(offer.units, offer.parent), LotStore.holding(offer.dependent, code, ancestry));
        if (displaces != 0) _displace(displaces, key, offer);
        uint32 consumed = uint32(offer.consumedFrom) << 16 | offer.consumedTo;
        emit LotAllocated(key, offer.parent, offer.dependent, offer.units, offer.code, consumed, offer.activity);
        emit TransferSingle(msg.sender, address(0), offer.dependent, key, offer.units);
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
        _optIns[msg.sender][supplier] = terms;
        emit OptedIn(msg.sender, supplier, terms);
    }

    /// Law 11: like for like in scope, category, method, unit and period, and only what the estimate has not passed on.
    function _displace(uint64 estimate, uint64 lot, Offer calldata offer) private {
        _requireHolder(estimate, offer.dependent);
        bool alike = !LotKeys.isDerived(estimate) && LotCode.unwrap(LotKeys.codeOf(estimate)) == offer.code;
        require(alike, DisplacementUnlike(estimate, lot));
        (uint16 from, uint16 to) = registry.periodOf(LotKeys.statementOf(estimate));
        bool within = from <= offer.consumedFrom && offer.consumedTo <= to;
        require(within, DisplacementOutOfPeriod(offer.consumedFrom, offer.consumedTo, from, to));
        _take(estimate, offer.units);
        _displaced[estimate] += offer.units;
        emit EstimateDisplaced(estimate, lot, offer.units);
    }

    function _originOf(Offer calldata offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(OFFER_TYPEHASH, offer));
    }
}
