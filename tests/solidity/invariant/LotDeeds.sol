// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Offer, OptIn} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {Node, Reckoned} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {Actors} from "./Actors.sol";

/// @notice Every deed that makes or changes lots, done rightly: each call here must succeed, or the run fails.
abstract contract LotDeeds is Actors {
    struct Displaced {
        uint64 estimate;
        uint256 units;
    }

    /// What lots displaced.
    mapping(uint64 lot => Displaced) internal displaces;

    // Lots

    function mint(uint256 seed) external chosenBy(seed) {
        if (keys.length >= MOST_LOTS) return _idle();
        Party memory p = pickActor();
        uint16[8] memory palette = [
            Codes.STATIONARY_WH,
            Codes.STATIONARY,
            Codes.scope3(1),
            Codes.ELECTRICITY_MARKET_WH,
            Codes.scope3(1, 2),
            Codes.BIOGENIC,
            Codes.ELECTRICITY_LOCATION,
            Codes.scope3(11)
        ];
        uint256[] memory words = new uint256[](1 + pick(3));
        for (uint16 i; i < words.length; ++i) {
            uint64 gross = pick(5) == 0 ? 0 : pickAmount(type(uint64).max);
            words[i] = word(palette[pick(8)], i, pickAmount((1 << 63) - 1), gross);
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
        uint64 units = pick(3) == 0 ? uint64(1 + pick(o.units)) : 0;
        uint64 key = acceptAs(to, o, from.key, Acceptance(ANY_ANCESTRY, estimate, units));
        _made(key, o, units == 0 ? o.units : units, estimate);
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
        _made(key, o, o.units, terms.displaces);
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
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(to.at, address(cet), call_, "a cancelled offer was accepted");
    }

    function succeed(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0) return _idle();
        uint64 key = keys[pick(keys.length)];
        // References are counted for each referrer: see `succeedReference`.
        if (isReference(nodes[key].code)) return _idle();
        Party memory to = pickActor();
        vm.prank(to.at);
        cet.acceptSuccession(key, type(uint40).max);
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

    function wait(uint256 seed) external chosenBy(seed) {
        vm.warp(block.timestamp + pick(1 days));
        vm.prevrandao(bytes32(seed));
    }

    // Parts

    function _offer() private returns (Offer memory o, Party memory from, Party memory to) {
        uint64 parent = keys.length < MOST_LOTS ? pickAvailable() : 0;
        if (parent == 0) return (o, from, to);
        from = partyOf(nodes[parent].holder);
        to = pickOther(from.at);
        uint64 units = pick(3) == 0 ? uint64(available(parent)) : pickAmount(available(parent));
        o = offerOf(parent, to.at, units, childCodeOf(nodes[parent].code));
    }

    /// An estimate of the dependent that the offer may displace, or 0.
    function _estimateOf(address dependent, Offer memory o) private returns (uint64) {
        if (pick(2) == 0) return 0;
        for (uint256 i; i < keys.length; ++i) {
            Node storage n = nodes[keys[i]];
            bool alike = n.source && n.holder == dependent && n.code == o.code;
            if (alike && available(keys[i]) != 0) return keys[i];
        }
        return 0;
    }

    function _made(uint64 key, Offer memory o, uint64 units, uint64 estimate) private {
        addDerived(key, o.dependent, o.code, units, list(o.parent), list(units));
        if (estimate == 0) return;
        displace(key, estimate, units);
    }

    function displace(uint64 key, uint64 estimate, uint256 units) internal {
        uint256 left = available(estimate);
        if (units > left) units = left;
        nodes[estimate].displaced += units;
        displaces[key] = Displaced(estimate, units);
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
