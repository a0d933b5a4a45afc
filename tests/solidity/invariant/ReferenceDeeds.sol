// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Composition, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {Node} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {PromiseDeeds} from "./PromiseDeeds.sol";

/// @notice References of the value chain, of investors and of consolidations, which take nothing, done rightly: each call here
/// must succeed, or the run fails. And what is tried to make more of them than there is, or lots of them.
abstract contract ReferenceDeeds is PromiseDeeds {
    uint16 private constant VALUE_CHAIN = 1;
    uint16 private constant CONSOLIDATION = 2;

    /// Units referred to under each cap that is distinct by the law's words, and the most there ever were of a lot's.
    mapping(bytes32 cap => uint256) internal referred;
    mapping(uint64 parent => uint256) internal mostReferred;

    function refer(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0 || keys.length >= MOST_LOTS) return _idle();
        uint64 parent = keys[pick(keys.length)];
        Node storage n = nodes[parent];
        uint16 code = _referenceCodeOf(n.code, pick(4));
        if (code == 0) return _idle();
        Party memory from = partyOf(n.holder);
        Party memory to = pickOther(from.at);
        bytes32 cap = capOf(parent, code, to.at);
        uint256 left = leftToRefer(parent, cap);
        uint64 units = pickAmount(left == 0 ? n.basis : left);
        Offer memory o = offerOf(parent, to.at, units, code);
        Acceptance memory terms = Acceptance(ANY_ANCESTRY, 0, 0);
        if (units > left) {
            bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), terms));
            mustFail(to.at, address(cet), call_, "more was referred to than there is");
            return;
        }
        terms.displaces = _estimateLike(to.at, code);
        uint64 key = acceptAs(to, o, from.key, terms);
        count(parent, cap, units);
        addReference(key, to.at, code, parent, units);
        if (terms.displaces != 0) displace(key, terms.displaces, units);
    }

    /// The successor's cap bears the reference, or is too small.
    function succeedReference(uint256 seed) external chosenBy(seed) {
        uint64 key = _pickReference();
        if (key == 0) return _idle();
        Node storage n = nodes[key];
        Party memory to = pickActor();
        vm.prank(to.at);
        cet.acceptSuccession(key, type(uint40).max);
        uint64 parent = n.parents[0];
        bytes32 before = capOf(parent, n.code, n.holder);
        bytes32 cap = capOf(parent, n.code, to.at);
        uint256 counted = cap == before ? referred[cap] - n.basis : referred[cap];
        bytes memory call_ = abi.encodeCall(cet.forcedTransfer, (n.holder, to.at, key, n.basis));
        if (counted + n.basis > nodes[parent].basis) {
            mustFail(address(this), address(cet), call_, "a successor was given more than the lot");
            return;
        }
        cet.forcedTransfer(n.holder, to.at, key, n.basis);
        referred[before] -= n.basis;
        count(parent, cap, n.basis);
        n.holder = to.at;
    }

    /// What Mallory tries: references as parents, of lots of others, without consent, or offset.
    function attackReferences(uint256 seed) external chosenBy(seed) {
        uint64 key = _pickReference();
        if (key == 0) return _idle();
        Node storage n = nodes[key];
        Party memory holder = partyOf(n.holder);
        Party memory to = pickOther(holder.at);
        uint16[3] memory children = [Codes.scope3(1, n.code >> 4 & 15), n.code, Codes.scope3(15, n.code >> 4 & 15) | VALUE_CHAIN];
        Offer memory o = offerOf(key, to.at, 1, children[pick(3)]);
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, holder.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(to.at, address(cet), call_, "a reference was a parent");
        call_ = abi.encodeCall(cet.anchor, (key, bytes32(seed), 1, type(uint40).max));
        mustFail(holder.at, address(cet), call_, "a reference was reserved");
        Composition memory c = compositionOf(Codes.GOODS, 1, list(key), list(1));
        mustFail(holder.at, address(cet), abi.encodeCall(cet.compose, (c)), "a reference was composed");
        vm.prank(address(cot));
        (bool offset,) = address(cet).call(abi.encodeCall(cet.applyOffset, (key, 1, holder.at)));
        if (offset) breach = "a reference was offset";
        // Nobody but the lot's holder refers others to it, and an opt-in covers no consolidation.
        o = offerOf(n.parents[0], to.at, 1, n.code);
        address supplier = nodes[n.parents[0]].holder;
        Party memory forger = pickOther(supplier);
        call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, forger.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(to.at, address(cet), call_, "a reference without its source's consent");
        if (n.code & 15 != CONSOLIDATION || to.at == supplier) return;
        optInAs(to, partyOf(supplier), anything());
        mustFail(supplier, address(cet), abi.encodeCall(cet.allocate, (o)), "a consolidation by opt-in");
    }

    /// One cap for each category and referrer, one for all investors, one for each consolidating parent.
    function capOf(uint64 parent, uint16 code, address referrer) internal pure returns (bytes32) {
        bool consolidates = code & 15 == CONSOLIDATION;
        uint256 category = consolidates ? 16 : code >> 10 & 15;
        return keccak256(abi.encode(parent, category, category == 15 ? address(0) : referrer));
    }

    function count(uint64 parent, bytes32 cap, uint256 units) internal {
        referred[cap] += units;
        if (referred[cap] > mostReferred[parent]) mostReferred[parent] = referred[cap];
    }

    /// What a dispute froze is not referred to either.
    function leftToRefer(uint64 parent, bytes32 cap) internal view returns (uint256) {
        Node storage n = nodes[parent];
        uint256 free = n.basis > n.frozen ? n.basis - n.frozen : 0;
        return free > referred[cap] ? free - referred[cap] : 0;
    }

    /// Use, end of life, investments, or the same thing in a parent's books; 0 for nothing.
    function _referenceCodeOf(uint16 code, uint256 way) private pure returns (uint16) {
        bool product = code >> 14 == 0 && code >> 10 & 15 >= 8;
        if (isReference(code)) return 0;
        if (way == 3) return product ? 0 : code | CONSOLIDATION;
        if (code >> 14 == 0 || code == Codes.ELECTRICITY_LOCATION) return 0;
        return Codes.scope3([uint16(11), 12, 15][way], code >> 4 & 15) | VALUE_CHAIN;
    }

    function _pickReference() private returns (uint64) {
        if (keys.length == 0) return 0;
        uint256 start = pick(keys.length);
        for (uint256 i; i < keys.length; ++i) {
            uint64 key = keys[(start + i) % keys.length];
            if (isReference(nodes[key].code)) return key;
        }
        return 0;
    }

    /// The referrer's own estimate of the category, if it has one and something of it is left.
    function _estimateLike(address holder, uint16 code) private returns (uint64) {
        if (code & 15 != VALUE_CHAIN) return 0;
        for (uint256 i; i < keys.length; ++i) {
            Node storage n = nodes[keys[i]];
            bool alike = n.source && n.holder == holder && n.code == code ^ VALUE_CHAIN;
            if (alike && available(keys[i]) != 0) return keys[i];
        }
        return 0;
    }
}
