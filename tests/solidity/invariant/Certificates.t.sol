// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "../../../contracts/interfaces/BatchStatus.sol";
import {Cancellation, CancellationView, CertificateBatchView} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {Codes} from "../support/Codes.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Three participants and a tracking system's operator do what they may with certificates, and try what they may not.
contract CertificateLedger is CertificateTest {
    Party[3] private actors;
    uint64[] private batches;
    uint96[] private cancellations;
    mapping(uint64 batch => uint256) private withdrawnOf;
    mapping(uint64 batch => uint256) private cancelledOf;
    mapping(uint64 batch => mapping(address holder => uint256)) private heldOf;
    mapping(uint96 number => uint32) private chainOf;
    mapping(uint96 number => bool) private isVoid;
    mapping(address participant => Statement) private heads;
    mapping(address participant => uint32) private roots;
    mapping(uint32 number => uint256) private voidedOf;
    mapping(uint96 number => uint32) private lastOf;
    uint32 private statements;
    uint256 private random;
    string public breach;
    uint256 public done;
    uint256 public consumed;

    function setUp() public override {
        super.setUp();
        (actors[0], actors[1], actors[2]) = (utility, university, purchaser);
    }

    function _pick(uint256 limit) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % limit;
    }

    function _batch() private returns (uint64) {
        return batches.length == 0 ? 0 : batches[_pick(batches.length)];
    }

    /// A holder of the batch; key 0 if nobody is.
    function _holder(uint64 batch) private returns (Party memory none) {
        uint256 start = _pick(3);
        for (uint256 i; i < 3; ++i) if (heldOf[batch][actors[(start + i) % 3].at] != 0) return actors[(start + i) % 3];
    }

    function issue(uint256 seed) external {
        random = seed;
        if (batches.length == 12) return;
        address to = actors[_pick(3)].at;
        uint64 number = uint64(1 + _pick(1_000));
        uint64 batch = issueCertificates(to, number);
        batches.push(batch);
        heldOf[batch][to] = number * MWH;
        // The same serials again, by the same operator.
        vm.prank(registrar.at);
        (bool ok,) = address(eac).call(abi.encodeCall(eac.issue, (eac.batchOf(batch).batch, 0, to)));
        if (ok) breach = "serials issued twice";
        ++done;
    }

    function transfer(uint256 seed) external {
        random = seed;
        uint64 batch = _batch();
        Party memory p = _holder(batch);
        if (p.key == 0 || eac.batchOf(batch).status != BatchStatus.Active) return;
        address to = actors[_pick(3)].at;
        uint256 amount = 1 + _pick(heldOf[batch][p.at]);
        vm.prank(p.at);
        eac.safeTransferFrom(p.at, to, batch, amount, "");
        heldOf[batch][p.at] -= amount;
        heldOf[batch][to] += amount;
        ++done;
    }

    function cancel(uint256 seed) external {
        random = seed;
        uint64 batch = _batch();
        Party memory p = _holder(batch);
        if (p.key == 0 || eac.batchOf(batch).status != BatchStatus.Active) return;
        uint64 amount = uint64(1 + _pick(heldOf[batch][p.at]));
        Cancellation memory c = forOwn(actors[_pick(3)].at);
        cancellations.push(cancelAs(p, batch, amount, c));
        heldOf[batch][p.at] -= amount;
        cancelledOf[batch] += amount;
        vm.prank(p.at);
        (bool ok,) = address(eac).call(abi.encodeCall(eac.cancel, (batch, amount, c)));
        if (ok) breach = "one cancellation twice";
        ++done;
    }

    function withdraw(uint256 seed) external {
        random = seed;
        uint64 batch = _batch();
        Party memory p = _holder(batch);
        if (p.key == 0) return;
        uint64 amount = uint64(1 + _pick(heldOf[batch][p.at]));
        vm.startPrank(registrar.at);
        (bool ok,) = address(eac).call(
            abi.encodeCall(eac.withdraw, (batch, p.at, uint64(heldOf[batch][p.at] + 1), "more than is unused"))
        );
        if (ok) breach = "used certificates withdrawn";
        eac.withdraw(batch, p.at, amount, "error");
        vm.stopPrank();
        heldOf[batch][p.at] -= amount;
        withdrawnOf[batch] += amount;
        ++done;
    }

    function changeStatus(uint256 seed) external {
        random = seed;
        uint64 batch = _batch();
        if (batch == 0) return;
        bool active = eac.batchOf(batch).status == BatchStatus.Active;
        vm.prank(registrar.at);
        eac.setStatus(batch, active ? BatchStatus.Suspended : BatchStatus.Active, "");
        ++done;
    }

    /// Somebody states an inventory, or corrects it, with a cancellation of its choice; what it may not use is refused.
    function consume(uint256 seed) external {
        random = seed;
        if (cancellations.length == 0) return;
        uint96 number = cancellations[_pick(cancellations.length)];
        Party memory p = actors[_pick(3)];
        bool corrects = roots[p.at] != 0 && _pick(2) == 0;
        Statement memory s = _stated(p, number, corrects);
        uint32 root = corrects ? roots[p.at] : statements + 1;
        bool mine = eac.cancellationOf(number).beneficiary == p.at;
        bool allowed = mine && !isVoid[number] && (chainOf[number] == 0 || chainOf[number] == root);
        (bool ok,) = _consume(p, s, number);
        if (ok != allowed) breach = ok ? "used what it may not use" : "refused what it may use";
        if (!ok) return;
        (heads[p.at], roots[p.at]) = (s, root);
        ++statements;
        (chainOf[number], lastOf[number]) = (root, statements);
        ++consumed;
        ++done;
    }

    function _stated(Party memory p, uint96 number, bool corrects) private returns (Statement memory s) {
        uint256[] memory lots = words1(word(Codes.ELECTRICITY_MARKET, 0, 1_000, T));
        s = corrects ? supersedingOf(heads[p.at], new uint256[](0), lots, 0) : statementOf(p.at, lots);
        s.linesRoot = bytes32(_pick(type(uint256).max) + 1);
        s.reported[2] = T;
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words1(wordOf(number))));
    }

    function _consume(Party memory p, Statement memory s, uint96 number) private returns (bool, bytes memory) {
        Evidence memory e = evidenceOf(s, p.key);
        return address(registry).call(abi.encodeCall(registry.consume, (s, e, 0, words1(wordOf(number)))));
    }

    function void(uint256 seed) external {
        random = seed;
        if (cancellations.length == 0 || _pick(4) != 0) return;
        uint96 number = cancellations[_pick(cancellations.length)];
        vm.prank(registrar.at);
        (bool ok,) = address(eac).call(abi.encodeCall(eac.voidCancellation, (number, "fraud")));
        if (ok == isVoid[number]) breach = "void once and only once";
        if (!ok) return;
        isVoid[number] = true;
        if (lastOf[number] != 0) ++voidedOf[lastOf[number]];
        ++done;
    }

    // What must hold

    function checkBreach() public view {
        vm.assertEq(breach, "");
    }

    function check() external view {
        checkBreach();
        for (uint256 b; b < batches.length; ++b) _checkBatch(batches[b]);
        for (uint256 i; i < cancellations.length; ++i) {
            (uint32 root, uint32 last) = eac.consumedBy(cancellations[i]);
            vm.assertEq(root, chainOf[cancellations[i]], "the chain a use belongs to");
            vm.assertEq(last, lastOf[cancellations[i]], "who named it last");
        }
        for (uint32 n = 1; n <= statements; ++n) {
            vm.assertEq(registry.record(registry.idAt(n)).voidedInstruments, voidedOf[n], "void uses of a statement");
        }
        _checkSerials();
    }

    /// Certified = held + cancelled + withdrawn, and each is what holders and cancellations have.
    function _checkBatch(uint64 batch) private view {
        CertificateBatchView memory v = eac.batchOf(batch);
        vm.assertEq(v.issued, v.held + v.cancelled + v.withdrawn, "issued is somewhere");
        vm.assertEq(v.withdrawn, withdrawnOf[batch], "withdrawn");
        vm.assertEq(v.cancelled, cancelledOf[batch], "cancelled");
        uint256 held;
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(eac.balanceOf(actors[i].at, batch), heldOf[batch][actors[i].at], "balance");
            held += heldOf[batch][actors[i].at];
        }
        vm.assertEq(v.held, held, "held by holders");
        // Intervals of one batch's cancellations are disjoint and inside it.
        (uint256[] memory first, uint256[] memory amount) = _intervals(batch);
        uint256 sum;
        for (uint256 i; i < first.length; ++i) {
            sum += amount[i];
            vm.assertLe(first[i] + amount[i], v.issued, "serials beyond the batch");
            for (uint256 k; k < i; ++k) {
                bool apart = first[i] + amount[i] <= first[k] || first[k] + amount[k] <= first[i];
                vm.assertTrue(apart, "serials cancelled twice");
            }
        }
        vm.assertEq(sum, v.cancelled, "cancellations");
    }

    function _intervals(uint64 batch) private view returns (uint256[] memory first, uint256[] memory amount) {
        first = new uint256[](cancellations.length);
        amount = new uint256[](cancellations.length);
        uint256 found;
        for (uint256 i; i < cancellations.length; ++i) {
            CancellationView memory c = eac.cancellationOf(cancellations[i]);
            if (c.batch == batch) (first[found], amount[found++]) = (c.first, c.amount);
        }
        assembly ("memory-safe") {
            mstore(first, found)
            mstore(amount, found)
        }
    }

    function _checkSerials() private view {
        uint64 end;
        uint256 listed;
        (, uint64 at,) = eac.serialsAt(GO, GO_SERIES, 0);
        while (at != 0) {
            vm.assertTrue(at > end, "serials overlap");
            ++listed;
            (end, at,) = eac.serialsAt(GO, GO_SERIES, at);
        }
        vm.assertEq(listed, batches.length, "a batch without serials, or serials without a batch");
    }
}

