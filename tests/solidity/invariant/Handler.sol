// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Offer, OptIn} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {BatchStatus, CreditBatch} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {Node, Reckoned} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {Actors} from "./Actors.sol";

/// @notice Every entry point of the ledger, called rightly: each call here must succeed, or the run fails.
abstract contract Handler is Actors {
    // Lots

    function mint(uint256 seed) external chosenBy(seed) {
        if (keys.length >= MOST_LOTS) return _idle();
        Party memory p = pickActor();
        uint16[7] memory palette = [
            Codes.STATIONARY_WH,
            Codes.STATIONARY,
            Codes.scope3(1),
            Codes.ELECTRICITY_MARKET_WH,
            Codes.scope3(1, 2),
            Codes.BIOGENIC,
            Codes.ELECTRICITY_LOCATION
        ];
        uint256[] memory words = new uint256[](1 + pick(3));
        for (uint16 i; i < words.length; ++i) {
            uint64 gross = pick(5) == 0 ? 0 : pickAmount(type(uint64).max);
            words[i] = word(palette[pick(7)], i, pickAmount((1 << 63) - 1), gross);
        }
        uint32 number = mintLots(p, words);
        for (uint256 i; i < words.length; ++i) {
            uint16 code = uint16(words[i] >> 144);
            addSource(sourceKey(number, code, uint16(i)), p.at, code, uint64(words[i] >> 64), uint64(words[i]));
        }
    }

    function accept(uint256 seed) external chosenBy(seed) {
        (Offer memory o, Party memory from, Party memory to) = _offer();
        if (o.parent == 0) return _idle();
        uint64 estimate = _estimateOf(to.at, o);
        uint64 key = acceptAs(to, o, from.key, Acceptance(ANY_ANCESTRY, estimate));
        _made(key, o, estimate);
        used.push(abi.encode(o, signedOffer(o, from.key)));
    }

    function allocate(uint256 seed) external chosenBy(seed) {
        (Offer memory o, Party memory from, Party memory to) = _offer();
        if (o.parent == 0 || o.code == Codes.BIOGENIC) return _idle();
        // An opt-in counts gross in 64 bits; a share of more needs a signature.
        if (cet.figures(o.parent).gross > type(uint64).max) return _idle();
        OptIn memory terms = anything();
        terms.displaces = _estimateOf(to.at, o);
        optInAs(to, from, terms);
        uint64 key = allocateAs(from, o);
        _made(key, o, terms.displaces);
        uint256 counted = type(uint64).max - cet.optInOf(to.at, from.at).gross;
        if (counted != figuresOf(key).gross) breach = "an opt-in counted another gross than it received";
    }

    function compose(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0 || keys.length >= MOST_LOTS) return _idle();
        Party memory p = pickActor();
        uint64[] memory parents = new uint64[](5);
        uint64[] memory units = new uint64[](5);
        uint256 edges;
        uint256 start = pick(keys.length);
        uint256 want = 1 + pick(5);
        for (uint256 i; i < keys.length && edges < want; ++i) {
            uint64 key = keys[(start + i) % keys.length];
            if (nodes[key].holder != p.at || !isComposable(nodes[key].code) || available(key) == 0) continue;
            (parents[edges], units[edges]) = (key, uint64(pickAmount(available(key))));
            ++edges;
        }
        if (edges == 0) return _idle();
        assembly ("memory-safe") {
            mstore(parents, edges)
            mstore(units, edges)
        }
        _sort(parents, units);
        uint16 code = pick(2) == 0 ? Codes.GOODS : Codes.ELECTRICITY_PRODUCT_WH;
        uint64 output = pickAmount((1 << 63) - 1);
        uint64 made = composeAs(p, compositionOf(code, output, parents, units));
        addDerived(made, p.at, code, output, parents, units);
    }

    function cancel(uint256 seed) external chosenBy(seed) {
        (Offer memory o, Party memory from, Party memory to) = _offer();
        if (o.parent == 0) return _idle();
        vm.prank(from.at);
        cet.cancel(o);
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), Acceptance(ANY_ANCESTRY, 0)));
        mustFail(to.at, address(cet), call_, "a cancelled offer was accepted");
    }

    function succeed(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0) return _idle();
        uint64 key = keys[pick(keys.length)];
        Party memory to = pickActor();
        vm.prank(to.at);
        cet.acceptSuccession(key);
        Node storage n = nodes[key];
        cet.forcedTransfer(n.holder, to.at, key, n.basis);
        n.holder = to.at;
    }

    function freeze(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0) return _idle();
        uint64 key = keys[pick(keys.length)];
        Node storage n = nodes[key];
        n.frozen = pick(3) == 0 ? pick(n.basis + 1) : 0;
        cet.setFrozenTokens(n.holder, key, n.frozen);
    }

    function cascade(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0) return _idle();
        uint64[] memory lots = new uint64[](1 + pick(6));
        for (uint256 i; i < lots.length; ++i) lots[i] = keys[pick(keys.length)];
        cet.cascade(lots);
        Reckoned[] memory all = reckonAll();
        for (uint256 i; i < lots.length; ++i) {
            uint256 announced = cet.lotOf(lots[i]).announcedNet;
            uint256 net = all[placeOf(lots[i])].net;
            if (announced != net && net < type(uint64).max) breach = "cascade announced another net";
        }
    }

    // Credits

    function issue(uint256 seed) external chosenBy(seed) {
        if (batches.length >= MOST_BATCHES) return _idle();
        address to = pickActor().at;
        uint64 tonnes = 1 + uint64(pick(20_000));
        uint64 batch = issueCredits(to, tonnes);
        batches.push(batch);
        issuedOf[batch] = heldOf[batch][to] = uint256(tonnes) * T;
        statusOf[batch] = BatchStatus.Active;
    }

    function applyCredits(uint256 seed) external chosenBy(seed) {
        _apply(false);
    }

    /// Offsets a source that has dependents, which is what makes their own offsets superfluous.
    function applyUpstream(uint256 seed) external chosenBy(seed) {
        _apply(true);
    }

    function _apply(bool upstream) private {
        uint64 batch = pickBatch(BatchStatus.Active);
        Party memory p = pickHolder(batch);
        if (p.key == 0) return _idle();
        Reckoned[] memory all = reckonAll();
        uint256 start = pick(keys.length + 1);
        for (uint256 i; i < keys.length; ++i) {
            uint64 lot = keys[(start + i) % keys.length];
            Node storage n = nodes[lot];
            if (n.holder != p.at || !isComposable(n.code) || (upstream && (!n.source || n.passed == 0))) continue;
            uint256 most = all[(start + i) % keys.length].net;
            if (most > heldOf[batch][p.at]) most = heldOf[batch][p.at];
            if (most == 0) continue;
            uint64 amount = pick(3) == 0 ? uint64(most) : pickAmount(most);
            applyAs(p, batch, lot, amount);
            heldOf[batch][p.at] -= amount;
            appliedOf[batch][lot] += amount;
            n.offset += amount;
            return;
        }
        _idle();
    }

    function moveSurplus(uint256 seed) external chosenBy(seed) {
        Reckoned[] memory all = reckonAll();
        for (uint256 b; b < batches.length; ++b) {
            if (statusOf[batches[b]] != BatchStatus.Active) continue;
            for (uint256 i; i < keys.length; ++i) {
                uint256 most = appliedOf[batches[b]][keys[i]];
                if (most > all[i].surplus) most = all[i].surplus;
                if (most != 0 && _move(batches[b], keys[i], most, all)) return;
            }
        }
        _idle();
    }

    function _move(uint64 batch, uint64 from, uint256 most, Reckoned[] memory all) private returns (bool) {
        uint256 start = pick(keys.length);
        for (uint256 i; i < keys.length; ++i) {
            uint64 to = keys[(start + i) % keys.length];
            if (nodes[to].holder != nodes[from].holder || to == from || !isComposable(nodes[to].code)) continue;
            // Taking surplus off a lot leaves its net at zero, so nothing else moves.
            uint256 room = all[(start + i) % keys.length].net;
            if (room == 0) continue;
            uint64 amount = uint64(1 + pick(room < most ? room : most));
            vm.prank(nodes[from].holder);
            cot.moveSurplus(batch, from, to, amount);
            appliedOf[batch][from] -= amount;
            appliedOf[batch][to] += amount;
            nodes[from].offset -= amount;
            nodes[to].offset += amount;
            ++moves;
            return true;
        }
        return false;
    }

    function retire(uint256 seed) external chosenBy(seed) {
        uint64 batch = pickBatch(BatchStatus.Active);
        if (batch == 0) return _idle();
        Party memory p = pickHolder(batch);
        if (p.key == 0) return _idle();
        uint64 amount = pickAmount(heldOf[batch][p.at]);
        vm.prank(p.at);
        cot.retire(batch, amount, retirement());
        heldOf[batch][p.at] -= amount;
        retiredOf[batch] += amount;
    }

    function transferCredits(uint256 seed) external chosenBy(seed) {
        uint64 batch = pickBatch(BatchStatus.Active);
        if (batch == 0) return _idle();
        Party memory p = pickHolder(batch);
        if (p.key == 0) return _idle();
        address to = pickActor().at;
        uint256 amount = pickAmount(heldOf[batch][p.at]);
        if (pick(4) == 0) {
            cot.forcedTransfer(p.at, to, batch, amount);
        } else {
            vm.prank(p.at);
            cot.safeTransferFrom(p.at, to, batch, amount, "");
        }
        heldOf[batch][p.at] -= amount;
        heldOf[batch][to] += amount;
    }

    /// Suspends, reinstates or revokes; a revoked batch is voided step by step by `void`.
    function changeStatus(uint256 seed) external chosenBy(seed) {
        uint64 batch = pickBatch(pick(2) == 0 ? BatchStatus.Suspended : BatchStatus.Active);
        if (batch == 0) return _idle();
        BatchStatus next = statusOf[batch] == BatchStatus.Active
            ? BatchStatus.Suspended
            : pick(3) != 0 ? BatchStatus.Active : BatchStatus.Revoked;
        vm.prank(issuer.at);
        cot.setStatus(batch, next, "");
        statusOf[batch] = next;
    }

    function void(uint256 seed) external chosenBy(seed) {
        uint64 batch = pickBatch(BatchStatus.Revoked);
        if (batch == 0) return _idle();
        for (uint256 i; i < keys.length; ++i) {
            uint256 amount = appliedOf[batch][keys[i]];
            if (amount == 0) continue;
            cot.voidApplication(batch, keys[i]);
            delete appliedOf[batch][keys[i]];
            nodes[keys[i]].offset -= amount;
            voidedOf[batch] += amount;
            return;
        }
        Party memory p = pickHolder(batch);
        if (p.key == 0) return _idle();
        cot.voidHolding(batch, p.at);
        voidedOf[batch] += heldOf[batch][p.at];
        delete heldOf[batch][p.at];
    }

    function wait(uint256 seed) external chosenBy(seed) {
        vm.warp(block.timestamp + pick(1 days));
        vm.prevrandao(bytes32(seed));
    }

    // Parts

    function _idle() internal {
        ++idle;
    }

    function _offer() private returns (Offer memory o, Party memory from, Party memory to) {
        uint64 parent = keys.length < MOST_LOTS ? pickAvailable() : 0;
        if (parent == 0) return (o, from, to);
        from = partyOf(nodes[parent].holder);
        to = pickActor();
        uint64 units = pick(3) == 0 ? uint64(available(parent)) : pickAmount(available(parent));
        o = offerOf(parent, to.at, units, childCodeOf(nodes[parent].code));
    }

    /// An estimate of the dependent that the offer may displace, or 0.
    function _estimateOf(address dependent, Offer memory o) private returns (uint64) {
        if (pick(2) == 0) return 0;
        for (uint256 i; i < keys.length; ++i) {
            Node storage n = nodes[keys[i]];
            bool alike = n.source && n.holder == dependent && n.code == o.code;
            uint256 left = available(keys[i]);
            if (keys[i] == o.parent) left = left > o.units ? left - o.units : 0;
            if (alike && left >= o.units) return keys[i];
        }
        return 0;
    }

    function _made(uint64 key, Offer memory o, uint64 estimate) private {
        addDerived(key, o.dependent, o.code, o.units, list(o.parent), list(o.units));
        if (estimate != 0) nodes[estimate].displaced += o.units;
    }

    function _sort(uint64[] memory parents, uint64[] memory units) private pure {
        for (uint256 i = 1; i < parents.length; ++i) {
            for (uint256 j = i; j != 0 && parents[j - 1] > parents[j]; --j) {
                (parents[j], parents[j - 1]) = (parents[j - 1], parents[j]);
                (units[j], units[j - 1]) = (units[j - 1], units[j]);
            }
        }
    }
}
