// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICascadeHook} from "./ICascadeHook.sol";
import {ICertificatedGeneration} from "./ICertificatedGeneration.sol";
import {Evidence, Statement} from "./IStatementRegistry.sol";

/// @notice A supplier's offer of `units` of its lot to a dependent. The supplier signs it, or submits it itself where the
/// dependent opted in. Its hash makes the new lot's key, so that an offer makes one lot, ever.
struct Offer {
    uint64 parent;
    address dependent;
    /// In the unit the parent's code names: Wh, g, gram-km, items, or mg of its own mass.
    uint64 units;
    /// What the share is in the dependent's books (rescoping table).
    uint16 code;
    /// When the goods or energy were consumed: first and last day, as days since 1970-01-01.
    uint16 consumedFrom;
    uint16 consumedTo;
    /// Last second at which the offer may be used.
    uint40 deadline;
    /// Hash of the commercial document (invoice, delivery note) behind it; salt it.
    bytes32 activity;
}

/// @notice What a dependent agrees to when it accepts an offer.
struct Acceptance {
    /// The most edges the new lot may have above it.
    uint16 maxAncestry;
    /// The dependent's own estimate of the same consumption, which the new lot displaces unit for unit, as far as the
    /// estimate goes; 0 for none.
    uint64 displaces;
    /// How many of the units offered are taken; 0 for all. What is left of an offer lapses: it makes one lot.
    uint64 units;
}

/// @notice A standing agreement to receive allocations from one supplier without signing each.
struct OptIn {
    /// Last second.
    uint40 until;
    /// Most edges a received lot may have above it.
    uint16 maxAncestry;
    /// Scope 3 categories accepted, a bit each (bit 1 = category 1; 9 to 15 are value-chain references); bit 0 = scope 2;
    /// other scopes and consolidation references need a signature.
    uint16 categories;
    /// Gross that may still be received, mg CO2e, counted when it is allocated.
    uint64 gross;
    /// The estimate that received lots displace unit for unit, as far as it goes; 0 for none.
    uint64 displaces;
}

/// @notice What both parties to an allocation sign when its units were wrong (a meter misread).
struct Correction {
    uint64 lot;
    /// What the lot should have; not below what of it was passed on, reserved, referred to or frozen.
    uint64 units;
    /// What it has now: signed for another state, the correction is refused.
    uint64 expected;
    /// Last second.
    uint40 deadline;
    /// Hash of the document that shows it; salt it.
    bytes32 activity;
}

/// @notice Many shares of the caller's lots combined into one output.
struct Composition {
    /// The product's code; its unit names what `output` counts.
    uint16 code;
    uint64 output;
    /// Each `units 64 | parent 64`, in ascending order of parents, no parent twice.
    uint256[] edges;
    bytes32 salt;
}

/// @notice What a lot's figures are at this block, in mg CO2e.
struct Figures {
    uint256 gross;
    /// Net before the holder's own offset.
    uint256 inheritedNet;
    /// max(0, inheritedNet − own offset).
    uint256 net;
    /// max(0, own offset − inheritedNet): what later events elsewhere made superfluous.
    uint256 surplus;
}

/// @notice All there is to know of a lot, but its figures.
struct LotView {
    address holder;
    uint16 code;
    /// Quantity the lot stands for, in the unit its code names; the denominator of every share.
    uint256 basis;
    /// Units taken from it, displaced ones included.
    uint256 allocated;
    /// Units displaced by primary data (law 11): part of `allocated`, passed on to nobody, out of its holder's totals.
    uint256 displaced;
    /// Units that may not be allocated while a dispute lasts.
    uint256 frozen;
    /// The holder's own offset, mg.
    uint256 offset;
    /// Edges above it.
    uint256 ancestry;
    /// Net last announced by `cascade`; live net for a source lot, which is announced at once.
    uint256 announcedNet;
    bool announced;
    /// Number of the statement of a source lot, 0 for a derived one.
    uint32 statement;
    /// Whether energy certificates were issued for it, or for what went into it: its energy goes with them only.
    bool certificated;
}