/// @notice Law 10 for certificates under everything that can happen to them.
contract LawsOfCertificatesTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    event log_named_uint(string key, uint256 value);

    CertificateLedger private ledger;

    function setUp() public {
        ledger = new CertificateLedger();
        ledger.setUp();
        // So that short campaigns have something to do.
        for (uint256 i; i < 3; ++i) ledger.issue(i);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(ledger);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory deeds = new bytes4[](9);
        deeds[0] = ledger.issue.selector;
        deeds[1] = ledger.transfer.selector;
        deeds[2] = ledger.cancel.selector;
        deeds[3] = ledger.cancel.selector;
        deeds[4] = ledger.withdraw.selector;
        deeds[5] = ledger.changeStatus.selector;
        deeds[6] = ledger.consume.selector;
        deeds[7] = ledger.consume.selector;
        deeds[8] = ledger.void.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(ledger), deeds);
    }

    /// What is broken stays broken: everything is read every sixteenth time and at the end.
    function invariant_certificates_are_somewhere_and_used_once() external view {
        ledger.checkBreach();
        if (ledger.done() % 16 == 0) ledger.check();
    }

    function afterInvariant() external {
        ledger.check();
        emit log_named_uint("calls that changed the ledger", ledger.done());
        emit log_named_uint("cancellations consumed", ledger.consumed());
    }
}
