// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ERC1155Surface} from "./ERC1155Surface.sol";
import {
    Acceptance,
    Composition,
    Figures,
    ICarbonEmissionsToken,
    LotView,
    Offer,
    OptIn
} from "./interfaces/ICarbonEmissionsToken.sol";
import {ICascadeHook} from "./interfaces/ICascadeHook.sol";
import {Evidence, IStatementRegistry, Statement} from "./interfaces/IStatementRegistry.sol";
import {ITokenRenderer} from "./interfaces/ITokenRenderer.sol";
import {Evaluation} from "./libraries/Evaluation.sol";
import {HookCalls} from "./libraries/HookCalls.sol";
import {LotCode, LotCodes} from "./libraries/LotCode.sol";
import {LotKeys} from "./libraries/LotKey.sol";
import {Annex, Lot, LotLedger, LotStore} from "./libraries/LotStore.sol";
import {Shares} from "./libraries/Shares.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title CarbonEmissionsToken
contract CarbonEmissionsToken is
    ICarbonEmissionsToken,
    ERC1155Surface,
    AccessManaged,
    EIP712,
    ReentrancyGuardTransient
{
    using LotStore for uint256;

    bytes32 private constant OFFER_TYPEHASH = keccak256(
        "Offer(uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity)"
    );

    uint256 private constant MINT = 1 << 0;
    uint256 private constant ALLOCATE = 1 << 1;
    uint256 private constant COMPOSE = 1 << 2;
    uint256 private constant OFFSET = 1 << 3;
    uint256 private constant CASCADE = 1 << 4;

    uint256 private constant MAX_CHUNK = 400;

    IStatementRegistry public immutable registry;
    /// The one contract that may change offsets.
    address public immutable offsets;
    ITokenRenderer private immutable _renderer;

    LotLedger private _ledger;
    mapping(uint64 lot => uint256) private _displaced;
    mapping(uint64 lot => mapping(address successor => bool)) private _successions;
    mapping(address dependent => mapping(address supplier => OptIn)) private _optIns;
    mapping(address participant => ICascadeHook) public hookOf;
    uint256 public closed;

    /// Refuses while hooks run. Checked, not set: nothing but `cascade` calls what others wrote.
    modifier outsideHooks() {
        if (_reentrancyGuardEntered()) revert ReentrancyGuardReentrantCall();
        _;
    }

    modifier open(uint256 operation) {
        require(closed & operation == 0, Closed(operation));
        _;
    }

    modifier onlyOffsets() {
        require(msg.sender == offsets, OnlyOffsetToken(msg.sender));
        _;
    }

    constructor(address authority, IStatementRegistry registry_, address offsets_, ITokenRenderer renderer)
        AccessManaged(authority)
        EIP712("CarbonEmissionsToken", "1")
    {
        registry = registry_;
        offsets = offsets_;
        _renderer = renderer;
    }

    // Minting

    /// @inheritdoc ICarbonEmissionsToken
    function mint(Statement calldata s, Evidence calldata e, uint256 chunk, uint256[] calldata words)
        external
        outsideHooks
        open(MINT)
    {
        require(chunk < s.lotChunks.length, ChunkUnknown(chunk, s.lotChunks.length));
        require(words.length <= MAX_CHUNK, TooManyLots(words.length, MAX_CHUNK));
        bytes32 actual = keccak256(abi.encodePacked(words));
        require(actual == s.lotChunks[chunk], ChunkMismatch(chunk, actual, s.lotChunks[chunk]));

        // Trusted: our own registry, which calls nothing but the signers' ERC-1271 views.
        uint32 number = registry.submit(s, e);
        if (_ledger.participants[number] == address(0)) _ledger.participants[number] = s.participant;

        uint256[] memory ids = new uint256[](words.length);
        uint256[] memory bases = new uint256[](words.length);
        for (uint256 i; i < words.length; ++i) (ids[i], bases[i]) = _mintOne(number, words[i]);
        emit LotsMinted(number, s.participant, words);
        emit TransferBatch(msg.sender, address(0), s.participant, ids, bases);
    }

    function _mintOne(uint32 number, uint256 word) private returns (uint64 key, uint256 basis) {
        LotCode code = LotCode.wrap(uint16(word >> 144));
        require(word >> 160 == 0, LotWordInvalid(word));
        require(code.isSource(), CodeInvalid(LotCode.unwrap(code)));
        basis = uint64(word >> 64);
        require(basis != 0 && basis <= LotStore.MAX_BASIS, BasisInvalid(basis, LotStore.MAX_BASIS));
        key = LotKeys.ofSource(number, code, uint16(word >> 128));
        Lot storage lot = _ledger.lots[key];
        require(lot.figures == 0, LotExists(key));
        lot.figures = LotStore.source(basis, uint64(word));
    }

    // Allocation

    /// @inheritdoc ICarbonEmissionsToken
    function accept(Offer calldata offer, bytes calldata signature, Acceptance calldata terms)
        external
        outsideHooks
        open(ALLOCATE)
        returns (uint64 key)
    {
        require(msg.sender == offer.dependent, NotDependent(msg.sender, offer.dependent));
        bytes32 origin = _originOf(offer);
        address supplier = _holderOf(offer.parent);
        require(Signatures.isValid(supplier, _hashTypedDataV4(origin), signature), OfferSignatureInvalid(supplier));
        key = _allocate(offer, origin, terms.maxAncestry, terms.displaces);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function allocate(Offer calldata offer) external outsideHooks open(ALLOCATE) returns (uint64 key) {
        _requireHolder(offer.parent, msg.sender);
        OptIn storage kept = _optIns[offer.dependent][msg.sender];
        OptIn memory terms = kept;
        require(block.timestamp <= terms.until, OptInMissing(offer.dependent, msg.sender));
        LotCode code = LotCode.wrap(offer.code);
        uint256 bit = code.scope() == LotCodes.SCOPE_3 ? code.category() : code.scope() == LotCodes.SCOPE_2 ? 0 : 16;
        require((terms.categories >> bit) & 1 == 1, OptInCategoryClosed(offer.code, terms.categories));

        key = _allocate(offer, _originOf(offer), terms.maxAncestry, terms.displaces);
        uint256 gross = Evaluation.figures(_ledger, key).gross;
        require(gross <= terms.gross, OptInExceeded(gross, terms.gross));
        unchecked {
            // gross ≤ terms.gross.
            kept.gross = uint64(terms.gross - gross);
        }
    }

    function _allocate(Offer calldata offer, bytes32 origin, uint256 maxAncestry, uint64 displaces)
        private
        returns (uint64 key)
    {
        require(block.timestamp <= offer.deadline, OfferExpired(offer.deadline, block.timestamp));
        require(offer.dependent != address(0), DependentInvalid(offer.dependent));
        require(offer.consumedFrom <= offer.consumedTo, ConsumptionReversed(offer.consumedFrom, offer.consumedTo));
        (LotCode parentCode, uint256 ancestry) = _take(offer.parent, offer.units);
        LotCode code = LotCode.wrap(offer.code);
        require(parentCode.mayBecome(code), RescopingForbidden(LotCode.unwrap(parentCode), offer.code));
        unchecked {
            // ancestry ≤ MAX_ANCESTRY.
            ++ancestry;
        }
        if (maxAncestry > LotStore.MAX_ANCESTRY) maxAncestry = LotStore.MAX_ANCESTRY;
        require(ancestry <= maxAncestry, AncestryExceeds(ancestry, maxAncestry));

        key = LotKeys.ofDerived(origin);
        _create(key, LotStore.derived(offer.units, offer.parent), LotStore.holding(offer.dependent, code, ancestry));
        if (displaces != 0) _displace(displaces, key, offer);
        uint32 consumed = uint32(offer.consumedFrom) << 16 | offer.consumedTo;
        emit LotAllocated(key, offer.parent, offer.dependent, offer.units, offer.code, consumed, offer.activity);
        emit TransferSingle(msg.sender, address(0), offer.dependent, key, offer.units);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function cancel(Offer calldata offer) external outsideHooks open(ALLOCATE) {
        _requireHolder(offer.parent, msg.sender);
        uint64 key = LotKeys.ofDerived(_originOf(offer));
        require(_ledger.lots[key].figures == 0, LotExists(key));
        // A tombstone: a parent but no basis. The key is taken, and no lot is there.
        _ledger.lots[key].figures = LotStore.derived(0, offer.parent);
        emit OfferCancelled(key, offer.parent);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function optIn(address supplier, OptIn calldata terms) external outsideHooks open(ALLOCATE) {
        _optIns[msg.sender][supplier] = terms;
        emit OptedIn(msg.sender, supplier, terms);
    }

    /// Law 11: like for like in scope, category, method, unit and period, and only what the estimate has not passed on.
    function _displace(uint64 estimate, uint64 lot, Offer calldata offer) private {
        _requireHolder(estimate, offer.dependent);
        bool alike = !LotKeys.isDerived(estimate) && LotCode.unwrap(LotKeys.codeOf(estimate)) == offer.code;
        require(alike, DisplacementUnlike(estimate, lot));
        (uint16 from, uint16 to) = registry.periodOf(LotKeys.statementOf(estimate));
        bool within = from <= offer.consumedFrom && offer.consumedTo <= to;
        require(within, DisplacementOutOfPeriod(offer.consumedFrom, offer.consumedTo, from, to));
        _take(estimate, offer.units);
        _displaced[estimate] += offer.units;
        emit EstimateDisplaced(estimate, lot, offer.units);
    }

    // Composition

    /// @inheritdoc ICarbonEmissionsToken
    function compose(Composition calldata c) external outsideHooks open(COMPOSE) returns (uint64 key) {
        LotCode code = LotCode.wrap(c.code);
        require(code.isValid() && code.isProduct(), CodeInvalid(c.code));
        require(c.output != 0 && c.output <= LotStore.MAX_BASIS, BasisInvalid(c.output, LotStore.MAX_BASIS));
        uint256 edges = c.edges.length;
        require(edges != 0 && edges <= LotStore.MAX_EDGES, EdgesInvalid(edges, LotStore.MAX_EDGES));

        key = LotKeys.ofDerived(keccak256(abi.encode(msg.sender, c)));
        (uint256 bound, bool flat) = _takeEdges(key, c, code);
        Lot storage lot = _create(key, LotStore.derived(c.output, edges), LotStore.holding(msg.sender, code, edges));
        if (!flat) {
            // Counted exactly, not summed: a diamond's edges are shared.
            uint256 ancestry = Evaluation.ancestryOf(_ledger, key, bound);
            lot.holding = LotStore.holding(msg.sender, code, ancestry);
        }
        emit LotComposed(key, msg.sender, c.code, c.output, c.edges);
        emit TransferSingle(msg.sender, address(0), msg.sender, key, c.output);
    }

    /// Takes the units of every edge and stores the edges, two a slot.
    function _takeEdges(uint64 key, Composition calldata c, LotCode code) private returns (uint256 bound, bool flat) {
        uint256[64] storage packed = _ledger.edges[key];
        uint256 edges = c.edges.length;
        uint64 previous;
        uint256 low;
        flat = true;
        bound = edges;
        for (uint256 i; i < edges; ++i) {
            uint256 edge = c.edges[i];
            uint64 parent = uint64(edge);
            require(parent > previous, ParentsOutOfOrder(parent, previous));
            previous = parent;
            _requireHolder(parent, msg.sender);
            // No need to check that the units fit 64 bits: no more than a basis can be taken.
            (LotCode parentCode, uint256 ancestry) = _take(parent, edge >> 64);
            require(parentCode.mayEnter(code), NotComposable(parent, LotCode.unwrap(parentCode), c.code));
            if (ancestry != 0) flat = false;
            bound += ancestry;
            if (i & 1 == 1) packed[i >> 1] = edge << 128 | low;
            else if (i + 1 == edges) packed[i >> 1] = edge;
            else low = edge;
        }
    }

    // Offsets

    /// @inheritdoc ICarbonEmissionsToken
    function applyOffset(uint64 key, uint64 amount, address holder) external outsideHooks onlyOffsets open(OFFSET) {
        _addOffset(key, amount, holder);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function removeOffset(uint64 key, uint64 amount) external outsideHooks onlyOffsets {
        uint256 figures_ = _ledger.lots[key].figures;
        _setOffset(key, figures_, figures_.offset() - amount);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function moveSurplus(uint64 from, uint64 to, uint64 amount, address holder)
        external
        outsideHooks
        onlyOffsets
        open(OFFSET)
    {
        _requireHolder(from, holder);
        uint256 surplus = Evaluation.figures(_ledger, from).surplus;
        require(amount <= surplus, SurplusTooSmall(amount, surplus));
        uint256 figures_ = _ledger.lots[from].figures;
        _setOffset(from, figures_, figures_.offset() - amount);
        _addOffset(to, amount, holder);
    }

    function _addOffset(uint64 key, uint64 amount, address holder) private {
        _requireHolder(key, holder);
        LotCode code = _codeOf(key);
        require(code.isLive(), NotOffsettable(key, LotCode.unwrap(code)));
        uint256 figures_ = _ledger.lots[key].figures;
        uint256 net = LotKeys.isDerived(key)
            ? Evaluation.figures(_ledger, key).net
            : Shares.less(figures_.gross(), figures_.offset());
        uint256 offset = figures_.offset() + amount;
        // A product's net may have more than the 64 bits the offset is kept in.
        require(amount <= net && offset <= type(uint64).max, OffsetExceedsNet(amount, net));
        _setOffset(key, figures_, offset);
    }

    /// A source lot's new net is announced at once; a derived lot's by `cascade`.
    function _setOffset(uint64 key, uint256 figures_, uint256 offset) private {
        _ledger.lots[key].figures = figures_.withOffset(offset);
        if (LotKeys.isDerived(key)) emit OffsetChanged(key, offset);
        else emit NetChanged(key, figures_.gross(), Shares.less(figures_.gross(), offset));
    }

    // Cascade

    /// @inheritdoc ICarbonEmissionsToken
    /// @dev Source lots are announced when their offset moves, so they are passed over here.
    function cascade(uint64[] calldata lots) external nonReentrant open(CASCADE) {
        HookCalls.Call[] memory calls = new HookCalls.Call[](lots.length);
        uint256 count;
        for (uint256 i; i < lots.length; ++i) {
            uint64 key = lots[i];
            if (!LotKeys.isDerived(key)) continue;
            uint256 before = _figuresOf(key).announced();
            Figures memory f = Evaluation.figures(_ledger, key);
            uint256 now_ = f.net < type(uint64).max ? f.net + 1 : type(uint64).max;
            if (now_ == before) continue;
            _ledger.lots[key].figures = _ledger.lots[key].figures.withAnnounced(now_);
            emit NetChanged(key, f.gross, f.net);
            ICascadeHook hook = hookOf[_ledger.lots[key].holding.holderOf()];
            if (address(hook) == address(0)) continue;
            ICascadeHook.Cause cause = before == 0
                ? ICascadeHook.Cause.Announced
                : now_ < before ? ICascadeHook.Cause.Fell : ICascadeHook.Cause.Rose;
            calls[count++] = HookCalls.Call(hook, key, f.gross, f.net, cause);
        }
        for (uint256 i; i < count; ++i) {
            if (!HookCalls.run(calls[i])) emit HookFailed(calls[i].lot, address(calls[i].hook));
        }
    }

    /// @inheritdoc ICarbonEmissionsToken
    function setHook(address hook) external outsideHooks {
        bool valid = hook == address(0) || ERC165Checker.supportsInterface(hook, type(ICascadeHook).interfaceId);
        require(valid, HookInvalid(hook));
        hookOf[msg.sender] = ICascadeHook(hook);
        emit HookSet(msg.sender, hook);
    }

    // Operators: disputes and legal succession (ERC-7943)

    /// @inheritdoc ICarbonEmissionsToken
    function setClosed(uint256 closed_) external restricted {
        closed = closed_;
        emit ClosedSet(closed_);
    }

    /// @notice Freezes units of a lot: while a dispute lasts they cannot be allocated, displaced or composed.
    function setFrozenTokens(address account, uint256 id, uint256 amount) external outsideHooks restricted returns (bool) {
        uint64 key = _lotOf(id);
        _requireHolder(key, account);
        _annex(key).frozen = uint96(amount > type(uint96).max ? type(uint96).max : amount);
        emit Frozen(account, id, amount);
        return true;
    }

    /// @inheritdoc ICarbonEmissionsToken
    function acceptSuccession(uint64 key) external outsideHooks {
        _figuresOf(key);
        _successions[key][msg.sender] = true;
        emit SuccessionAccepted(key, msg.sender);
    }

    /// @notice Legal succession: moves a whole lot, with its liability, to a successor who accepted it.
    function forcedTransfer(address from, address to, uint256 id, uint256 amount) external outsideHooks restricted returns (bool) {
        uint64 key = _lotOf(id);
        _requireHolder(key, from);
        require(_successions[key][to], SuccessionNotAccepted(key, to));
        uint256 basis = _basisOf(key);
        require(amount == basis, SuccessionPartial(amount, basis));
        delete _successions[key][to];
        if (LotKeys.isDerived(key)) _ledger.lots[key].holding = _ledger.lots[key].holding.withHolder(to);
        else _annex(key).successor = to;
        emit ForcedTransfer(from, to, id, amount);
        emit TransferSingle(msg.sender, from, to, id, amount);
        return true;
    }

    function _annex(uint64 key) private returns (Annex storage) {
        Lot storage lot = _ledger.lots[key];
        if (LotKeys.isDerived(key)) lot.holding = lot.holding.annexDerived();
        else lot.figures = lot.figures.annexSource();
        return _ledger.annexes[key];
    }

    // Lots

    /// Takes `units` from a lot; what was taken never exceeds the basis less what is frozen (law 1).
    function _take(uint64 key, uint256 units) private returns (LotCode code, uint256 ancestry) {
        require(units != 0, UnitsZero(key));
        Lot storage lot = _ledger.lots[key];
        uint256 figures_ = lot.figures;
        if (LotKeys.isDerived(key)) {
            uint256 holding = lot.holding;
            uint256 taken = holding.allocatedOfDerived();
            uint256 available = figures_.derivedBasis() - taken;
            if (holding.isAnnexedDerived()) available = _unfrozen(key, available);
            require(units <= available, UnitsUnavailable(key, units, available));
            lot.holding = holding + (units << 32);
            return (holding.codeOf(), holding.ancestryOf());
        }
        uint256 left = figures_.sourceBasis() - figures_.allocatedOfSource();
        if (figures_.isAnnexedSource()) left = _unfrozen(key, left);
        require(units <= left, UnitsUnavailable(key, units, left));
        lot.figures = figures_ + units;
        return (LotKeys.codeOf(key), 0);
    }

    function _unfrozen(uint64 key, uint256 available) private view returns (uint256) {
        uint256 frozen = _ledger.annexes[key].frozen;
        return frozen < available ? available - frozen : 0;
    }

    function _create(uint64 key, uint256 figures_, uint256 holding) private returns (Lot storage lot) {
        lot = _ledger.lots[key];
        require(lot.figures == 0, LotExists(key));
        lot.figures = figures_;
        lot.holding = holding;
    }

    function _originOf(Offer calldata offer) private pure returns (bytes32) {
        return keccak256(abi.encode(OFFER_TYPEHASH, offer));
    }

    function _holderOf(uint64 key) private view returns (address holder) {
        if (LotKeys.isDerived(key)) return _ledger.lots[key].holding.holderOf();
        uint256 figures_ = _ledger.lots[key].figures;
        if (figures_ == 0) return address(0);
        if (figures_.isAnnexedSource()) holder = _ledger.annexes[key].successor;
        if (holder == address(0)) holder = _ledger.participants[LotKeys.statementOf(key)];
    }

    function _requireHolder(uint64 key, address account) private view {
        address holder = _holderOf(key);
        require(holder != address(0), LotUnknown(key));
        require(holder == account, NotHolder(key, account, holder));
    }

    /// The figures word of an existing lot; a cancelled offer is none.
    function _figuresOf(uint64 key) private view returns (uint256 figures_) {
        figures_ = _ledger.lots[key].figures;
        require(figures_ >> 192 != 0, LotUnknown(key));
    }

    function _basisOf(uint64 key) private view returns (uint256) {
        uint256 figures_ = _figuresOf(key);
        return LotKeys.isDerived(key) ? figures_.derivedBasis() : figures_.sourceBasis();
    }

    function _codeOf(uint64 key) private view returns (LotCode) {
        return LotKeys.isDerived(key) ? _ledger.lots[key].holding.codeOf() : LotKeys.codeOf(key);
    }

    function _lotOf(uint256 id) private pure returns (uint64) {
        require(id <= type(uint64).max, LotUnknown(type(uint64).max));
        return uint64(id);
    }

    // Views

    /// @inheritdoc ICarbonEmissionsToken
    function figures(uint64 key) external view returns (Figures memory) {
        _figuresOf(key);
        return Evaluation.figures(_ledger, key);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function lotOf(uint64 key) external view returns (LotView memory v) {
        uint256 figures_ = _figuresOf(key);
        Figures memory live = Evaluation.figures(_ledger, key);
        v.holder = _holderOf(key);
        v.code = LotCode.unwrap(_codeOf(key));
        v.basis = _basisOf(key);
        v.displaced = _displaced[key];
        v.frozen = _ledger.annexes[key].frozen;
        v.offset = figures_.offset();
        if (LotKeys.isDerived(key)) {
            uint256 holding = _ledger.lots[key].holding;
            v.allocated = holding.allocatedOfDerived();
            v.ancestry = holding.ancestryOf();
            v.announced = figures_.announced() != 0;
            v.announcedNet = v.announced ? figures_.announced() - 1 : 0;
        } else {
            v.allocated = figures_.allocatedOfSource();
            v.announced = true;
            v.announcedNet = live.net;
            v.statement = LotKeys.statementOf(key);
        }
    }

    /// @inheritdoc ICarbonEmissionsToken
    function edgesOf(uint64 key) external view returns (uint64[] memory parents, uint64[] memory units) {
        uint256 figures_ = _figuresOf(key);
        if (!LotKeys.isDerived(key)) return (parents, units);
        uint64 parent = figures_.parentOf();
        uint256 edges = parent >= LotKeys.FIRST_KEY ? 1 : parent;
        parents = new uint64[](edges);
        units = new uint64[](edges);
        if (parent >= LotKeys.FIRST_KEY) {
            (parents[0], units[0]) = (parent, uint64(figures_.derivedBasis()));
            return (parents, units);
        }
        for (uint256 i; i < edges; ++i) {
            (uint256 u, uint64 p) = _ledger.edges[key][i >> 1].edge(i);
            (parents[i], units[i]) = (p, uint64(u));
        }
    }

    /// @inheritdoc ICarbonEmissionsToken
    function keyOf(Offer calldata offer) external pure returns (uint64) {
        return LotKeys.ofDerived(_originOf(offer));
    }

    /// @inheritdoc ICarbonEmissionsToken
    function optInOf(address dependent, address supplier) external view returns (OptIn memory) {
        return _optIns[dependent][supplier];
    }

    /// @inheritdoc ICarbonEmissionsToken
    function participantOf(uint32 statement) external view returns (address) {
        return _ledger.participants[statement];
    }

    // ERC-1155 and ERC-7943: lots stay where they are

    function balanceOf(address account, uint256 id) public view override(ERC1155Surface) returns (uint256) {
        if (id > type(uint64).max || account == address(0)) return 0;
        uint64 key = uint64(id);
        return _holderOf(key) == account ? _basisOf(key) : 0;
    }

    function uri(uint256 id) external view returns (string memory) {
        return _renderer.render(address(this), id);
    }

    /// @dev A holder cannot send emissions away; others refer to them.
    function _move(address from, address to, uint256 id, uint256 value) internal pure override {
        revert ERC7943CannotTransfer(from, to, id, value);
    }

    function canSend(address) external pure returns (bool) {
        return false;
    }

    function canReceive(address) external pure returns (bool) {
        return false;
    }

    function canTransfer(address, address, uint256, uint256) external pure returns (bool) {
        return false;
    }

    function getFrozenTokens(address account, uint256 id) external view returns (uint256) {
        if (id > type(uint64).max || _holderOf(uint64(id)) != account) return 0;
        return _ledger.annexes[uint64(id)].frozen;
    }

    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICarbonEmissionsToken).interfaceId || super.supportsInterface(interfaceId);
    }
}
