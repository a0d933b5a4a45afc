// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    ActivityUnit,
    Bundling,
    Head,
    Kind,
    LetsAmounts,
    LetsBooking,
    Mode,
    ProfileAmounts,
    Role,
    ServiceUse,
    Solution,
    SolutionAmounts,
    SolutionClaim
} from "../../../contracts/interfaces/LogisticsTypes.sol";
import {BookTest} from "../support/BookTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Carriers, an LSP, a shipper and a provider book and claim at random, rightly and wrongly; what was taken is added up anew.
contract BookLedger is BookTest {
    Party[5] private movers;
    Role[5] private roles;
    uint96[] private solutions;
    uint96[] private profiles;
    uint96[] private services;
    mapping(uint96 solution => uint256[2]) private sidesOf; // supply-chain, emitter: claimed
    mapping(uint96 profile => uint256) private retiredOf;
    mapping(uint96 profile => uint256) private derivedOf;
    mapping(uint96 profile => uint256) private activityOf;
    mapping(uint96 lets => uint256) private usedOf;
    mapping(uint96 lets => uint256) private carriedOf; // by carriers
    mapping(uint96 lets => uint256) private reservedOf;
    mapping(address who => mapping(Mode mode => uint256)) private ownOf;
    bytes32 private lastRoot;
    uint96 private lastAnchored;
    ServiceUse private lastUse;
    uint256 private random;
    uint256 public done;
    uint256 public refused;

    function setUp() public override {
        super.setUp();
        (movers[0], movers[1], movers[2], movers[3], movers[4]) = (a, b, x, lsp, shipper);
        (roles[3], roles[4]) = (Role.Lsp, Role.Shipper);
        for (uint256 i; i < 5; ++i) show(movers[i].at, Mode.Road, 2023, 20_000);
    }

    function _pick(uint256 limit) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % limit;
    }

    /// One of them, most often a late one.
    function _one(uint96[] storage from) private returns (uint96) {
        if (from.length == 0 || _pick(16) == 0) return uint96(_pick(8));
        uint256 late = from.length < 4 ? from.length : 4;
        return _pick(3) == 0 ? from[_pick(from.length)] : from[from.length - 1 - _pick(late)];
    }

    function _mode() private returns (Mode) {
        return _pick(6) == 0 ? Mode.Sea : Mode.Road;
    }

    function _try(address who, bytes memory data) private returns (uint96 id) {
        vm.prank(who);
        (bool ok, bytes memory answer) = address(book).call(data);
        if (!ok) {
            ++refused;
            return 0;
        }
        ++done;
        return answer.length == 0 ? 1 : abi.decode(answer, (uint96));
    }

    function bookSolution(uint256 seed) external {
        random = seed;
        Solution memory s = fuel(_pick(2) == 0);
        s.produced = uint16(block.timestamp / 1 days);
        (s.quantity, s.additionality.additional) = (1_000, uint64(_pick(1_001)));
        bytes memory signature = bookingSigned(keccak256(abi.encode(Kind.Solution, provider.at, s)));
        uint96 id = _try(provider.at, abi.encodeCall(book.bookSolution, (s, verifier.at, signature)));
        if (id != 0) solutions.push(id);
    }

    function claimSolution(uint256 seed) external {
        random = seed;
        uint256 who = _pick(5);
        SolutionClaim memory c;
        (c.solution, c.role, c.mode, c.year) = (_one(solutions), roles[who], _mode(), 2023);
        bool bundled = book.headOf(c.solution).bundling == Bundling.Bundled;
        c.side = bundled ? Bundling.Bundled : who < 3 ? Bundling.Emitter : Bundling.SupplyChain;
        if (_pick(8) == 0) c.side = Bundling(_pick(3));
        if (c.side == Bundling.Emitter && _pick(2) == 0) {
            c.paired = _one(profiles);
            if (_pick(8) != 0) c.solution = book.parentOf(c.paired);
        }
        c.quantity = uint64(1 + _pick(500));
        (c.consumption, c.per) = (1, 2);
        c.activity = c.side == Bundling.Emitter && _pick(2) == 0 ? 0 : uint64(c.quantity * 2 + _pick(8) / 7);
        c.document = fresh();
        uint96 id = _try(movers[who].at, abi.encodeCall(book.claimSolution, (c)));
        if (id == 0) return;
        profiles.push(id);
        activityOf[id] = c.activity;
        ownOf[movers[who].at][c.mode] += c.activity;
        if (c.side != Bundling.Emitter) sidesOf[c.solution][0] += c.quantity;
        if (c.side != Bundling.SupplyChain) sidesOf[c.solution][1] += c.quantity;
    }

    function retire(uint256 seed) external {
        random = seed;
        uint96 id = _one(profiles);
        uint64 left = book.profileAmounts(id).attached;
        address by = _pick(2) == 0 ? provider.at : a.at;
        if (_try(by, abi.encodeCall(book.retireEmitter, (id, "no carrier"))) != 0) retiredOf[id] += left;
    }

    function bookLets(uint256 seed) external {
        random = seed;
        uint256 who = _pick(4);
        LetsBooking memory l = service();
        (l.generated, l.mode) = (uint16(block.timestamp / 1 days), _mode());
        l.activity = uint64(1 + _pick(600));
        l.additionality.additional = uint64(_pick(l.activity + 1));
        if (_pick(4) == 0) l.toc = "reefer";
        address by = movers[who].at;
        bytes memory signature = bookingSigned(keccak256(abi.encode(Kind.Lets, by, l)));
        uint96 id = _try(by, abi.encodeCall(book.bookLets, (l, verifier.at, signature)));
        if (id == 0) return;
        services.push(id);
        ownOf[by][l.mode] += l.activity;
    }

    function derive(uint256 seed) external {
        random = seed;
        uint96 profile_ = _one(profiles);
        address by = _pick(8) == 0 ? a.at : book.headOf(profile_).by;
        uint64 activity = uint64(_pick(600));
        uint96 id = _try(by, abi.encodeCall(book.deriveLets, (profile_, activity, fresh())));
        if (id == 0) return;
        services.push(id);
        derivedOf[profile_] += activity;
    }

    function _use() private returns (ServiceUse memory u) {
        u = used(_one(services));
        (u.mode, u.activity) = (_mode(), uint64(_pick(300)));
        if (book.headOf(u.lets).bound && _pick(4) != 0) u.toc = "reefer";
    }

    function rebook(uint256 seed) external {
        random = seed;
        uint256 who = _pick(5);
        ServiceUse memory u = _use();
        uint96 id = _try(movers[who].at, abi.encodeCall(book.rebook, (roles[who], u)));
        if (id == 0) return;
        services.push(id);
        usedOf[u.lets] += u.activity;
        if (roles[who] == Role.Carrier) carriedOf[u.lets] += u.activity;
        if (roles[who] == Role.Lsp) ownOf[movers[who].at][u.mode] += u.activity;
    }

    function claim(uint256 seed) external {
        random = seed;
        ServiceUse memory u = _use();
        uint96 id = _try(shipper.at, abi.encodeCall(book.claim, (u)));
        if (id == 0) return;
        usedOf[u.lets] += u.activity;
        ownOf[shipper.at][u.mode] += u.activity;
    }

    /// A root with one leaf, reserving a little more or less.
    function anchor(uint256 seed) external {
        random = seed;
        ServiceUse memory u = _use();
        bytes32 root = book.leafOf(shipper.at, u);
        uint64 activity = uint64(_pick(400));
        uint40 deadline = uint40(block.timestamp + 1 + _pick(60 days));
        bytes memory data = abi.encodeCall(book.anchorClaims, (u.lets, root, activity, deadline));
        if (_try(book.headOf(u.lets).by, data) == 0) return;
        reservedOf[u.lets] += activity;
        (lastRoot, lastAnchored, lastUse) = (root, u.lets, u);
    }

    function materialise(uint256 seed) external {
        random = seed;
        if (lastRoot == 0) return;
        ServiceUse memory u = lastUse;
        bytes memory data = abi.encodeCall(book.materialiseClaim, (lastRoot, u, new bytes32[](0)));
        if (_try(shipper.at, data) == 0) return;
        reservedOf[u.lets] -= u.activity;
        usedOf[u.lets] += u.activity;
        ownOf[shipper.at][u.mode] += u.activity;
    }

    function release(uint256) external {
        if (lastRoot == 0) return;
        uint256 unused = book.anchorOf(lastAnchored, lastRoot).reserved - book.anchorOf(lastAnchored, lastRoot).used;
        bytes memory data = abi.encodeCall(book.releaseClaims, (lastAnchored, lastRoot));
        if (_try(b.at, data) != 0) reservedOf[lastAnchored] -= unused;
    }

    function wait(uint256 seed) external {
        random = seed;
        vm.warp(block.timestamp + _pick(40 days));
    }

    // What must hold

    function check() external view {
        for (uint256 i; i < solutions.length; ++i) _checkSolution(solutions[i]);
        for (uint256 i; i < profiles.length; ++i) {
            uint96 id = profiles[i];
            vm.assertEq(book.profileAmounts(id).left + derivedOf[id], activityOf[id], "booked from a claim");
        }
        for (uint256 i; i < services.length; ++i) _checkService(services[i]);
        for (uint256 i; i < 5; ++i) {
            for (uint256 m; m < 2; ++m) {
                Mode mode = m == 0 ? Mode.Road : Mode.Sea;
                (uint128 shown, uint128 own) = book.ownActivity(movers[i].at, mode, ActivityUnit.GramKm, 2023);
                vm.assertEq(own, ownOf[movers[i].at][mode], "own activity used");
                vm.assertLe(own, shown, "above own activity");
            }
        }
    }

    /// Each side at most once, and only what is additional: claimed, free, beside claims, retired.
    function _checkSolution(uint96 id) private view {
        SolutionAmounts memory s = book.solutionAmounts(id);
        vm.assertEq(s.claimed, sidesOf[id][0], "supply-chain side");
        vm.assertLe(s.claimed, s.additional, "supply-chain side claimed twice");
        uint256 waiting;
        for (uint256 i; i < profiles.length; ++i) {
            if (book.parentOf(profiles[i]) != id) continue;
            waiting += book.profileAmounts(profiles[i]).attached + retiredOf[profiles[i]];
        }
        uint256 emitter = sidesOf[id][1] + s.free + waiting;
        vm.assertLe(emitter, s.additional, "emitter side claimed twice");
        if (book.headOf(id).bundling != Bundling.Bundled) vm.assertEq(emitter, s.additional, "emitter side is somewhere");
    }

    function _checkService(uint96 id) private view {
        LetsAmounts memory l = book.letsAmounts(id);
        vm.assertEq(l.claimed, usedOf[id] + reservedOf[id], "claimed of a booking");
        vm.assertLe(l.claimed, l.activity, "claimed above booked");
        vm.assertLe(l.claimedAdditional, l.additional, "claimed above additional");
        vm.assertEq(book.disclosable(id), l.activity - carriedOf[id], "disclosed what another carrier claimed");
        Head memory head = book.headOf(id);
        uint96 parent = book.parentOf(id);
        if (parent == 0) return;
        Head memory from = book.headOf(parent);
        vm.assertEq(head.modes, from.modes, "activity left its mode");
        if (from.kind == Kind.ProfileClaim) vm.assertTrue(from.bundling != Bundling.Emitter, "an emitter profile as LETS");
    }
}