/// @title Carbon Emissions Token
/// @notice A ledger of lots of greenhouse gas, each with scope, category and holder, linked from supplier to dependent.
/// A dependent's figures are evaluated from its ancestors whenever they are read, so that an offset or a
/// revocation at a source is one write, and every figure below it is right in the same block.
/// @dev ERC-1155 ids are lot keys and balances are bases; holders cannot transfer. Masses are mg CO2e (1 CET = 10^9).
interface ICarbonEmissionsToken {
    /// Lots of one statement; each word is `code 16 | index 16 | basis 64 | gross 64`.
    event LotsMinted(uint32 indexed statement, address indexed holder, uint256[] lots);
    /// Source lots of a chain are corrected by its statement; each word is `key 64 | gross before 64 | gross 64`.
    event LotsRestated(uint32 indexed statement, uint256[] lots);
    /// A lot of `units` of `parent`. Where the low four bits of `code` are not zero it is a reference, and takes nothing.
    event LotAllocated(
        uint64 indexed lot,
        uint64 indexed parent,
        address indexed dependent,
        uint64 units,
        uint16 code,
        uint32 consumed,
        bytes32 activity
    );
    event LotComposed(uint64 indexed lot, address indexed holder, uint16 code, uint64 output, uint256[] edges);
    /// `units` of `estimate` are displaced by the primary data in `lot`.
    event EstimateDisplaced(uint64 indexed estimate, uint64 indexed lot, uint64 units);
    /// `lot` displaces now `units` of `estimate`, after a correction of its own.
    event DisplacementCorrected(uint64 indexed estimate, uint64 indexed lot, uint64 units);
    /// `units` of `parent` are reserved for the leaves of `root`.
    event Anchored(uint64 indexed parent, bytes32 indexed root, uint64 units, uint40 deadline);
    /// `units` of what was reserved became lots, each with a `LotAllocated` of its own.
    event Materialised(uint64 indexed parent, bytes32 indexed root, uint64 units);
    /// `units` that were reserved and not used are the parent's again.
    event AnchorReleased(uint64 indexed parent, bytes32 indexed root, uint64 units);
    /// The basis of `lot` is now `units`.
    event UnitsCorrected(uint64 indexed lot, uint64 units, bytes32 activity);
    event OfferCancelled(uint64 indexed lot, uint64 indexed parent);
    event OptedIn(address indexed dependent, address indexed supplier, OptIn terms);
    /// The holder's own offset of a lot is now `offset` mg. A source lot's `NetChanged` says it, gross − net; only where a
    /// restatement left it below its offset does this follow.
    event OffsetChanged(uint64 indexed lot, uint256 offset);
    event NetChanged(uint64 indexed lot, uint256 gross, uint256 net);
    event CertificatedSet(uint64 indexed lot, bool certificated);
    event HookSet(address indexed participant, address hook);
    event HookFailed(uint64 indexed lot, address indexed hook);
    event SuccessionAccepted(uint64 indexed lot, address indexed successor, uint40 until);
    event ClosedSet(uint256 closed);

