// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Cancellation, Purpose} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "../support/Codes.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {BookedCancellation, BookedLot} from "./GenerationBooks.sol";
import {GenerationLaws} from "./GenerationLaws.sol";

/// @notice A utility with three plants and two customers certify, cover, take up, free and void, rightly and wrongly: second books say
/// beforehand whether each deed must succeed.
contract GenerationLedger is GenerationLaws {
    uint256 private random;
    string public breach;
    uint256 public done;
    uint256 public allocated;
    uint256 public refusedForLack;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            uint64 plant = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
            _book(plant, utility.at, 100 * MWH, true);
        }
        for (uint256 i; i < 3; ++i) issue(i);
        for (uint256 i; i < 3; ++i) certify(i);
        for (uint256 i; i < 4; ++i) offer(i);
    }

    // Choosing

    function _pick(uint256 limit) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % limit;
    }

    function _party(uint256 which) private view returns (Party memory) {
        return which == 0 ? utility : which == 1 ? university : purchaser;
    }

    function _lot() private returns (uint64) {
        return lots[_pick(lots.length)];
    }

    /// A cancellation that may cover the offer, if there is one, or any.
    function _cancellationFor(Offer memory o) private returns (uint96 any) {
        uint256 start = _pick(cancellations.length);
        any = cancellations[start];
        if (_pick(4) == 0) return any;
        for (uint256 i; i < cancellations.length; ++i) {
            uint96 number = cancellations[(start + i) % cancellations.length];
            BookedCancellation storage c = cancellationBook[number];
            bool fits = c.beneficiary == o.dependent && c.lot == 0 && !c.isVoid && !c.isConsumed && !c.isOther;
            if (fits && _isIssuedFor(o.parent, c.batch)) return number;
        }
    }

    /// An offer that was not taken up, if there is one; half the time one that something covers.
    function _openOffer() private returns (Offer memory o) {
        uint256 start = _pick(offers.length);
        o = offers[start];
        bool isCovered = _pick(2) == 0;
        for (uint256 i; i < offers.length; ++i) {
            Offer memory other = offers[(start + i) % offers.length];
            uint64 lot = derivedKey(offerHash(other));
            if (lotBook[lot].basis == 0 && (!isCovered || covers[lot].length != 0)) return other;
        }
    }

    function _tried(address who, address to, bytes memory data, bool allowed, string memory what) private returns (bool ok) {
        vm.prank(who);
        (ok,) = to.call(data);
        if (ok != allowed) breach = string.concat(ok ? "not refused: " : "refused: ", what);
        if (ok) ++done;
    }

    function _book(uint64 lot, address holder, uint64 basis, bool isEnergy) private returns (BookedLot storage b) {
        b = lotBook[lot];
        (b.holder, b.basis, b.left, b.isEnergy) = (holder, basis, basis, isEnergy);
        lots.push(lot);
    }

    // Certificates

    function issue(uint256 seed) public {
        random = seed;
        if (batches.length == 8) return;
        uint64 number = uint64(1 + _pick(60));
        uint64 batch = issueCertificates(utility.at, number);
        batches.push(batch);
        heldOf[batch] = issuedOf[batch] = number * MWH;
        ++done;
    }

    function cancel(uint256 seed) external {
        random = seed;
        uint64 batch = batches[_pick(batches.length)];
        if (heldOf[batch] == 0 || cancellations.length == 48) return;
        uint64 amount = uint64(1 + _pick(_pick(2) == 0 ? heldOf[batch] : (heldOf[batch] + 9) / 10));
        Cancellation memory c = forOwn(_party(1 + _pick(2)).at);
        bool isOther = _pick(8) == 0;
        if (isOther) c.purpose = Purpose.Other;
        _cancel(batch, amount, c);
    }

    /// As much as an open offer needs, and a Wh less or more.
    function cancelForAnOffer(uint256 seed) external {
        random = seed;
        if (offers.length == 0 || cancellations.length == 48) return;
        Offer memory o = _openOffer();
        uint64 need = _needed(o.parent, o.units);
        if (need == 0) return;
        uint64 amount = need + uint64(_pick(3)) - 1;
        for (uint256 i; i < batches.length; ++i) {
            if (!_isIssuedFor(o.parent, batches[i]) || heldOf[batches[i]] < amount || amount == 0) continue;
            return _cancel(batches[i], amount, forOwn(o.dependent));
        }
    }

    function _cancel(uint64 batch, uint64 amount, Cancellation memory c) private {
        uint96 number = cancelAs(utility, batch, amount, c);
        cancellations.push(number);
        heldOf[batch] -= amount;
        bool isOther = c.purpose == Purpose.Other;
        cancellationBook[number] = BookedCancellation(batch, amount, c.beneficiary, isOther, false, false, 0);
        ++done;
    }

    /// Often whole, so that it says nothing any more of the lots it was issued for.
    function withdraw(uint256 seed) external {
        random = seed;
        uint64 batch = batches[_pick(batches.length)];
        if (heldOf[batch] == 0) return;
        uint64 amount = uint64(_pick(2) == 0 ? heldOf[batch] : 1 + _pick(heldOf[batch]));
        vm.prank(registrar.at);
        eac.withdraw(batch, utility.at, amount, "error");
        heldOf[batch] -= amount;
        withdrawnOf[batch] += amount;
        ++done;
    }

    function void(uint256 seed) external {
        random = seed;
        if (cancellations.length == 0 || _pick(3) != 0) return;
        uint96 number = cancellations[_pick(cancellations.length)];
        BookedCancellation storage c = cancellationBook[number];
        bytes memory call = abi.encodeCall(eac.voidCancellation, (number, "fraud"));
        if (_tried(registrar.at, address(eac), call, !c.isVoid, "void once")) c.isVoid = true;
    }

    /// Its beneficiary states an inventory with it: what it covers, it covers for good.
    function consume(uint256 seed) external {
        random = seed;
        if (cancellations.length == 0) return;
        uint96 number = cancellations[_pick(cancellations.length)];
        BookedCancellation storage c = cancellationBook[number];
        uint256[] memory words = words1(word(Codes.ELECTRICITY_MARKET, 0, 1_000, T));
        Statement memory s = statementOf(c.beneficiary, words);
        s.linesRoot = bytes32(_pick(type(uint256).max) + 1);
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words1(wordOf(number))));
        Evidence memory e = evidenceOf(s, partyAt(c.beneficiary).key);
        bytes memory call = abi.encodeCall(registry.consume, (s, e, 0, words1(wordOf(number))));
        bool allowed = !c.isVoid && !c.isOther && !c.isConsumed;
        if (_tried(registrar.at, address(registry), call, allowed, "consumed once")) c.isConsumed = true;
    }

    // What is certificated

    function certify(uint256 seed) public {
        random = seed;
        (uint64 lot, uint64 batch) = (_lot(), batches[_pick(batches.length)]);
        BookedLot storage b = lotBook[lot];
        address who = _pick(3) == 0 ? registrar.at : _pick(4) == 0 ? _party(_pick(3)).at : b.holder;
        bool allowed = b.isEnergy && (who == b.holder || who == registrar.at) && !issuedFor[lot][batch];
        bytes memory call = abi.encodeCall(generation.certify, (lot, batch));
        if (!_tried(who, address(generation), call, allowed, "certified")) return;
        issuedFor[lot][batch] = true;
        ++b.batches;
        b.marked = true;
    }

    function uncertify(uint256 seed) external {
        random = seed;
        (uint64 lot, uint64 batch) = (_lot(), batches[_pick(batches.length)]);
        // One that is certificated by a batch that is gone, if there is one.
        for (uint256 i; i < lots.length * batches.length; ++i) {
            (uint64 l, uint64 b) = (lots[i / batches.length], batches[i % batches.length]);
            if (issuedFor[l][b] && withdrawnOf[b] == issuedOf[b]) (lot, batch) = (l, b);
        }
        bool allowed = issuedFor[lot][batch] && withdrawnOf[batch] == issuedOf[batch];
        bytes memory call = abi.encodeCall(generation.uncertify, (lot, batch));
        if (!_tried(purchaser.at, address(generation), call, allowed, "uncertified")) return;
        issuedFor[lot][batch] = false;
        if (--lotBook[lot].batches == 0) lotBook[lot].marked = _certificatedPart(lot) != 0;
    }

    function mark(uint256 seed) external {
        random = seed;
        uint64 lot = _lot();
        if (_tried(purchaser.at, address(generation), abi.encodeCall(generation.mark, (lot)), true, "marked")) {
            lotBook[lot].marked = _certificatedPart(lot) != 0;
        }
    }

    /// The utility makes energy, or goods, of two of its lots.
    function compose(uint256 seed) external {
        random = seed;
        if (lots.length >= 24 || _pick(2) == 0) return;
        (uint64 a, uint64 b) = (_lot(), _lot());
        if (a == b || lotBook[a].holder != utility.at || lotBook[b].holder != utility.at) return;
        if (lotBook[a].left == 0 || lotBook[b].left == 0) return;
        uint64 unitsA = uint64(1 + _pick(lotBook[a].left));
        uint64 unitsB = uint64(1 + _pick((lotBook[b].left + 9) / 10));
        bool isEnergy = _pick(4) != 0;
        uint64 output = uint64(1 + _pick(isEnergy ? unitsA + unitsB : 1_000));
        uint64 made = blend(utility, isEnergy ? Codes.ELECTRICITY_PRODUCT_WH : Codes.GOODS, output, a, unitsA, b, unitsB);
        BookedLot storage c = _book(made, utility.at, output, isEnergy);
        c.isProduct = true;
        c.marked = lotBook[a].marked || lotBook[b].marked;
        (c.parents, c.units) = (list(a, b), list(unitsA, unitsB));
        lotBook[a].left -= unitsA;
        lotBook[b].left -= unitsB;
        ++done;
    }

    // Allocations

    function offer(uint256 seed) public {
        random = seed;
        uint64 parent = _lot();
        BookedLot storage b = lotBook[parent];
        if (!b.isEnergy || b.left == 0 || offers.length == 40) return;
        Party memory dependent = _party(1 + _pick(2));
        if (dependent.at == b.holder) return;
        uint64 units = uint64(1 + _pick(_pick(2) == 0 ? b.left : (b.left + 9) / 10));
        offers.push(offerOf(parent, dependent.at, units, Codes.ELECTRICITY_MARKET_WH));
        ++done;
    }

    function cover(uint256 seed) external {
        random = seed;
        if (offers.length == 0 || cancellations.length == 0) return;
        Offer memory o = offers[_pick(offers.length)];
        uint96 number = _cancellationFor(o);
        BookedCancellation storage c = cancellationBook[number];
        uint64 lot = derivedKey(offerHash(o));
        address who = _pick(6) == 0 ? _party(_pick(3)).at : _pick(2) == 0 ? o.dependent : lotBook[o.parent].holder;
        bool allowed = who == o.dependent || who == lotBook[o.parent].holder;
        allowed = allowed && c.beneficiary == o.dependent && !c.isOther && !c.isVoid && !c.isConsumed;
        allowed = allowed && c.lot == 0 && _isIssuedFor(o.parent, c.batch);
        bytes memory call = lotBook[lot].basis != 0 && _pick(2) == 0
            ? abi.encodeCall(generation.cover, (lot, number))
            : abi.encodeCall(generation.coverOffer, (o, number));
        if (!_tried(who, address(generation), call, allowed, "covered")) return;
        c.lot = lot;
        covers[lot].push(number);
    }

    /// All of an offer or a part: out of a marked lot only with certificates for as much.
    function take(uint256 seed) external {
        random = seed;
        if (offers.length == 0) return;
        Offer memory o = _openOffer();
        uint64 lot = derivedKey(offerHash(o));
        if (lotBook[lot].basis != 0) return;
        BookedLot storage from = lotBook[o.parent];
        (uint256 sound,) = _standing(lot);
        uint64 units = _pick(3) == 0 ? uint64(1 + _pick(o.units)) : o.units;
        if (sound != 0 && sound < units && _pick(4) != 0) units = uint64(sound);
        uint64 needed = _needed(o.parent, units);
        bool lacks = from.marked && sound < needed;
        bytes memory signature = signedOffer(o, partyAt(from.holder).key);
        bytes memory call = abi.encodeCall(cet.accept, (o, signature, Acceptance(ANY_ANCESTRY, 0, units)));
        if (lacks && units <= from.left) ++refusedForLack;
        if (!_tried(o.dependent, address(cet), call, units <= from.left && !lacks, "taken up")) return;
        from.left -= units;
        BookedLot storage b = _book(lot, o.dependent, units, true);
        (b.isAllocated, b.asked, b.atBirth) = (true, from.marked, needed);
        (b.parents, b.units) = (list(o.parent), list(units));
        ++allocated;
    }

    function uncover(uint256 seed) external {
        random = seed;
        if (cancellations.length == 0) return;
        uint96 number = cancellations[_pick(cancellations.length)];
        BookedCancellation storage c = cancellationBook[number];
        (uint64 lot, address who) = (c.lot, _pick(4) == 0 ? utility.at : c.beneficiary);
        bool allowed = lot != 0 && who == c.beneficiary && !c.isConsumed;
        if (allowed && lotBook[lot].basis != 0 && !c.isVoid) {
            (uint256 sound,) = _standing(lot);
            allowed = sound - c.amount >= _needed(lotBook[lot].parents[0], lotBook[lot].units[0]);
        }
        bytes memory call = abi.encodeCall(generation.uncover, (number));
        if (!_tried(who, address(generation), call, allowed, "freed")) return;
        c.lot = 0;
        BookedLot storage b = lotBook[lot];
        if (c.isVoid && b.basis != 0) b.voidFreed += c.amount;
        if (b.basis != 0) {
            // What a batch that was withdrawn no longer asks for may be freed, and another batch may ask for it again.
            uint64 now_ = _needed(b.parents[0], b.units[0]);
            if (now_ < b.atBirth) b.atBirth = now_;
        }
        uint96[] storage numbers = covers[lot];
        for (uint256 i; i < numbers.length; ++i) if (numbers[i] == number) numbers[i] = numbers[numbers.length - 1];
        numbers.pop();
    }

    // What must hold

    function checkBreach() public view {
        vm.assertEq(breach, "");
    }

    function check() external view {
        checkBreach();
        _checkCancellations();
        for (uint256 i; i < lots.length; ++i) _checkLot(lots[i]);
    }
}

