// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Acceptance, ICarbonEmissionsToken as CET, Offer, OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evaluation} from "./Evaluation.sol";
import {Context, Forwarding} from "./Forwarding.sol";
import {LotCode} from "./LotCode.sol";
import {LotKeys} from "./LotKey.sol";
import {Lots} from "./Lots.sol";
import {Lot, LotLedger, LotStore} from "./LotStore.sol";
import {Receiving} from "./Receiving.sol";
import {Shares} from "./Shares.sol";

/// @notice Many allocations under one root: the supplier reserves their total, each becomes a lot when its leaf is shown.
///
/// `anchors[hash(parent, root)] = reserved 64 | used 64 | free 88 | deadline 40`. Reserved units count as taken from the
/// parent from the first, so materialising takes nothing more (law 1); what is unused comes back after the deadline. The
/// word stays: a root is anchored to a lot once.
///
/// A leaf is the hash of the hash of chain, token and offer. An offer names its parent, so a leaf serves no other lot, and its
/// activity salts it, so that a root cannot be searched for customers and quantities. Hashed twice, of 32 bytes at last, it
/// is no inner node, which is of 64. Its lot has the key of the offer, whichever root or signature it comes by: an offer
/// makes one lot, and once cancelled none.
/// @dev A deployed library, linked; the token hands whole calls to it (see Forwarding). It leaves the token its room.
library Anchors {
    using Forwarding for Context;
    using Lots for LotLedger;
    using LotStore for uint256;
    using Receiving for LotLedger;

    /// An open anchor, its parent, and what its dependent agreed to.
    struct Opened {
        bytes32 id;
        uint256 word;
        address supplier;
        LotCode code;
        uint256 ancestry;
        bool certificated;
        uint256 maxAncestry;
        uint64 displaces;
        bool optedIn;
        OptIn terms;
    }

    function anchor(uint64 parent, bytes32 root, uint64 units, uint40 deadline) external {
        Context memory c = Forwarding.context();
        LotLedger storage ledger = c.ledgerOf();
        ledger.requireHolder(parent, c.caller);
        LotCode code = ledger.codeOf(parent);
        require(code.isAllocable(), CET.NotAllocable(parent, LotCode.unwrap(code)));
        require(block.timestamp <= deadline, CET.AnchorExpired(deadline, block.timestamp));
        bytes32 id = idOf(parent, root);
        require(ledger.anchors[id] == 0, CET.AnchorExists(parent, root));
        ledger.take(parent, units);
        ledger.anchors[id] = uint256(units) << 192 | deadline;
        emit CET.Anchored(parent, root, units, deadline);
    }

    function materialise(bytes32 root, Offer calldata offer, bytes32[] calldata proof, Acceptance calldata given)
        external
        returns (uint64 key)
    {
        Context memory c = Forwarding.context();
        LotLedger storage ledger = c.ledgerOf();
        Opened memory a = _open(ledger, c.caller, root, offer, given);
        bytes32 origin = Receiving.originOf(offer);
        require(_rootOf(_leafOf(origin), proof) == root, CET.NotAnchored(offer.parent, root));
        uint256 units = a.optedIn ? offer.units : Receiving.unitsOf(offer, given);
        key = _materialise(ledger, c, a, offer, origin, units);
        _use(ledger, a, offer.parent, root, units);
        if (a.optedIn) {
            uint256 gross = Evaluation.figures(ledger, key).gross;
            ledger.useOptIn(offer.dependent, a.supplier, a.terms.gross, gross);
        }
        emit IERC1155.TransferSingle(c.caller, address(0), offer.dependent, key, units);
    }

    /// @dev OpenZeppelin's multiproof proves nothing about an empty list; there is none.
    function materialiseBatch(
        bytes32 root,
        Offer[] calldata offers,
        bytes32[] calldata proof,
        bool[] calldata flags,
        Acceptance calldata given
    ) external returns (uint256[] memory keys) {
        require(offers.length != 0, CET.LeavesEmpty());
        Context memory c = Forwarding.context();
        LotLedger storage ledger = c.ledgerOf();
        Opened memory a = _open(ledger, c.caller, root, offers[0], given);
        bytes32[] memory origins = new bytes32[](offers.length);
        bytes32[] memory leaves = new bytes32[](offers.length);
        for (uint256 i; i < leaves.length; ++i) {
            origins[i] = Receiving.originOf(offers[i]);
            leaves[i] = _leafOf(origins[i]);
        }
        bool proven = MerkleProof.multiProofVerifyCalldata(proof, flags, root, leaves);
        require(proven, CET.NotAnchored(offers[0].parent, root));
        keys = new uint256[](offers.length);
        uint256[] memory values = new uint256[](offers.length);
        uint256 total;
        for (uint256 i; i < leaves.length; ++i) {
            Offer calldata offer = offers[i];
            bool same = offer.parent == offers[0].parent && offer.dependent == offers[0].dependent;
            require(same, CET.LeavesMixed(i));
            uint256 units;
            if (a.optedIn) {
                Receiving.requireOptedIn(offer.code, a.terms.categories);
                units = offer.units;
            } else {
                units = Receiving.unitsOf(offer, given);
            }
            keys[i] = _materialise(ledger, c, a, offer, origins[i], units);
            values[i] = units;
            total += units;
        }
        _use(ledger, a, offers[0].parent, root, total);
        if (a.optedIn) {
            uint256 gross = _grossOf(ledger, offers[0].parent, values);
            ledger.useOptIn(offers[0].dependent, a.supplier, a.terms.gross, gross);
        }
        emit IERC1155.TransferBatch(c.caller, address(0), offers[0].dependent, keys, values);
    }

    function release(uint64 parent, bytes32 root) external {
        LotLedger storage ledger = Forwarding.context().ledgerOf();
        bytes32 id = idOf(parent, root);
        uint256 word = ledger.anchors[id];
        require(word != 0, CET.NotAnchored(parent, root));
        require(block.timestamp > uint40(word), CET.AnchorOpen(uint40(word), block.timestamp));
        (uint256 reserved, uint256 used) = (word >> 192, uint64(word >> 128));
        require(used != reserved, CET.NothingReserved(parent, root));
        ledger.anchors[id] = used << 192 | used << 128 | uint40(word);
        ledger.giveBack(parent, reserved - used);
        emit CET.AnchorReleased(parent, root, uint64(reserved - used));
    }

    /// OpenZeppelin's `processProofCalldata`, for half its gas: a tree of a million leaves has proofs of twenty.
    function _rootOf(bytes32 leaf, bytes32[] calldata proof) private pure returns (bytes32 root) {
        assembly ("memory-safe") {
            root := leaf
            let end := add(proof.offset, shl(5, proof.length))
            for { let at := proof.offset } lt(at, end) { at := add(at, 0x20) } {
                let sibling := calldataload(at)
                // The smaller of the two comes first, in scratch space.
                let place := shl(5, gt(root, sibling))
                mstore(place, root)
                mstore(xor(place, 0x20), sibling)
                root := keccak256(0x00, 0x40)
            }
        }
    }

    function idOf(uint64 parent, bytes32 root) internal pure returns (bytes32) {
        return keccak256(abi.encode(parent, root));
    }

    function _leafOf(bytes32 origin) private view returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(block.chainid, address(this), origin));
        return keccak256(abi.encode(inner));
    }

    /// The dependent says what it agrees to; anybody else goes by its opt-in.
    function _open(
        LotLedger storage ledger,
        address caller,
        bytes32 root,
        Offer calldata offer,
        Acceptance calldata given
    ) private view returns (Opened memory a) {
        a.id = idOf(offer.parent, root);
        a.word = ledger.anchors[a.id];
        require(a.word != 0, CET.NotAnchored(offer.parent, root));
        require(block.timestamp <= uint40(a.word), CET.AnchorExpired(uint40(a.word), block.timestamp));
        _readParent(ledger, offer.parent, a);
        if (caller == offer.dependent) {
            (a.maxAncestry, a.displaces) = (given.maxAncestry, given.displaces);
        } else {
            a.optedIn = true;
            a.terms = ledger.requireOptIn(offer, a.supplier);
            (a.maxAncestry, a.displaces) = (a.terms.maxAncestry, a.terms.displaces);
        }
    }

    /// Reserved units were taken before a dispute began; one that freezes more than what is left reaches them.
    function _readParent(LotLedger storage ledger, uint64 key, Opened memory a) private view {
        bool annexed;
        if (LotKeys.isDerived(key)) {
            uint256 holding = ledger.lots[key].holding;
            (a.supplier, a.code, a.ancestry) = (holding.holderOf(), holding.codeOf(), holding.ancestryOf());
            annexed = holding.isAnnexedDerived();
        } else {
            (a.supplier, a.code) = (ledger.holderOf(key), LotKeys.codeOf(key));
            annexed = ledger.lots[key].figures.isAnnexedSource();
        }
        if (!annexed) return;
        a.certificated = ledger.annexes[key].certificated;
        (uint256 frozen, uint256 left) = (ledger.annexes[key].frozen, ledger.leftOf(key));
        require(frozen <= left, CET.LotDisputed(key, frozen, left));
    }

    function _materialise(
        LotLedger storage ledger,
        Context memory c,
        Opened memory a,
        Offer calldata offer,
        bytes32 origin,
        uint256 units
    ) private returns (uint64 key) {
        Receiving.requireCurrent(offer, a.supplier);
        require(units != 0, CET.UnitsZero(offer.parent));
        // A reference takes nothing, so there is nothing to reserve for one.
        bool refers = LotCode.wrap(offer.code).isReference();
        require(!refers, CET.RescopingForbidden(LotCode.unwrap(a.code), offer.code));
        key = LotKeys.ofDerived(origin);
        ledger.deliver(c.registry, offer, key, units, a.code, a.ancestry, a.maxAncestry, a.displaces);
        if (a.certificated) Receiving.requireCovered(c.generation, a.code, key, offer.parent, units);
    }

    function _use(LotLedger storage ledger, Opened memory a, uint64 parent, bytes32 root, uint256 units) private {
        uint256 left = (a.word >> 192) - uint64(a.word >> 128);
        require(units <= left, CET.AnchorExhausted(parent, root, units, left));
        ledger.anchors[a.id] = a.word + (units << 128);
        emit CET.Materialised(parent, root, uint64(units));
    }

    /// Σ of the new lots' gross: each is a share of the same parent, which is evaluated once.
    function _grossOf(LotLedger storage ledger, uint64 parent, uint256[] memory units)
        private
        view
        returns (uint256 gross)
    {
        uint256 whole = Evaluation.figures(ledger, parent).gross;
        uint256 basis = ledger.basisOf(parent);
        for (uint256 i; i < units.length; ++i) gross += Shares.shareUp(whole, units[i], basis);
    }
}
