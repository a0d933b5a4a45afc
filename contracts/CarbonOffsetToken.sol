// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchToken} from "./BatchToken.sol";
import {ERC1155Surface} from "./ERC1155Surface.sol";
import {Relayed} from "./Relayed.sol";
import {ICarbonEmissionsToken} from "./interfaces/ICarbonEmissionsToken.sol";
import {
    BatchStatus,
    BatchView,
    CreditBatch,
    ICarbonOffsetToken,
    Retirement
} from "./interfaces/ICarbonOffsetToken.sol";
import {ICreditRenderer} from "./interfaces/ICreditRenderer.sol";
import {CreditStore} from "./libraries/CreditStore.sol";
import {PlainText} from "./libraries/PlainText.sol";

/// @title CarbonOffsetToken
contract CarbonOffsetToken is ICarbonOffsetToken, BatchToken {
    using CreditStore for uint256;

    struct Program {
        address operator;
        uint64 cap;
        uint64 issued;
    }

    uint256 private constant MG_PER_TONNE = 1e9;
    uint16 private constant FIRST_VINTAGE = 1990;

    ICarbonEmissionsToken public immutable emissions;
    ICreditRenderer private immutable _renderer;

    mapping(bytes32 certificate => uint256) private _certificates;
    mapping(uint64 batch => mapping(uint64 lot => uint64)) public appliedTo;
    mapping(uint64 batch => uint256) public replacedOf;
    mapping(bytes32 program => Program) public programOf;
    mapping(uint64 batch => CreditBatch) private _batches;

    constructor(address authority, address relay, ICarbonEmissionsToken emissions_, ICreditRenderer renderer)
        Relayed(authority, relay)
    {
        emissions = emissions_;
        _renderer = renderer;
    }

    // Operators

    /// @inheritdoc ICarbonOffsetToken
    function setProgram(bytes32 program, address operator, uint64 cap, string calldata name) external restricted {
        Program storage p = programOf[program];
        require(operator != address(0) && cap >= p.issued, ProgramInvalid(operator, cap));
        p.operator = operator;
        p.cap = cap;
        emit ProgramSet(program, operator, cap, name);
    }

    // Programme operators

    /// @inheritdoc ICarbonOffsetToken
    function issue(CreditBatch calldata c, string calldata attributes, uint64 previousSerial, address to)
        external
        returns (uint64 batch)
    {
        _requireOperator(c.program);
        require(to != address(0), ERC1155InvalidReceiver(to));
        require(PlainText.isCode(c.serialPrefix), SerialTextInvalid(c.serialPrefix));
        require(PlainText.isCode(c.project), SerialTextInvalid(c.project));
        require(c.vintage >= FIRST_VINTAGE, VintageInvalid(c.vintage));
        bytes32 stated = bytes(attributes).length == 0 ? bytes32(0) : keccak256(bytes(attributes));
        require(stated == c.attributes, AttributesMismatch(stated, c.attributes));
        batch = batchIdOf(c);
        _addSerials(c.program, c.serialPrefix, c.firstSerial, c.lastSerial, previousSerial, batch);

        uint256 amount = (uint256(c.lastSerial) - c.firstSerial + 1) * MG_PER_TONNE;
        require(amount <= CreditStore.LARGEST_BATCH, BatchTooLarge(amount, CreditStore.LARGEST_BATCH));
        Program storage p = programOf[c.program];
        uint256 total = p.issued + amount;
        require(total <= p.cap, ProgramCapExceeded(total, p.cap));
        require(_accounts[batch] == 0, BatchExists(batch));
        if (c.replaces != 0) _replace(c.replaces, c.program, amount);

        p.issued = uint64(total);
        _create(batch, to, amount, CreditStore.account(amount, BatchStatus.Active, c.exAnte));
        _batches[batch] = c;
        emit BatchIssued(batch, to, amount, c, attributes);
        _welcome(batch, to, amount);
    }

    /// @inheritdoc ICarbonOffsetToken
    /// @dev Revocation is for ever, and only from suspension: first nothing moves, then it is judged.
    function setStatus(uint64 batch, BatchStatus status, string calldata reason) external {
        _requireOperator(_batches[batch].program);
        uint256 account = _accounts[batch];
        BatchStatus actual = account.status();
        bool allowed = (actual == BatchStatus.Active && status == BatchStatus.Suspended)
            || (actual == BatchStatus.Suspended && (status == BatchStatus.Active || status == BatchStatus.Revoked));
        require(allowed, BatchStatusForbidden(batch, actual, status));
        // Both it and what was issued in its place would stand.
        if (status == BatchStatus.Active && replacedOf[batch] != 0) revert BatchReplaced(batch, replacedOf[batch]);
        _accounts[batch] = account.withStatus(status);
        emit BatchStatusSet(batch, status, reason);
    }

    /// Credits are replaced once: no more than the batch had, and from then on it stays out of use.
    function _replace(uint64 old, bytes32 program, uint256 amount) private {
        uint256 account = _accounts[old];
        BatchStatus status = account.status();
        bool out = status == BatchStatus.Suspended || status == BatchStatus.Revoked;
        require(out, NotReplaceable(old, status));
        require(_batches[old].program == program, ReplacesAnotherProgram(old, _batches[old].program));
        uint256 left = account.issued() - replacedOf[old];
        require(amount <= left, ReplacementExceeds(amount, left));
        replacedOf[old] += amount;
    }

    // Holders

    /// @inheritdoc ICarbonOffsetToken
    function retire(uint64 batch, uint64 amount, Retirement calldata details) external returns (bytes32 certificate) {
        bool named = bytes(details.beneficiary).length != 0 && details.periodStart <= details.periodEnd;
        require(named, RetirementInvalid());
        uint256 account = _usable(batch, amount);
        uint64 first = uint64(account.consumed());
        _accounts[batch] = account.addRetired(amount);
        address holder = _msgSender();
        _burn(holder, batch, amount);
        certificate = keccak256(abi.encode(batch, first, holder, details));
        _certificates[certificate] = CreditStore.certificate(batch, first, amount, block.timestamp);
        emit CreditsRetired(certificate, batch, holder, first, amount, details);
    }

    /// @inheritdoc ICarbonOffsetToken
    function applyTo(uint64 batch, uint64 lot, uint64 amount) external {
        uint256 account = _usable(batch, amount);
        _accounts[batch] = account.addApplied(amount);
        address holder = _msgSender();
        _burn(holder, batch, amount);
        unchecked {
            // A batch is below 2^56 mg in all.
            appliedTo[batch][lot] += amount;
        }
        emit CreditsApplied(batch, lot, uint64(account.consumed()), amount);
        emissions.applyOffset(lot, amount, holder);
    }

    /// @inheritdoc ICarbonOffsetToken
    function moveSurplus(uint64 batch, uint64 from, uint64 to, uint64 amount) external {
        require(amount != 0, AmountZero());
        _requireMovable(batch, _accounts[batch]);
        uint64 applied = appliedTo[batch][from];
        require(amount <= applied, ApplicationTooSmall(amount, applied));
        appliedTo[batch][from] = applied - amount;
        appliedTo[batch][to] += amount;
        emit SurplusMoved(batch, from, to, amount);
        emissions.moveSurplus(from, to, amount, _msgSender());
    }

    // Anyone, once a batch is revoked

    /// @inheritdoc ICarbonOffsetToken
    function voidApplication(uint64 batch, uint64 lot) external {
        uint64 amount = appliedTo[batch][lot];
        _accounts[batch] = _voidable(batch, amount).moveAppliedToVoided(amount);
        delete appliedTo[batch][lot];
        emit ApplicationVoided(batch, lot, amount);
        emissions.removeOffset(lot, amount);
    }

    /// @inheritdoc ICarbonOffsetToken
    function voidHolding(uint64 batch, address holder) external {
        uint256 holding = _holdings[batch][holder];
        uint64 amount = uint64(holding.held());
        _accounts[batch] = _voidable(batch, amount).addVoided(amount);
        _holdings[batch][holder] = holding - amount;
        emit HoldingVoided(batch, holder, amount);
        emit TransferSingle(_msgSender(), holder, address(0), batch, amount);
    }

    // Checks and moves

    function _requireOperator(bytes32 program) private view {
        address operator = programOf[program].operator;
        require(operator != address(0), ProgramUnknown(program));
        require(_msgSender() == operator, NotProgramOperator(_msgSender(), operator));
    }

    function _requireMovable(uint64 batch, uint256 account) internal pure override {
        require(_isMovable(account), BatchNotActive(batch, account.status()));
    }

    function _isMovable(uint256 account) internal pure override returns (bool) {
        return account.status() == BatchStatus.Active;
    }

    function _usable(uint64 batch, uint64 amount) private view returns (uint256 account) {
        account = _accounts[batch];
        require(amount != 0, AmountZero());
        _requireMovable(batch, account);
        require(!account.isExAnte(), ExAnteNotUsable(batch));
    }

    function _voidable(uint64 batch, uint64 amount) private view returns (uint256 account) {
        account = _accounts[batch];
        require(account.status() == BatchStatus.Revoked, BatchNotRevoked(batch, account.status()));
        require(amount != 0, NothingToVoid(batch));
    }

    // Views

    /// @inheritdoc ICarbonOffsetToken
    function batchOf(uint64 batch) external view returns (BatchView memory v) {
        uint256 account = _accounts[batch];
        v.issued = account.issued();
        v.retired = account.retired();
        v.applied = account.applied();
        v.voided = account.voided();
        v.held = v.issued - account.consumed();
        v.status = account.status();
        v.batch = _batches[batch];
    }

    /// @inheritdoc ICarbonOffsetToken
    function certificateOf(bytes32 certificate) external view returns (uint64 batch, uint64 first, uint64 amount, uint40 at) {
        uint256 word = _certificates[certificate];
        return (uint64(word >> 192), uint64(word >> 128), uint64(word >> 64), uint40(word));
    }

    /// @inheritdoc ICarbonOffsetToken
    function batchIdOf(CreditBatch calldata c) public pure returns (uint64) {
        return uint64(uint256(keccak256(abi.encode(c.program, c.serialPrefix, c.firstSerial, c.lastSerial))));
    }

    /// @inheritdoc ICarbonOffsetToken
    function serialsAt(bytes32 program, string calldata serialPrefix, uint64 first)
        external
        view
        returns (uint64 last, uint64 next, uint64 batch)
    {
        return _rangeAt(program, serialPrefix, first);
    }

    function uri(uint256 id) external view returns (string memory) {
        return _renderer.render(address(this), id);
    }

    /// @inheritdoc ICarbonOffsetToken
    function certificateUri(bytes32 certificate) external view returns (string memory) {
        require(_certificates[certificate] != 0, CertificateUnknown(certificate));
        return _renderer.renderCertificate(address(this), certificate);
    }

    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICarbonOffsetToken).interfaceId || super.supportsInterface(interfaceId);
    }
}