/// @notice Certificated generation goes with its certificates, each once (law 10), under everything that can happen to either.
contract LawsOfGenerationTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    event log_named_uint(string key, uint256 value);

    GenerationLedger private ledger;

    function setUp() public {
        ledger = new GenerationLedger();
        ledger.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(ledger);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory deeds = new bytes4[](18);
        deeds[0] = ledger.issue.selector;
        deeds[1] = ledger.withdraw.selector;
        deeds[2] = ledger.void.selector;
        deeds[3] = ledger.consume.selector;
        deeds[4] = ledger.certify.selector;
        deeds[5] = ledger.uncertify.selector;
        deeds[6] = ledger.mark.selector;
        deeds[7] = ledger.compose.selector;
        deeds[8] = ledger.uncover.selector;
        (deeds[9], deeds[10]) = (ledger.cancel.selector, ledger.cancelForAnOffer.selector);
        for (uint256 i = 11; i < 13; ++i) deeds[i] = ledger.offer.selector;
        for (uint256 i = 13; i < 16; ++i) deeds[i] = ledger.cover.selector;
        for (uint256 i = 16; i < 18; ++i) deeds[i] = ledger.take.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(ledger), deeds);
    }

    /// What is broken stays broken: everything is read every sixteenth time and at the end.
    /// forge-config: ci.invariant.runs = 600
    function invariant_certificated_generation_goes_with_its_certificates() external view {
        ledger.checkBreach();
        if (ledger.done() % 16 == 0) ledger.check();
    }

    function afterInvariant() external {
        ledger.check();
        emit log_named_uint("calls that changed the ledger", ledger.done());
        emit log_named_uint("allocations", ledger.allocated());
        emit log_named_uint("refused for want of certificates", ledger.refusedForLack());
    }
}
