// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Composition, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {BatchStatus, CreditBatch} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "../support/Codes.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {CreditDeeds} from "./CreditDeeds.sol";

/// @notice What Mallory tries, at random moments: each must be refused, or `breach` says what was not.
contract Hostile is CreditDeeds {
    function attackLots(uint256 seed) external chosenBy(seed) {
        if (keys.length == 0) return _idle();
        uint64 lot = keys[pick(keys.length)];
        address holder = nodes[lot].holder;
        uint256 way = pick(7);
        if (way == 0) return _replay();
        if (way == 1) return _takeTooMuch(lot);
        if (way == 2) return _forge(lot);
        if (way == 3) return _stealInto(lot);
        if (way == 4) return _expired(lot);
        if (way == 5) {
            bytes memory call_ = abi.encodeCall(cet.forcedTransfer, (holder, actors[3].at, lot, nodes[lot].basis));
            mustFail(address(this), address(cet), call_, "a succession nobody accepted");
            return mustFail(actors[3].at, address(cet), call_, "a succession by a stranger");
        }
        bytes memory send = abi.encodeCall(cet.safeTransferFrom, (holder, actors[3].at, lot, 1, ""));
        mustFail(holder, address(cet), send, "a holder sent emissions away");
    }

    function _replay() private {
        if (used.length == 0) return _idle();
        (Offer memory o, bytes memory signature) = abi.decode(used[pick(used.length)], (Offer, bytes));
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signature, Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(o.dependent, address(cet), call_, "an offer made two lots");
    }

    function _takeTooMuch(uint64 lot) private {
        uint16 code = childCodeOf(nodes[lot].code);
        Party memory from = partyOf(nodes[lot].holder);
        Offer memory o = offerOf(lot, actors[3].at, uint64(available(lot) + 1), code == 0 ? Codes.scope3(1) : code);
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(actors[3].at, address(cet), call_, "more was taken than there is");
    }

    /// Mallory signs for others, and others' offers reach only whom they name.
    function _forge(uint64 lot) private {
        Party memory from = partyOf(nodes[lot].holder);
        Offer memory o = offerOf(lot, actors[3].at, 1, childCodeOf(nodes[lot].code));
        uint256 wrongKey = from.at == actors[3].at ? actors[0].key : actors[3].key;
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, wrongKey), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(actors[3].at, address(cet), call_, "a forged offer");
        call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(actors[0].at, address(cet), call_, "an offer to another");
        mustFail(address(0xBAD), address(cet), abi.encodeCall(cet.allocate, (o)), "an allocation by a stranger");
        o.dependent = address(0xBAD);
        mustFail(from.at, address(cet), abi.encodeCall(cet.allocate, (o)), "a dependent who did not opt in");
    }

    function _stealInto(uint64 lot) private {
        if (nodes[lot].holder == actors[3].at) return _idle();
        Composition memory c = compositionOf(Codes.GOODS, 1, list(lot), list(1));
        mustFail(actors[3].at, address(cet), abi.encodeCall(cet.compose, (c)), "another's lot was composed");
        c.edges = edgesOf(list(lot, lot), list(1, 1));
        mustFail(nodes[lot].holder, address(cet), abi.encodeCall(cet.compose, (c)), "a parent stood twice");
    }

    function _expired(uint64 lot) private {
        Party memory from = partyOf(nodes[lot].holder);
        Offer memory o = offerOf(lot, actors[3].at, 1, childCodeOf(nodes[lot].code));
        o.deadline = uint40(block.timestamp - 1);
        bytes memory call_ = abi.encodeCall(cet.accept, (o, signedOffer(o, from.key), Acceptance(ANY_ANCESTRY, 0, 0)));
        mustFail(actors[3].at, address(cet), call_, "an expired offer");
    }

    function attackCredits(uint256 seed) external chosenBy(seed) {
        if (batches.length == 0 || keys.length == 0) return _idle();
        uint64 batch = batches[pick(batches.length)];
        uint64 lot = keys[pick(keys.length)];
        address holder = nodes[lot].holder;
        bytes memory applied = abi.encodeCall(cet.applyOffset, (lot, 1, holder));
        mustFail(actors[3].at, address(cet), applied, "an offset without credits");
        mustFail(actors[3].at, address(cet), abi.encodeCall(cet.removeOffset, (lot, 1)), "an offset removed");
        uint256 held = heldOf[batch][holder];
        bytes memory retired = abi.encodeCall(cot.retire, (batch, uint64(held + 1), retirement()));
        mustFail(holder, address(cot), retired, "more was retired than is held");
        if (statusOf[batch] != BatchStatus.Active && held != 0) {
            bytes memory apply_ = abi.encodeCall(cot.applyTo, (batch, lot, 1));
            mustFail(holder, address(cot), apply_, "a suspended batch was used");
        }
        bool voidable = statusOf[batch] == BatchStatus.Revoked && appliedOf[batch][lot] != 0;
        if (!voidable) {
            bytes memory void_ = abi.encodeCall(cot.voidApplication, (batch, lot));
            mustFail(actors[3].at, address(cot), void_, "a sound application was voided, or one twice");
        }
        uint256 net = figuresOf(lot).net;
        if (net < held && statusOf[batch] == BatchStatus.Active) {
            bytes memory apply_ = abi.encodeCall(cot.applyTo, (batch, lot, uint64(net + 1)));
            mustFail(holder, address(cot), apply_, "more was offset than the net");
        }
        CreditBatch memory again = cot.batchOf(batch).batch;
        uint64 previous = pick(2) == 0 ? 0 : again.firstSerial;
        mustFail(issuer.at, address(cot), abi.encodeCall(cot.issue, (again, "attributes", previous, holder)), "serials twice");
        again.firstSerial = again.lastSerial;
        mustFail(issuer.at, address(cot), abi.encodeCall(cot.issue, (again, "attributes", previous, holder)), "serials overlap");
        mustFail(actors[3].at, address(cot), abi.encodeCall(cot.issue, (again, "attributes", 0, holder)), "issued by a stranger");
    }

    /// Everybody signs, and still no entity has two statements of one day, no lot is minted twice.
    function attackStatements(uint256 seed) external chosenBy(seed) {
        if (keys.length >= MOST_LOTS) return _idle();
        Party memory p = pickActor();
        uint256[] memory words = words1(word(Codes.STATIONARY, 0, pickAmount(1 << 40), pickAmount(1 << 50)));
        Statement memory s = statementOf(p.at, words);
        Evidence memory e = evidenceOf(s, p.key);
        cet.mint(s, e, 0, words);
        uint64 key = sourceKey(registry.record(hashOf(s)).number, Codes.STATIONARY, 0);
        addSource(key, p.at, Codes.STATIONARY, uint64(words[0] >> 64), uint64(words[0]));
        mustFail(p.at, address(cet), abi.encodeCall(cet.mint, (s, e, 0, words)), "a statement minted twice");

        s.periodStart = FIRST_DAY + uint16(pick(365));
        s.periodEnd = s.periodStart + uint16(pick(300));
        s.document = keccak256(abi.encode(seed));
        e.previousPeriod = pick(2) == 0 ? FIRST_DAY : 0;
        e = resigned(s, e, p.key);
        mustFail(p.at, address(cet), abi.encodeCall(cet.mint, (s, e, 0, words)), "a period minted twice");
        s.periodStart = FIRST_DAY - uint16(pick(300));
        s.periodEnd = FIRST_DAY;
        e = resigned(s, e, p.key);
        mustFail(p.at, address(cet), abi.encodeCall(cet.mint, (s, e, 0, words)), "an overlapping period");
    }
}
