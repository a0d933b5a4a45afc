// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Node, Reckoned} from "../support/Model.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";
import {StatementDeeds} from "./StatementDeeds.sol";

/// @notice Every deed with credits, done rightly: each call here must succeed, or the run fails.
abstract contract CreditDeeds is StatementDeeds {
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
            uint64 amount = upstream || pick(3) == 0 ? uint64(most) : pickAmount(most);
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
}
