// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";

import {BatchStatus} from "../../../contracts/interfaces/BatchStatus.sol";
import {IUsePhaseEscrow, Reconciliation, UsePhase} from "../../../contracts/interfaces/IUsePhaseEscrow.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

interface IEscrow is IUsePhaseEscrow, IERC1155Receiver {}

/// @notice Two holders put credits of three batches into three uses, reconcile, get back and wait, rightly and wrongly. A second set of
/// books says beforehand whether each deed must succeed, and what is held afterwards.
contract EscrowLedger is LedgerTest {
    uint256 private constant HOLDERS = 2;
    uint256 private constant USES = 3;
    uint256 private constant BATCHES = 3;
    IEscrow private escrow;
    Party[2] private holders;
    uint64[3] private batches;
    mapping(bytes32 id => mapping(uint64 batch => uint256)) private putIn;
    mapping(bytes32 id => mapping(uint64 batch => uint256)) private retired;
    mapping(bytes32 id => mapping(uint64 batch => uint256)) private givenBack;
    mapping(bytes32 id => bool) private over;
    uint256 private random;
    uint256 public done;
    uint256 public refused;
    uint256 public reconciled;

    function setUp() public override {
        super.setUp();
        escrow = IEscrow(deploy("UsePhaseEscrow", abi.encode(cot, registry)));
        (holders[0], holders[1]) = (utility, university);
        for (uint256 i; i < BATCHES; ++i) {
            batches[i] = issueCredits(utility.at, 100);
            vm.prank(utility.at);
            cot.safeTransferFrom(utility.at, university.at, batches[i], 50 * T, "");
        }
    }

    function _pick(uint256 limit) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % limit;
    }

    /// The uses: over after 20, 40 and 60 days, to be reconciled within 30 days more.
    function _use(uint256 which) private pure returns (UsePhase memory) {
        uint16 first = uint16(NOW / 1 days);
        uint16 last = first + uint16(20 * (which + 1));
        return UsePhase({
            product: "kettle",
            beneficiary: "its users in Germany",
            periodStart: first,
            periodEnd: last,
            deadline: uint40((uint256(last) + 30) * 1 days),
            terms: keccak256("terms, 4.2")
        });
    }

    function _held(bytes32 id, uint64 batch) private view returns (uint256) {
        return putIn[id][batch] - retired[id][batch] - givenBack[id][batch];
    }

    function _active(uint64 batch) private view returns (bool) {
        return cot.batchOf(batch).status == BatchStatus.Active;
    }

    /// Tries it, and says whether it was done: as the second books say it must be, or the campaign ends here.
    function _try(address who, address to, bytes memory data, bool expected, string memory deed) private {
        vm.prank(who);
        (bool ok,) = to.call(data);
        vm.assertEq(ok, expected, deed);
        if (ok) ++done;
        else ++refused;
    }

    function put(uint256 seed) external {
        random = seed;
        (Party memory p, UsePhase memory use) = (holders[_pick(HOLDERS)], _use(_pick(USES)));
        uint64 batch = batches[_pick(BATCHES)];
        uint256 amount = 1 + _pick(12 * T);
        bytes32 id = escrow.escrowOf(p.at, use);
        bool may = !over[id] && _active(batch) && block.timestamp <= use.deadline
            && amount <= cot.balanceOf(p.at, batch);
        bytes memory data =
            abi.encodeCall(cot.safeTransferFrom, (p.at, address(escrow), batch, amount, abi.encode(use)));
        _try(p.at, address(cot), data, may, "put in");
        if (may) putIn[id][batch] += amount;
    }

    function reconcile(uint256 seed) external {
        random = seed;
        (Party memory p, UsePhase memory use) = (holders[_pick(HOLDERS)], _use(_pick(USES)));
        bytes32 id = escrow.escrowOf(p.at, use);
        Reconciliation memory r = Reconciliation(id, verifier.at, bytes32(seed), new uint64[](0), new uint64[](0));
        bool may = !over[id] && block.timestamp / 1 days > use.periodEnd && block.timestamp <= use.deadline;
        bool within;
        (r.batches, r.amounts, within) = _amounts(id);
        may = may && within;
        (uint256 first, uint256 second) = (p.key, verifier.key);
        if (_pick(8) == 0) (first, second, may) = (second, first, false);
        if (_pick(8) == 0) (r.verifier, second, may) = (p.at, p.key, false);
        if (_pick(8) == 0) (r.escrow, may) = (escrow.escrowOf(p.at, _use(3)), false);
        bytes32 digest = escrow.digestOf(r);
        bytes memory data = abi.encodeCall(
            escrow.reconcile, (p.at, use, r, signed(first, digest), signed(second, digest))
        );
        _try(purchaser.at, address(escrow), data, may, "reconciled");
        if (!may) return;
        (over[id], reconciled) = (true, reconciled + 1);
        for (uint256 i; i < r.batches.length; ++i) retired[id][r.batches[i]] += r.amounts[i];
    }

    /// Some of what is held of some batches, in order; now and then more than is held, or a batch twice.
    function _amounts(bytes32 id) private returns (uint64[] memory of_, uint64[] memory amounts, bool right) {
        uint64[3] memory sorted = _sorted();
        uint256 count;
        right = true;
        (of_, amounts) = (new uint64[](4), new uint64[](4));
        for (uint256 i; i < BATCHES; ++i) {
            uint256 held = _held(id, sorted[i]);
            if (held == 0 || _pick(4) == 0) continue;
            (of_[count], amounts[count]) = (sorted[i], uint64(1 + _pick(held)));
            if (_pick(12) == 0) (amounts[count], right) = (uint64(held + 1), false);
            if (!_active(sorted[i])) right = false;
            ++count;
        }
        if (count != 0 && _pick(12) == 0) {
            (of_[count], amounts[count], right) = (of_[count - 1], 1, false);
            ++count;
        }
        assembly ("memory-safe") {
            mstore(of_, count)
            mstore(amounts, count)
        }
    }

    function _sorted() private view returns (uint64[3] memory s) {
        s = batches;
        for (uint256 i; i < 3; ++i) {
            uint256 at = i % 2;
            if (s[at] > s[at + 1]) (s[at], s[at + 1]) = (s[at + 1], s[at]);
        }
    }

    function giveBack(uint256 seed) external {
        random = seed;
        (Party memory p, UsePhase memory use) = (holders[_pick(HOLDERS)], _use(_pick(USES)));
        uint64 batch = batches[_pick(BATCHES)];
        bytes32 id = escrow.escrowOf(p.at, use);
        uint256 held = _held(id, batch);
        bool may = over[id] && held != 0 && _active(batch);
        uint256 before = cot.balanceOf(p.at, batch);
        _try(purchaser.at, address(escrow), abi.encodeCall(escrow.giveBack, (p.at, use, batch)), may, "given back");
        if (!may) return;
        givenBack[id][batch] += held;
        vm.assertEq(cot.balanceOf(p.at, batch), before + held, "to its holder");
    }

    function retireUnreconciled(uint256 seed) external {
        random = seed;
        (Party memory p, UsePhase memory use) = (holders[_pick(HOLDERS)], _use(_pick(USES)));
        uint64 batch = batches[_pick(BATCHES)];
        bytes32 id = escrow.escrowOf(p.at, use);
        uint256 held = _held(id, batch);
        bool may = !over[id] && held != 0 && _active(batch) && block.timestamp > use.deadline;
        bytes memory data = abi.encodeCall(escrow.retireUnreconciled, (p.at, use, batch));
        _try(purchaser.at, address(escrow), data, may, "retired after the deadline");
        if (may) retired[id][batch] += held;
    }

    /// One batch is suspended at a time, and active again some deeds later.
    function suspend(uint256 seed) external {
        random = seed;
        uint64 batch = batches[_pick(BATCHES)];
        bool active = _active(batch);
        if (active && _pick(3) != 0) return;
        vm.prank(issuer.at);
        cot.setStatus(batch, active ? BatchStatus.Suspended : BatchStatus.Active, "inquiry");
    }

    function wait(uint256 seed) external {
        random = seed;
        vm.warp(block.timestamp + _pick(12 days));
    }

    // What must hold

    /// Of each escrow and batch: put in = retired + given back + held; and the token knows of nothing else.
    function check() external view {
        for (uint256 b; b < BATCHES; ++b) {
            (uint256 held, uint256 gone) = (0, 0);
            for (uint256 h; h < HOLDERS; ++h) {
                for (uint256 u; u < USES; ++u) {
                    bytes32 id = escrow.escrowOf(holders[h].at, _use(u));
                    vm.assertEq(escrow.heldOf(id, batches[b]), _held(id, batches[b]), "held of an escrow");
                    vm.assertEq(escrow.isReconciled(id), over[id], "reconciled");
                    held += _held(id, batches[b]);
                    gone += retired[id][batches[b]];
                }
            }
            vm.assertEq(cot.balanceOf(address(escrow), batches[b]), held, "held in all");
            vm.assertEq(cot.batchOf(batches[b]).retired, gone, "retired in all");
        }
    }
}

/// @notice The laws of the escrow under everything that can happen to it.
contract LawsOfEscrowsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    event log_named_uint(string key, uint256 value);

    EscrowLedger private ledger;

    function setUp() public {
        ledger = new EscrowLedger();
        ledger.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(ledger);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory deeds = new bytes4[](9);
        deeds[0] = ledger.put.selector;
        deeds[1] = ledger.put.selector;
        deeds[2] = ledger.reconcile.selector;
        deeds[3] = ledger.reconcile.selector;
        deeds[4] = ledger.giveBack.selector;
        deeds[5] = ledger.retireUnreconciled.selector;
        deeds[6] = ledger.suspend.selector;
        deeds[7] = ledger.wait.selector;
        deeds[8] = ledger.wait.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(ledger), deeds);
    }

    /// forge-config: ci.invariant.runs = 600
    function invariant_what_was_put_in_is_retired_given_back_or_held() external view {
        ledger.check();
    }

    function afterInvariant() external {
        emit log_named_uint("calls that changed an escrow", ledger.done());
        emit log_named_uint("calls that were refused", ledger.refused());
        emit log_named_uint("reconciliations", ledger.reconciled());
    }
}
