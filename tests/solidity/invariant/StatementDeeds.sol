// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "../support/Codes.sol";
import {Node} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {CorrectionDeeds} from "./CorrectionDeeds.sol";

/// @notice Statements corrected, their lots restated, their opinions taken back, rightly: each call here must succeed.
abstract contract StatementDeeds is CorrectionDeeds {
    /// A chain of statements about one entity and period.
    struct Chain {
        address participant;
        bytes head;
        uint256 inflation;
        bool withdrawn;
        uint64[] lots;
    }

    Chain[] internal chains;
    /// The most a lot may ever be worth from the moment somebody else bore a part of it, by a quarter in all; plus one.
    mapping(uint64 lot => uint256) internal mostGross;
    uint256 public restatements;

    function state(uint256 seed) external chosenBy(seed) {
        if (keys.length + 2 > MOST_LOTS) return _idle();
        Party memory p = pickActor();
        uint16[3] memory palette = [Codes.STATIONARY_WH, Codes.scope3(1, 2), Codes.BIOGENIC];
        uint256[] memory words = new uint256[](2);
        for (uint16 i; i < 2; ++i) words[i] = word(palette[pick(3)], i, pickAmount(1 << 60), pickAmount(1 << 60));
        if (words[0] >> 128 > words[1] >> 128) (words[0], words[1]) = (words[1], words[0]);
        Statement memory s = statementOf(p.at, words);
        s.reported = [uint64(1), 1, 1, 1, 1];
        cet.mint(s, evidenceOf(s, p.key), 0, words);
        chains.push();
        Chain storage c = chains[chains.length - 1];
        (c.participant, c.head) = (p.at, abi.encode(s));
        _minted(c, s, words);
    }

    function restate(uint256 seed) external chosenBy(seed) {
        if (chains.length == 0) return _idle();
        Chain storage c = chains[pick(chains.length)];
        Party memory p = partyOf(c.participant);
        uint16 inflation = pick(2) == 0 ? uint16(pick(400)) : 0;
        uint256 inflated = ceil((10_000 + c.inflation) * (10_000 + inflation), 10_000) - 10_000;
        if (inflated > 2_500) (inflation, inflated) = (0, c.inflation);
        uint256[] memory words = _restated(c, inflation);
        uint256[] memory further = new uint256[](keys.length < MOST_LOTS && pick(4) == 0 ? 1 : 0);
        if (further.length != 0) further[0] = word(Codes.STATIONARY_WH, 9, pickAmount(1 << 60), pickAmount(1 << 60));

        Statement memory s = supersedingOf(abi.decode(c.head, (Statement)), words, further, inflation);
        s.reported = [uint64(1), 1, 1, 1, 1];
        Evidence memory e = evidenceOf(s, p.key);
        if (further.length != 0 && pick(2) == 0) cet.mint(s, e, 0, further);
        cet.restate(s, e, 0, words);
        bytes memory again = abi.encodeCall(cet.restate, (s, e, 0, words));
        mustFail(actors[3].at, address(cet), again, "a chunk was carried out twice");
        (c.head, c.inflation, c.withdrawn) = (abi.encode(s), inflated, false);
        for (uint256 i; i < words.length; ++i) _changed(uint64(words[i] >> 128), uint64(words[i]));
        if (further.length == 0) return;
        if (cet.participantOf(_numberOf(s)) != p.at) breach = "a restated statement without its participant";
        (bool ok,) = address(cet).call(abi.encodeCall(cet.mint, (s, e, 0, further)));
        ok; // Minted now, or before the restatement.
        _minted(c, s, further);
    }

    function withdraw(uint256 seed) external chosenBy(seed) {
        if (chains.length == 0) return _idle();
        Chain storage c = chains[pick(chains.length)];
        if (c.withdrawn) return _idle();
        bytes32 id = hashOf(abi.decode(c.head, (Statement)));
        bytes memory call_ = abi.encodeCall(registry.withdraw, (id, ""));
        mustFail(c.participant, address(registry), call_, "a participant took back an opinion");
        vm.prank(verifier.at);
        registry.withdraw(id, "");
        c.withdrawn = true;
    }

    function attackRestatement(uint256 seed) external chosenBy(seed) {
        if (chains.length < 2) return _idle();
        Chain storage c = chains[pick(chains.length)];
        uint64 lot = c.lots[pick(c.lots.length)];
        uint256 gross = nodes[lot].gross;
        _mustNotRestate(c, uint256(lot) << 128 | (gross + 1) << 64, "another gross than expected");
        if (concernsOthers(lot, c.participant)) {
            _mustNotRestate(c, uint256(lot) << 128 | gross << 64 | gross + 1, "what was passed on was inflated");
        }
        Chain storage other = chains[pick(chains.length)];
        if (keccak256(other.head) == keccak256(c.head)) return;
        lot = other.lots[pick(other.lots.length)];
        _mustNotRestate(c, uint256(lot) << 128 | nodes[lot].gross << 64, "a lot of another chain was restated");
    }

    function _mustNotRestate(Chain storage c, uint256 word_, string memory what) private {
        uint256 before = vm.snapshotState();
        Statement memory s =
            supersedingOf(abi.decode(c.head, (Statement)), words1(word_), new uint256[](0), 0);
        Evidence memory e = evidenceOf(s, partyOf(c.participant).key);
        (bool ok,) = address(cet).call(abi.encodeCall(cet.restate, (s, e, 0, words1(word_))));
        vm.revertToState(before);
        if (ok) breach = what;
    }

    /// Some of the chain's lots, each with a gross it may get.
    function _restated(Chain storage c, uint256 inflation) private returns (uint256[] memory words) {
        words = new uint256[](c.lots.length);
        uint256 count;
        for (uint256 i; i < c.lots.length; ++i) {
            if (count != 0 && pick(2) == 0) continue;
            uint64 lot = c.lots[i];
            uint256 gross = nodes[lot].gross;
            uint256 most = 1 << 62;
            if (concernsOthers(lot, c.participant)) {
                most = gross + gross * inflation / 10_000;
                if (mostGross[lot] == 0) mostGross[lot] = gross + gross / 4 + 1;
            } else {
                delete mostGross[lot];
            }
            uint256 next = pick(3) == 0 ? most : pick(most + 1);
            words[count++] = uint256(lot) << 128 | gross << 64 | next;
        }
        assembly ("memory-safe") {
            mstore(words, count)
        }
    }

    function _changed(uint64 lot, uint256 gross) private {
        nodes[lot].gross = gross;
        if (mostGross[lot] != 0 && gross >= mostGross[lot]) breach = "a chain leaked its bound";
        ++restatements;
    }

    function _minted(Chain storage c, Statement memory s, uint256[] memory words) private {
        uint32 number = _numberOf(s);
        for (uint256 i; i < words.length; ++i) {
            (uint16 code, uint16 index) = (uint16(words[i] >> 144), uint16(words[i] >> 128));
            uint64 key = sourceKey(number, code, index);
            addSource(key, c.participant, code, uint64(words[i] >> 64), uint64(words[i]));
            c.lots.push(key);
        }
    }

    function _numberOf(Statement memory s) private view returns (uint32) {
        return registry.record(hashOf(s)).number;
    }

    function concernsOthers(uint64 lot, address participant) internal view returns (bool) {
        return nodes[lot].passed + nodes[lot].reserved != 0 || nodes[lot].holder != participant;
    }
}
