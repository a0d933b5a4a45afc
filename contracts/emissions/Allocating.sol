// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, Offer, OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {Allocations} from "../libraries/Allocations.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {Lots} from "../libraries/Lots.sol";
import {LotLedger} from "../libraries/LotStore.sol";
import {Receiving} from "../libraries/Receiving.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Units of a supplier's lot become a lot of its dependent, or are referred to by it, with both parties' consent
/// (laws 1, 9 and 11).
abstract contract Allocating is LotBook {
    using Lots for LotLedger;
    using Receiving for LotLedger;

    /// @inheritdoc ICarbonEmissionsToken
    function accept(Offer calldata offer, bytes calldata signature, Acceptance calldata terms)
        external
        outsideHooks
        open(ALLOCATE)
        returns (uint64 key)
    {
        require(_msgSender() == offer.dependent, NotDependent(_msgSender(), offer.dependent));
        bytes32 origin = Receiving.originOf(offer);
        address supplier = _ledger.holderOf(offer.parent);
        require(Signatures.isValid(supplier, _hashTypedDataV4(origin), signature), OfferSignatureInvalid(supplier));
        uint256 units = Receiving.unitsOf(offer, terms);
        Receiving.requireCurrent(offer, supplier);
        key = LotKeys.ofDerived(origin);
        _ledger.takeUp(registry, generation, offer, key, units, terms.maxAncestry, terms.displaces);
        emit TransferSingle(_msgSender(), address(0), _msgSender(), key, units);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function allocate(Offer calldata) external outsideHooks open(ALLOCATE) returns (uint64) {
        _forward(address(Allocations), Allocations.allocate.selector);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function cancel(Offer calldata) external outsideHooks open(ALLOCATE) {
        _forward(address(Allocations), Allocations.cancel.selector);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function optIn(address, OptIn calldata) external outsideHooks open(ALLOCATE) {
        _forward(address(Allocations), Allocations.optIn.selector);
    }
}