    error Closed(uint256 operation);
    error LotUnknown(uint64 lot);
    error LotExists(uint64 lot);
    error NotHolder(uint64 lot, address caller, address holder);
    error TooManyLots(uint256 lots, uint256 limit);
    error ChunkMismatch(uint256 chunk, bytes32 actual, bytes32 stated);
    error ChunkUnknown(uint256 chunk, uint256 chunks);
    error CodeInvalid(uint16 code);
    error RescopingForbidden(uint16 parentCode, uint16 childCode);
    error BasisInvalid(uint256 basis, uint256 limit);
    error LotWordInvalid(uint256 word);
    error ScopeNotReported(uint256 scopes, uint256 reported);
    error ChunkOutOfOrder(uint256 chunk, uint256 next);
    error LotsOutOfOrder(uint64 lot, uint64 after_);
    error LotOfOtherChain(uint64 lot, uint32 statement);
    error GrossChanged(uint64 lot, uint256 gross, uint256 expected);
    error LotInflated(uint64 lot, uint256 gross, uint256 limit);
    error UnitsUnavailable(uint64 lot, uint256 units, uint256 available);
    error UnitsZero(uint64 lot);
    error UnitsOverOffer(uint256 units, uint256 offered);
    error ReferencesExceedBasis(uint64 lot, uint16 code, uint256 units, uint256 available);
    error AncestryExceeds(uint256 edges, uint256 limit);
    error OfferExpired(uint40 deadline, uint256 at);
    error OfferSignatureInvalid(address supplier);
    error NotDependent(address caller, address dependent);
    error DependentInvalid(address dependent);
    error SupplierInvalid(address supplier);
    error ConsumptionReversed(uint16 from, uint16 to);
    error OptInMissing(address dependent, address supplier);
    error OptInExceeded(uint256 gross, uint256 remaining);
    error OptInCategoryClosed(uint16 code, uint16 categories);
    error DisplacementUnlike(uint64 estimate, uint64 lot);
    error DisplacementOutOfPeriod(uint16 consumedFrom, uint16 consumedTo, uint16 periodStart, uint16 periodEnd);
    error NotAllocable(uint64 lot, uint16 code);
    error AnchorExists(uint64 lot, bytes32 root);
    error AnchorExpired(uint40 deadline, uint256 at);
    error AnchorOpen(uint40 deadline, uint256 at);
    error AnchorExhausted(uint64 lot, bytes32 root, uint256 units, uint256 left);
    error NotAnchored(uint64 lot, bytes32 root);
    error NothingReserved(uint64 lot, bytes32 root);
    error LeavesEmpty();
    error LeavesMixed(uint256 index);
    error LotDisputed(uint64 lot, uint256 frozen, uint256 left);
    error NotCorrectable(uint64 lot);
    error CorrectionExpired(uint40 deadline, uint256 at);
    error CorrectionUsed(bytes32 digest);
    error CorrectionSignatureInvalid(address party);
    error CorrectionBelow(uint64 lot, uint256 units, uint256 least);
    error UnitsChanged(uint64 lot, uint256 units, uint256 expected);
    error EdgesInvalid(uint256 edges, uint256 limit);
    error ParentsOutOfOrder(uint64 parent, uint64 after_);
    error NotComposable(uint64 lot, uint16 code, uint16 productCode);
    error NotOffsettable(uint64 lot, uint16 code);
    error OffsetExceedsNet(uint256 amount, uint256 net);
    error SurplusTooSmall(uint256 amount, uint256 surplus);
    error OnlyOffsetToken(address caller);
    error OnlyGeneration(address caller);
    error HookInvalid(address hook);
    error HookGasTooLow(uint256 gas, uint256 required);
    error SuccessionNotAccepted(uint64 lot, address successor);
    error SuccessionPartial(uint256 amount, uint256 basis);

    // Participants

    /// @notice Mints one chunk of a statement's lots to its participant, recording the statement if it is new.
    /// Anyone may submit: the signatures decide.
    function mint(Statement calldata statement, Evidence calldata evidence, uint256 chunk, uint256[] calldata lots) external;
    /// @notice Carries out one chunk of a superseding statement's restated lots, recording the statement if it is new. Chunks go
    /// in their order, each once. Anyone may submit: the signatures decide.
    function restate(Statement calldata statement, Evidence calldata evidence, uint256 chunk, uint256[] calldata lots) external;
    /// @notice The dependent takes up a signed offer, or a part of it.
    function accept(Offer calldata offer, bytes calldata signature, Acceptance calldata terms) external returns (uint64 lot);
    /// @notice The supplier allocates to a dependent that opted in.
    function allocate(Offer calldata offer) external returns (uint64 lot);
    /// @notice The supplier withdraws an offer that has not been taken up, whether signed or anchored; it can never be.
    function cancel(Offer calldata offer) external;
    /// @notice Agrees to receive allocations from `supplier`; all zero ends it.
    function optIn(address supplier, OptIn calldata terms) external;
    /// @notice The holder reserves `units` of a lot for the allocations that `root` commits to, until the deadline. A root is
    /// anchored to a lot once.
    function anchor(uint64 lot, bytes32 root, uint64 units, uint40 deadline) external;
    /// @notice Makes an anchored allocation a lot: its dependent calls and says its terms; for a dependent that opted in to
    /// the supplier anybody may, and the opt-in's terms hold.
    /// @param proof Siblings of the leaf, from the bottom (OpenZeppelin's sorted pairs).
    function materialise(bytes32 root, Offer calldata offer, bytes32[] calldata proof, Acceptance calldata terms)
        external
        returns (uint64 lot);
    /// @notice The same for many allocations of one lot to one dependent, by an OpenZeppelin multiproof.
    /// @param offers In the order of the multiproof's leaves.
    function materialiseBatch(
        bytes32 root,
        Offer[] calldata offers,
        bytes32[] calldata proof,
        bool[] calldata flags,
        Acceptance calldata terms
    ) external returns (uint256[] memory lots);
    /// @notice After the deadline gives what was reserved and not used back to the lot. Open to anyone.
    function release(uint64 lot, bytes32 root) external;
    /// @notice Corrects the units of a lot that has one parent, as the holders of both signed. Anyone may submit.
    function correct(Correction calldata correction, bytes calldata supplierSignature, bytes calldata dependentSignature)
        external;
    /// @notice Combines shares of the caller's lots into a product lot.
    function compose(Composition calldata composition) external returns (uint64 lot);
    /// @notice Evaluates derived lots, records and announces what moved, then calls their holders' hooks. Open to anyone.
    function cascade(uint64[] calldata lots) external;
    /// @notice Sets the contract that hears of the caller's lots; zero ends it.
    function setHook(address hook) external;
    /// @notice Agrees until that second to succeed the holder of `lot` (legal succession; an operator carries it out); 0
    /// withdraws the agreement.
    function acceptSuccession(uint64 lot, uint40 until) external;

