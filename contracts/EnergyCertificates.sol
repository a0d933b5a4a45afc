// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {BatchToken} from "./BatchToken.sol";
import {ERC1155Surface} from "./ERC1155Surface.sol";
import {Relayed} from "./Relayed.sol";
import {Instrument} from "./instruments/Instrument.sol";
import {BatchStatus} from "./interfaces/BatchStatus.sol";
import {ICertificateRenderer} from "./interfaces/ICertificateRenderer.sol";
import {
    Cancellation,
    CancellationView,
    Carrier,
    CertificateBatch,
    CertificateBatchView,
    IEnergyCertificates,
    Purpose
} from "./interfaces/IEnergyCertificates.sol";
import {Consumption, IInstrument} from "./interfaces/IInstrument.sol";
import {IStatementRegistry} from "./interfaces/IStatementRegistry.sol";
import {CreditStore} from "./libraries/CreditStore.sol";
import {PlainText} from "./libraries/PlainText.sol";

/// @title EnergyCertificates
/// @dev In a batch's account (CreditStore) what is cancelled stands as retired, what is withdrawn as voided.
contract EnergyCertificates is IEnergyCertificates, Instrument, BatchToken {
    using CreditStore for uint256;

    struct System {
        address operator;
        uint64 cap;
        uint64 issued;
        uint64 size;
        uint16 validDays;
    }

    /// What statements are checked against; one word and, where an entity is named, another.
    struct Claim {
        address beneficiary;
        uint16 periodStart;
        uint16 periodEnd;
        Purpose purpose;
        bool ofEntity;
    }

    ICertificateRenderer private immutable _renderer;

    mapping(bytes32 system => System) public systemOf;
    mapping(uint64 batch => uint256) public replacedOf;
    mapping(uint64 batch => CertificateBatch) private _batches;
    /// Packed words: see CreditStore.
    mapping(uint96 number => uint256) private _cancelled;
    mapping(uint96 number => Claim) private _claims;
    mapping(uint96 number => bytes32) private _entities;

    constructor(address authority, address relay, IStatementRegistry registry, ICertificateRenderer renderer)
        Relayed(authority, relay)
        Instrument(registry)
    {
        _renderer = renderer;
    }

    // Operators

    /// @inheritdoc IEnergyCertificates
    function setSystem(
        bytes32 system,
        address operator,
        uint64 cap,
        uint64 size,
        uint16 validDays,
        string calldata name
    ) external restricted {
        System storage s = systemOf[system];
        require(PlainText.isLabel(system), CertificateTextInvalid(system));
        // Serials stand for what they stood for when the first was issued.
        bool sized = size != 0 && (s.issued == 0 || size == s.size);
        require(operator != address(0) && cap >= s.issued && sized, SystemInvalid(operator, cap, size));
        (s.operator, s.cap, s.size, s.validDays) = (operator, cap, size, validDays);
        emit SystemSet(system, operator, cap, size, validDays, name);
    }

    // Tracking systems' operators

    /// @inheritdoc IEnergyCertificates
    function issue(CertificateBatch calldata c, uint64 previousSerial, address to) external returns (uint64 batch) {
        _requireOperator(c.system);
        require(to != address(0), ERC1155InvalidReceiver(to));
        _checkContent(c);
        batch = batchIdOf(c);
        _addSerials(c.system, c.serialPrefix, c.firstSerial, c.lastSerial, previousSerial, batch);

        System storage s = systemOf[c.system];
        uint256 amount = (uint256(c.lastSerial) - c.firstSerial + 1) * s.size;
        require(amount <= CreditStore.LARGEST_BATCH, BatchAboveLimit(amount, CreditStore.LARGEST_BATCH));
        uint256 total = s.issued + amount;
        require(total <= s.cap, SystemCapExceeded(total, s.cap));
        require(_accounts[batch] == 0, BatchExists(batch));
        if (c.replaces != 0) _replace(c.replaces, c.system, amount);

        s.issued = uint64(total);
        uint256 lastDay = s.validDays == 0 ? 0 : uint256(c.productionEnd) + s.validDays;
        uint16 expires = lastDay > type(uint16).max ? 0 : uint16(lastDay);
        _create(batch, to, amount, CreditStore.account(amount, BatchStatus.Active, false).withExpiry(expires));
        _batches[batch] = c;
        emit BatchIssued(batch, to, amount, expires, c);
        _welcome(batch, to, amount);
    }

    function _checkContent(CertificateBatch calldata c) private view {
        require(c.carrier != Carrier.Unknown, CarrierUnknown());
        require(PlainText.isCode(c.serialPrefix), SerialTextInvalid(c.serialPrefix));
        require(PlainText.isLabel(c.market), CertificateTextInvalid(c.market));
        require(PlainText.isLabel(c.technology), CertificateTextInvalid(c.technology));
        require(c.label == 0 || PlainText.isLabel(c.label), CertificateTextInvalid(c.label));
        bool named = c.originRegistry == 0 || PlainText.isLabel(c.originRegistry);
        require(named, CertificateTextInvalid(c.originRegistry));
        require(PlainText.isCountry(c.country), CertificateTextInvalid(c.country));
        bool ordered = c.productionStart != 0 && c.productionStart <= c.productionEnd;
        require(ordered, ProductionInvalid(c.productionStart, c.productionEnd));
        uint256 today = _today();
        require(c.productionEnd < today, ProductionNotOver(c.productionEnd, today));
        bool whole = (c.originRegistry == 0) == (c.immobilisation == 0);
        require(whole, BridgeIncomplete(c.originRegistry, c.immobilisation));
    }

    /// In place of certificates withdrawn by error no more are issued than were withdrawn.
    function _replace(uint64 old, bytes32 system, uint256 amount) private {
        require(_batches[old].system == system, ReplacesAnotherSystem(old, _batches[old].system));
        uint256 left = _accounts[old].voided() - replacedOf[old];
        require(amount <= left, ReplacementAboveWithdrawn(amount, left));
        replacedOf[old] += amount;
    }

    /// @inheritdoc IEnergyCertificates
    /// @dev Frozen, suspended and expired certificates too: they are taken out of the world, not moved.
    function withdraw(uint64 batch, address holder, uint64 amount, string calldata reason) external {
        _requireOperator(_batches[batch].system);
        require(amount != 0, AmountZero());
        uint256 holding = _holdings[batch][holder];
        require(amount <= holding.held(), ERC1155InsufficientBalance(holder, holding.held(), amount, batch));
        uint256 account = _accounts[batch];
        _accounts[batch] = account.addVoided(amount);
        _holdings[batch][holder] = holding - amount;
        emit CertificatesWithdrawn(batch, holder, uint64(account.consumed()), amount, reason);
        emit TransferSingle(_msgSender(), holder, address(0), batch, amount);
    }

    /// @inheritdoc IEnergyCertificates
    function voidCancellation(uint96 number, string calldata reason) external {
        uint64 batch = uint64(_known(number) >> 192);
        _requireOperator(_batches[batch].system);
        emit CancellationVoided(number, batch, reason);
        _voidUse(number);
    }

    /// @inheritdoc IEnergyCertificates
    function setStatus(uint64 batch, BatchStatus status, string calldata reason) external {
        _requireOperator(_batches[batch].system);
        uint256 account = _accounts[batch];
        BatchStatus actual = account.status();
        bool allowed = (actual == BatchStatus.Active && status == BatchStatus.Suspended)
            || (actual == BatchStatus.Suspended && status == BatchStatus.Active);
        require(allowed, BatchStatusForbidden(batch, actual, status));
        _accounts[batch] = account.withStatus(status);
        emit BatchStatusSet(batch, status, reason);
    }

    // Holders

    /// @inheritdoc IEnergyCertificates
    /// @dev The number is content: the same cancellation sent twice is refused, so it carries a document's hash.
    function cancel(uint64 batch, uint64 amount, Cancellation calldata details) external returns (uint96 number) {
        bool named = details.beneficiary != address(0) && details.purpose != Purpose.Unknown;
        require(named && details.periodStart <= details.periodEnd, CancellationInvalid());
        require(amount != 0, AmountZero());
        uint256 account = _accounts[batch];
        _requireMovable(batch, account);
        number = numberOf(batch, _msgSender(), amount, details);
        require(_cancelled[number] == 0, CancellationExists(number));
        uint64 first = uint64(account.consumed());
        _accounts[batch] = account.addRetired(amount);
        _cancelled[number] = CreditStore.certificate(batch, first, amount, block.timestamp);
        _claims[number] = Claim(
            details.beneficiary, details.periodStart, details.periodEnd, details.purpose, details.entity != 0
        );
        if (details.entity != 0) _entities[number] = details.entity;
        _burn(_msgSender(), batch, amount);
        emit CertificatesCancelled(number, batch, _msgSender(), first, amount, details);
    }

    // The statement registry

    /// @dev Consumption lies inside the statement's period; production and market are for the verifier to judge.
    function _requireUsable(uint96 id, Consumption calldata c) internal view override {
        Claim memory k = _claims[id];
        require(k.beneficiary != address(0), UseUnknown(id));
        require(k.purpose != Purpose.Other, UseNotForInventory(id));
        require(k.beneficiary == c.participant, UseOfAnother(id, c.participant, k.beneficiary));
        if (k.ofEntity) require(_entities[id] == c.entity, UseOfOtherEntity(id, c.entity, _entities[id]));
        bool inside = c.periodStart <= k.periodStart && k.periodEnd <= c.periodEnd;
        require(inside, UseOutOfPeriod(id, k.periodStart, k.periodEnd, c.periodStart, c.periodEnd));
    }

    // Checks

    function _requireOperator(bytes32 system) private view {
        address operator = systemOf[system].operator;
        require(operator != address(0), SystemUnknown(system));
        require(_msgSender() == operator, NotSystemOperator(_msgSender(), operator));
    }

    function _requireMovable(uint64 batch, uint256 account) internal view override {
        require(account.status() == BatchStatus.Active, BatchNotActive(batch, account.status()));
        uint256 expires = account.expiry();
        if (expires != 0) require(_today() <= expires, BatchExpired(batch, _today(), expires));
    }

    function _isMovable(uint256 account) internal view override returns (bool) {
        uint256 expires = account.expiry();
        return account.status() == BatchStatus.Active && (expires == 0 || _today() <= expires);
    }

    function _known(uint96 number) private view returns (uint256 word) {
        word = _cancelled[number];
        require(word != 0, CancellationUnknown(number));
    }

    function _today() private view returns (uint256) {
        return block.timestamp / 1 days;
    }

    // Views

    /// @inheritdoc IEnergyCertificates
    function batchOf(uint64 batch) external view returns (CertificateBatchView memory v) {
        uint256 account = _accounts[batch];
        v.issued = account.issued();
        v.cancelled = account.retired();
        v.withdrawn = account.voided();
        v.held = v.issued - account.consumed();
        v.expires = uint16(account.expiry());
        v.status = account.status();
        v.batch = _batches[batch];
    }

    /// @inheritdoc IEnergyCertificates
    function cancellationOf(uint96 number) public view returns (CancellationView memory v) {
        uint256 word = _known(number);
        Claim memory k = _claims[number];
        (v.batch, v.first, v.amount, v.at) = (uint64(word >> 192), uint64(word >> 128), uint64(word >> 64), uint40(word));
        (v.beneficiary, v.entity) = (k.beneficiary, _entities[number]);
        (v.periodStart, v.periodEnd, v.purpose) = (k.periodStart, k.periodEnd, k.purpose);
        v.isVoid = _isVoid(number);
    }

    /// @inheritdoc IEnergyCertificates
    function batchIdOf(CertificateBatch calldata c) public pure returns (uint64) {
        return uint64(uint256(keccak256(abi.encode(c.system, c.serialPrefix, c.firstSerial, c.lastSerial))));
    }

    /// @inheritdoc IEnergyCertificates
    function numberOf(uint64 batch, address holder, uint64 amount, Cancellation calldata details)
        public
        pure
        returns (uint96)
    {
        return uint96(uint256(keccak256(abi.encode(batch, holder, amount, details))));
    }

    /// @inheritdoc IEnergyCertificates
    function serialsAt(bytes32 system, string calldata serialPrefix, uint64 first)
        external
        view
        returns (uint64 last, uint64 next, uint64 batch)
    {
        return _rangeAt(system, serialPrefix, first);
    }

    function uri(uint256 id) external view returns (string memory) {
        return _renderer.render(address(this), id);
    }

    /// @inheritdoc IEnergyCertificates
    function cancellationUri(uint96 number) external view returns (string memory) {
        _known(number);
        return _renderer.renderCancellation(address(this), number);
    }

    function supportsInterface(bytes4 interfaceId) public view override(ERC1155Surface, IERC165) returns (bool) {
        return interfaceId == type(IEnergyCertificates).interfaceId || interfaceId == type(IInstrument).interfaceId
            || super.supportsInterface(interfaceId);
    }
}
