// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptIn} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotCode} from "./LotCode.sol";

/// @notice Where lots are kept. One slot for a source lot, two for a derived one, one for two edges.
/// ```
/// source.figures    annexed 1 | basis 63 | gross 64 | offset 64 | allocated 64      holder = the statement's participant
/// derived.figures   basis 64 | announced 64 | offset 64 | parent 64                 announced = net + 1, 0 = never
/// derived.holding   holder 160 | allocated 64 | code 16 | annexed 1 | ancestry 15
/// edges             two a slot {units 64, parent 64}, low half first
/// ```
/// `parent` below 2^32 is the number of edges of a composition. `annexed` says that the rare facts about a lot
/// (a successor, a freeze, certificates) stand in `annexes`, so that nobody else pays for reading them.
struct Lot {
    uint256 figures;
    uint256 holding;
}

struct Annex {
    /// Holder of a source lot after legal succession; zero while it is the statement's participant.
    address successor;
    /// Units that may not be allocated while a dispute lasts (ERC-7943); may exceed the basis.
    uint88 frozen;
    /// Whether energy certificates were issued for the lot, or for what went into it.
    bool certificated;
}

/// What primary data displaced: of which estimate, and how many units.
struct Displacement {
    uint64 estimate;
    uint64 units;
}

/// What the token keeps of a statement, in one slot.
struct StatementLots {
    /// Holder of its lots while nobody succeeded; zero before the first chunk.
    address participant;
    /// Chunks of restated lots carried out, in their order.
    uint32 restated;
    /// Key of the last lot of the last of them.
    uint64 lastRestated;
}

struct LotLedger {
    mapping(uint64 key => Lot) lots;
    mapping(uint64 key => uint256[64]) edges;
    mapping(uint64 key => Annex) annexes;
    mapping(uint32 statement => StatementLots) statements;
    /// Units of an estimate that primary data displaced, in all.
    mapping(uint64 estimate => uint256) displaced;
    mapping(uint64 lot => Displacement) displacements;
    /// Units referred to, by the hash of lot, relation, category and referrer.
    mapping(bytes32 cap => uint256) referenced;
    /// The most units of a derived lot that any one cap ever held: its basis is not corrected below them.
    mapping(uint64 lot => uint256) mostReferenced;
    /// `reserved 64 | used 64 | free 88 | deadline 40`, by the hash of lot and root.
    mapping(bytes32 anchor => uint256) anchors;
    /// Digests of corrections that were carried out.
    mapping(bytes32 digest => bool) corrected;
    mapping(address dependent => mapping(address supplier => OptIn)) optIns;
}

/// @notice Packing of the words above. Pure shifts: every field is masked on the way in by its type.
library LotStore {
    uint256 internal constant MAX_BASIS = (1 << 63) - 1;
    uint256 internal constant MAX_EDGES = 128;
    /// Most edges above a lot. It bounds both the ancestors and the work of an evaluation.
    uint256 internal constant MAX_ANCESTRY = 1024;

    uint256 private constant M64 = type(uint64).max;
    uint256 private constant ANNEXED_SOURCE = 1 << 255;
    uint256 private constant ANNEXED_DERIVED = 1 << 15;
    uint256 private constant ANCESTRY = ANNEXED_DERIVED - 1;

    function source(uint256 basis, uint256 gross_) internal pure returns (uint256 figures) {
        return basis << 192 | gross_ << 128;
    }

    function derived(uint256 basis, uint256 parent) internal pure returns (uint256 figures) {
        return basis << 192 | parent;
    }

    function holding(address holder, LotCode code, uint256 ancestry) internal pure returns (uint256) {
        return uint256(uint160(holder)) << 96 | uint256(LotCode.unwrap(code)) << 16 | ancestry;
    }

    function sourceBasis(uint256 figures) internal pure returns (uint256) {
        return (figures >> 192) & MAX_BASIS;
    }

    function derivedBasis(uint256 figures) internal pure returns (uint256) {
        return figures >> 192;
    }

    function withDerivedBasis(uint256 figures, uint256 basis) internal pure returns (uint256) {
        return figures & ~(M64 << 192) | basis << 192;
    }

    function gross(uint256 sourceFigures) internal pure returns (uint256) {
        return (sourceFigures >> 128) & M64;
    }

    function withGross(uint256 sourceFigures, uint256 value) internal pure returns (uint256) {
        return sourceFigures & ~(M64 << 128) | value << 128;
    }

    function announced(uint256 derivedFigures) internal pure returns (uint256) {
        return (derivedFigures >> 128) & M64;
    }

    function withAnnounced(uint256 derivedFigures, uint256 value) internal pure returns (uint256) {
        return derivedFigures & ~(M64 << 128) | value << 128;
    }

    function offset(uint256 figures) internal pure returns (uint256) {
        return (figures >> 64) & M64;
    }

    function withOffset(uint256 figures, uint256 value) internal pure returns (uint256) {
        return figures & ~(M64 << 64) | value << 64;
    }

    function allocatedOfSource(uint256 figures) internal pure returns (uint256) {
        return figures & M64;
    }

    function parentOf(uint256 derivedFigures) internal pure returns (uint64) {
        return uint64(derivedFigures);
    }

    function holderOf(uint256 holding_) internal pure returns (address) {
        return address(uint160(holding_ >> 96));
    }

    function withHolder(uint256 holding_, address holder) internal pure returns (uint256) {
        return holding_ & ((1 << 96) - 1) | uint256(uint160(holder)) << 96;
    }

    function allocatedOfDerived(uint256 holding_) internal pure returns (uint256) {
        return (holding_ >> 32) & M64;
    }

    function codeOf(uint256 holding_) internal pure returns (LotCode) {
        return LotCode.wrap(uint16(holding_ >> 16));
    }

    function ancestryOf(uint256 holding_) internal pure returns (uint256) {
        return holding_ & ANCESTRY;
    }

    function isAnnexedSource(uint256 figures) internal pure returns (bool) {
        return figures & ANNEXED_SOURCE != 0;
    }

    function isAnnexedDerived(uint256 holding_) internal pure returns (bool) {
        return holding_ & ANNEXED_DERIVED != 0;
    }

    function annexSource(uint256 figures) internal pure returns (uint256) {
        return figures | ANNEXED_SOURCE;
    }

    function annexDerived(uint256 holding_) internal pure returns (uint256) {
        return holding_ | ANNEXED_DERIVED;
    }

    /// Edge `i` of a composition, from its packed slots.
    function edge(uint256 pair, uint256 i) internal pure returns (uint256 units, uint64 parent) {
        uint256 half = i & 1 == 0 ? pair : pair >> 128;
        return ((half >> 64) & M64, uint64(half));
    }
}