    // The offset token

    /// @notice Adds an offset to `holder`'s lot. Refused above its live net.
    function applyOffset(uint64 lot, uint64 amount, address holder) external;
    /// @notice Takes a voided offset off a lot.
    function removeOffset(uint64 lot, uint64 amount) external;
    /// @notice Moves what is superfluous on one lot of `holder` to another.
    function moveSurplus(uint64 from, uint64 to, uint64 amount, address holder) external;

    // The record of certificated generation

    /// @notice Says whether energy certificates were issued for a lot, or for what went into it. A product of such a lot is one from
    /// its birth.
    function setCertificated(uint64 lot, bool certificated) external;

    // Operators

    /// @notice Closes operations, a bit each: 0 mint, 1 allocate, 2 compose, 3 offset, 4 cascade, 5 restate, 6 anchor and
    /// materialise, 7 correct.
    function setClosed(uint256 closed_) external;
    /// @notice Closes operations beside those that are closed. For guardians, who act without delay and can open nothing.
    function close(uint256 operations) external;

    // Views

    function figures(uint64 lot) external view returns (Figures memory);
    function lotOf(uint64 lot) external view returns (LotView memory);
    /// @notice A lot's code and basis, without evaluating it; a basis of 0 where there is none.
    function quantityOf(uint64 lot) external view returns (uint16 code, uint256 basis);
    /// @notice Parents of a derived lot and the units of each it holds.
    function edgesOf(uint64 lot) external view returns (uint64[] memory parents, uint64[] memory units);
    /// @notice Key of the one lot an offer can make, whether it is signed, anchored or allocated.
    function keyOf(Offer calldata offer) external view returns (uint64);
    function anchorOf(uint64 lot, bytes32 root) external view returns (uint64 reserved, uint64 used, uint40 deadline);
    function optInOf(address dependent, address supplier) external view returns (OptIn memory);
    /// @notice Units of `lot` that `referrer` refers to under the relation and category of `code`; for category 3.15, that
    /// anybody refers to. Never above the basis.
    function referencedOf(uint64 lot, uint16 code, address referrer) external view returns (uint64);
    /// @notice The estimate that `lot` displaced, and how many units of it.
    function displacementOf(uint64 lot) external view returns (uint64 estimate, uint64 units);
    function hookOf(address participant) external view returns (ICascadeHook);
    function participantOf(uint32 statement) external view returns (address);
    /// @notice Chunks of restated lots of a statement that were carried out; the registry's record says how many there are.
    function restatedOf(uint32 statement) external view returns (uint32);
    function closed() external view returns (uint256);
    /// @notice Asked for the certificates of what leaves a certificated lot.
    function generation() external view returns (ICertificatedGeneration);
}
