// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

import {Composition, ICarbonEmissionsToken as CET, Offer, OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {Compositions} from "./Compositions.sol";
import {Evaluation} from "./Evaluation.sol";
import {Context, Forwarding} from "./Forwarding.sol";
import {LotKeys} from "./LotKey.sol";
import {Lots} from "./Lots.sol";
import {LotLedger, LotStore} from "./LotStore.sol";
import {Receiving} from "./Receiving.sol";

/// @notice What a holder does by itself: it allocates to a dependent that opted in, withdraws offers, makes a product of its lots; and
/// the opt-ins themselves (law 9).
/// @dev A deployed library, linked; the token hands whole calls to it (see Forwarding).
library Allocations {
    using Compositions for LotLedger;
    using Forwarding for Context;
    using Lots for LotLedger;
    using Receiving for LotLedger;

    function allocate(Offer calldata offer) external returns (uint64 key) {
        Context memory c = Forwarding.context();
        LotLedger storage ledger = c.ledgerOf();
        ledger.requireHolder(offer.parent, c.caller);
        OptIn memory terms = ledger.requireOptIn(offer, c.caller);
        Receiving.requireCurrent(offer, c.caller);
        key = LotKeys.ofDerived(Receiving.originOf(offer));
        ledger.takeUp(c.registry, c.generation, offer, key, offer.units, terms.maxAncestry, terms.displaces);
        emit IERC1155.TransferSingle(c.caller, address(0), offer.dependent, key, offer.units);
        ledger.useOptIn(offer.dependent, c.caller, terms.gross, Evaluation.figures(ledger, key).gross);
    }

    function compose(Composition calldata composition) external returns (uint64) {
        Context memory c = Forwarding.context();
        return c.ledgerOf().compose(c.caller, composition);
    }

    function cancel(Offer calldata offer) external {
        Context memory c = Forwarding.context();
        LotLedger storage ledger = c.ledgerOf();
        ledger.requireHolder(offer.parent, c.caller);
        uint64 key = LotKeys.ofDerived(Receiving.originOf(offer));
        require(ledger.lots[key].figures == 0, CET.LotExists(key));
        // A tombstone: a parent but no basis. The key is taken, and no lot is there.
        ledger.lots[key].figures = LotStore.derived(0, offer.parent);
        emit CET.OfferCancelled(key, offer.parent);
    }

    function optIn(address supplier, OptIn calldata terms) external {
        Context memory c = Forwarding.context();
        require(supplier != c.caller, CET.SupplierInvalid(supplier));
        c.ledgerOf().optIns[c.caller][supplier] = terms;
        emit CET.OptedIn(c.caller, supplier, terms);
    }
}