/// @notice The laws of book and claim under everything that can happen to bookings.
contract LawsOfBookingsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    event log_named_uint(string key, uint256 value);

    BookLedger private ledger;

    function setUp() public {
        ledger = new BookLedger();
        ledger.setUp();
        // So that short campaigns have something to do.
        for (uint256 i; i < 3; ++i) {
            ledger.bookSolution(i);
            ledger.bookLets(i);
        }
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(ledger);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory deeds = new bytes4[](13);
        deeds[0] = ledger.bookSolution.selector;
        deeds[1] = ledger.claimSolution.selector;
        deeds[2] = ledger.claimSolution.selector;
        deeds[3] = ledger.retire.selector;
        deeds[4] = ledger.bookLets.selector;
        deeds[5] = ledger.derive.selector;
        deeds[6] = ledger.rebook.selector;
        deeds[7] = ledger.rebook.selector;
        deeds[8] = ledger.claim.selector;
        deeds[9] = ledger.anchor.selector;
        deeds[10] = ledger.materialise.selector;
        deeds[11] = ledger.release.selector;
        deeds[12] = ledger.wait.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(ledger), deeds);
    }

    /// What is broken stays broken: everything is read every sixteenth time and at the end.
    /// forge-config: ci.invariant.runs = 600
    function invariant_bookings_are_claimed_once_in_their_mode() external view {
        if (ledger.done() % 16 == 0) ledger.check();
    }

    function afterInvariant() external {
        ledger.check();
        emit log_named_uint("calls that changed the register", ledger.done());
        emit log_named_uint("calls that were refused", ledger.refused());
    }
}
