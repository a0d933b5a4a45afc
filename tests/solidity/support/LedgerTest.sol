// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    Acceptance,
    Composition,
    ICarbonEmissionsToken,
    LotView,
    Offer,
    OptIn
} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {BatchStatus, CreditBatch, Retirement} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "./Codes.sol";
import {Party, StatementMaker} from "./StatementMaker.sol";
import {vm} from "./Vm.sol";

/// @notice A ledger with a utility, a university and a purchaser on it, and makers for what they do.
abstract contract LedgerTest is StatementMaker {
    uint64 internal constant T = 1e9; // mg in a tonne
    uint16 internal constant ANY_ANCESTRY = 1024;
    bytes32 internal constant CAR = "Climate Action Reserve";
    string internal constant SERIES = "CAR-1-US-639-30-449-TX-2019-5869";

    Party internal utility;
    Party internal university;
    Party internal purchaser;
    Party internal issuer;
    uint256 private _salt;
    uint64 private _lastFirst;
    uint64 private _lastSerial;

    function setUp() public virtual {
        deployLedger();
        setUpParties();
        utility = enrolled("utility");
        university = enrolled("university");
        purchaser = enrolled("purchaser");
        issuer = party("issuer");
        cot.setProgram(CAR, issuer.at, type(uint64).max, "Climate Action Reserve");
    }

    /// Whoever of the three has that account.
    function partyAt(address at) internal view returns (Party memory) {
        return at == utility.at ? utility : at == university.at ? university : purchaser;
    }

    // Lots

    function word(uint16 code, uint16 index, uint64 basis, uint64 gross) internal pure returns (uint256) {
        return uint256(code) << 144 | uint256(index) << 128 | uint256(basis) << 64 | gross;
    }

    function sourceKey(uint32 statement, uint16 code, uint16 index) internal pure returns (uint64) {
        return uint64(statement) << 32 | uint64(code) << 16 | index;
    }

    /// Mints one lot of a new entity of `p`.
    function mintLot(Party memory p, uint16 code, uint64 basis, uint64 gross) internal returns (uint64) {
        uint256[] memory words = new uint256[](1);
        words[0] = word(code, 0, basis, gross);
        return sourceKey(mintLots(p, words), code, 0);
    }

    function mintLots(Party memory p, uint256[] memory words) internal returns (uint32 number) {
        Statement memory s = statementOf(p.at, words);
        Evidence memory e = evidenceOf(s, p.key);
        cet.mint(s, e, 0, words);
        return registry.record(hashOf(s)).number;
    }

    // Allocations

    function offerOf(uint64 parent, address dependent, uint64 units, uint16 code) internal returns (Offer memory) {
        return Offer({
            parent: parent,
            dependent: dependent,
            units: units,
            code: code,
            consumedFrom: FIRST_DAY,
            consumedTo: LAST_DAY,
            deadline: uint40(block.timestamp + 30 days),
            activity: bytes32(++_salt)
        });
    }

    function offerHash(Offer memory o) internal pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "Offer(uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity)"
        );
        bytes memory head = abi.encode(typehash, o.parent, o.dependent, o.units, o.code);
        return keccak256(bytes.concat(head, abi.encode(o.consumedFrom, o.consumedTo, o.deadline, o.activity)));
    }

    function derivedKey(bytes32 origin) internal pure returns (uint64) {
        return uint64(uint256(origin)) | 1 << 63;
    }

    function signedOffer(Offer memory o, uint256 key) internal view returns (bytes memory) {
        return signed(key, typedData("CarbonEmissionsToken", address(cet), offerHash(o)));
    }

    /// `to` accepts units of `from`'s lot.
    function pass(Party memory from, uint64 parent, Party memory to, uint64 units, uint16 code)
        internal
        returns (uint64)
    {
        Offer memory o = offerOf(parent, to.at, units, code);
        return acceptAs(to, o, from.key, Acceptance(ANY_ANCESTRY, 0, 0));
    }

    function acceptAs(Party memory to, Offer memory o, uint256 supplierKey, Acceptance memory terms)
        internal
        returns (uint64)
    {
        bytes memory signature = signedOffer(o, supplierKey);
        vm.prank(to.at);
        return cet.accept(o, signature, terms);
    }

    function anything() internal view returns (OptIn memory) {
        return OptIn(uint40(block.timestamp + 3650 days), ANY_ANCESTRY, type(uint16).max, type(uint64).max, 0);
    }

    function optInAs(Party memory dependent, Party memory supplier, OptIn memory terms) internal {
        vm.prank(dependent.at);
        cet.optIn(supplier.at, terms);
    }

    function allocateAs(Party memory supplier, Offer memory o) internal returns (uint64) {
        vm.prank(supplier.at);
        return cet.allocate(o);
    }

    // Compositions

    function compositionOf(uint16 code, uint64 output, uint64[] memory parents, uint64[] memory units)
        internal
        returns (Composition memory)
    {
        return Composition(code, output, edgesOf(parents, units), bytes32(++_salt));
    }

    function edgesOf(uint64[] memory parents, uint64[] memory units) internal pure returns (uint256[] memory edges) {
        edges = new uint256[](parents.length);
        for (uint256 i; i < edges.length; ++i) edges[i] = uint256(units[i]) << 64 | parents[i];
    }

    function composeAs(Party memory p, Composition memory c) internal returns (uint64) {
        vm.prank(p.at);
        return cet.compose(c);
    }

    /// A composition of `units` of each of one or two lots.
    function blend(Party memory p, uint16 code, uint64 output, uint64 a, uint64 unitsA, uint64 b, uint64 unitsB)
        internal
        returns (uint64)
    {
        if (a < b) return composeAs(p, compositionOf(code, output, list(a, b), list(unitsA, unitsB)));
        return composeAs(p, compositionOf(code, output, list(b, a), list(unitsB, unitsA)));
    }

    // Credits

    function creditsOf(uint64 firstSerial, uint64 tonnes) internal pure returns (CreditBatch memory) {
        return CreditBatch({
            program: CAR,
            serialPrefix: SERIES,
            firstSerial: firstSerial,
            lastSerial: firstSerial + tonnes - 1,
            vintage: 2019,
            exAnte: false,
            ccpLabel: false,
            project: "CAR639",
            attributes: keccak256("attributes"),
            replaces: 0
        });
    }

    /// Issues the next serials of the series to `to`.
    function issueCredits(address to, uint64 tonnes) internal returns (uint64 batch) {
        CreditBatch memory c = creditsOf(_lastSerial + 1, tonnes);
        uint64 previous = _lastSerial == 0 ? 0 : _lastFirst;
        vm.prank(issuer.at);
        batch = cot.issue(c, "attributes", previous, to);
        (_lastFirst, _lastSerial) = (c.firstSerial, c.lastSerial);
    }



    function applyAs(Party memory p, uint64 batch, uint64 lot, uint64 amount) internal {
        vm.prank(p.at);
        cot.applyTo(batch, lot, amount);
    }

    /// Issues credits to `p` and applies `mg` of them to its lot.
    function offsetLot(Party memory p, uint64 lot, uint64 mg) internal returns (uint64 batch) {
        batch = issueCredits(p.at, mg / T + 1);
        applyAs(p, batch, lot, mg);
    }

    function revoke(uint64 batch) internal {
        vm.startPrank(issuer.at);
        cot.setStatus(batch, BatchStatus.Suspended, "inquiry");
        cot.setStatus(batch, BatchStatus.Revoked, "fraud");
        vm.stopPrank();
    }

    function retirement() internal pure returns (Retirement memory) {
        return Retirement("Duke University", "carbon neutrality 2021", FIRST_DAY, LAST_DAY);
    }

    // Reading

    function assertFigures(uint64 lot, uint256 gross, uint256 inherited, uint256 net, uint256 surplus) internal view {
        vm.assertEq(cet.figures(lot).gross, gross, "gross");
        vm.assertEq(cet.figures(lot).inheritedNet, inherited, "inherited net");
        vm.assertEq(cet.figures(lot).net, net, "net");
        vm.assertEq(cet.figures(lot).surplus, surplus, "surplus");
    }

    function list(uint64 a) internal pure returns (uint64[] memory l) {
        l = new uint64[](1);
        l[0] = a;
    }

    function list(uint64 a, uint64 b) internal pure returns (uint64[] memory l) {
        l = new uint64[](2);
        (l[0], l[1]) = (a, b);
    }

    function words1(uint256 a) internal pure returns (uint256[] memory l) {
        l = new uint256[](1);
        l[0] = a;
    }

    function refusal(bytes4 selector) internal pure returns (bytes memory) {
        return abi.encodePacked(selector);
    }
}
