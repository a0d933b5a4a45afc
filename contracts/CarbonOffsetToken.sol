// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC1155Utils} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Utils.sol";

import {ERC1155Surface} from "./ERC1155Surface.sol";
import {ICarbonEmissionsToken} from "./interfaces/ICarbonEmissionsToken.sol";
import {
    BatchStatus,
    BatchView,
    CreditBatch,
    ICarbonOffsetToken,
    Retirement
} from "./interfaces/ICarbonOffsetToken.sol";
import {ITokenRenderer} from "./interfaces/ITokenRenderer.sol";
import {DisjointRanges} from "./libraries/DisjointRanges.sol";
import {PlainText} from "./libraries/PlainText.sol";

/// @title CarbonOffsetToken
contract CarbonOffsetToken is ICarbonOffsetToken, ERC1155Surface, AccessManaged {
    using DisjointRanges for DisjointRanges.Set;

    /// One slot: what is neither retired, applied nor voided is held.
    struct Account {
        uint56 issued;
        uint56 retired;
        uint56 applied;
        uint56 voided;
        BatchStatus status;
        bool exAnte;
    }

    struct Program {
        address operator;
        uint64 cap;
        uint64 issued;
    }

    struct Certificate {
        uint64 batch;
        uint64 first;
        uint64 amount;
        uint40 at;
    }

    /// A holder's units of a batch; `frozen` of them (ERC-7943) cannot be moved, and may exceed `held`.
    struct Holding {
        uint128 frozen;
        uint128 held;
    }

    uint256 private constant MG_PER_TONNE = 1e9;
    uint16 private constant FIRST_VINTAGE = 1990;

    ICarbonEmissionsToken public immutable emissions;
    ITokenRenderer private immutable _renderer;

    mapping(uint64 batch => Account) private _accounts;
    mapping(uint256 batch => mapping(address holder => Holding)) private _holdings;
    mapping(uint64 batch => mapping(uint64 lot => uint64)) public appliedTo;
    mapping(bytes32 certificate => Certificate) public certificateOf;
    mapping(bytes32 program => Program) public programOf;
    mapping(uint64 batch => CreditBatch) private _batches;
    mapping(bytes32 series => DisjointRanges.Set) private _serials;

    constructor(address authority, ICarbonEmissionsToken emissions_, ITokenRenderer renderer) AccessManaged(authority) {
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
    function issue(CreditBatch calldata c, uint64 previousSerial, address to) external returns (uint64 batch) {
        _requireOperator(c.program);
        require(to != address(0), ERC1155InvalidReceiver(to));
        require(PlainText.isCode(c.serialPrefix), SerialTextInvalid(c.serialPrefix));
        require(PlainText.isCode(c.project), SerialTextInvalid(c.project));
        require(c.vintage >= FIRST_VINTAGE, VintageInvalid(c.vintage));
        _serials[_seriesOf(c.program, c.serialPrefix)].insert(c.firstSerial, c.lastSerial, previousSerial);

        uint256 amount = (uint256(c.lastSerial) - c.firstSerial + 1) * MG_PER_TONNE;
        require(amount <= type(uint56).max, BatchTooLarge(amount, type(uint56).max));
        Program storage p = programOf[c.program];
        uint256 total = p.issued + amount;
        require(total <= p.cap, ProgramCapExceeded(total, p.cap));
        batch = batchIdOf(c);
        require(_accounts[batch].status == BatchStatus.Unknown, BatchExists(batch));

        p.issued = uint64(total);
        _accounts[batch] = Account(uint56(amount), 0, 0, 0, BatchStatus.Active, c.exAnte);
        _batches[batch] = c;
        _holdings[batch][to].held += uint128(amount);
        emit BatchIssued(batch, to, amount, c);
        emit TransferSingle(msg.sender, address(0), to, batch, amount);
        ERC1155Utils.checkOnERC1155Received(msg.sender, address(0), to, batch, amount, "");
    }

    /// @inheritdoc ICarbonOffsetToken
    /// @dev Revocation is for ever, and only from suspension: first nothing moves, then it is judged.
    function setStatus(uint64 batch, BatchStatus status, string calldata reason) external {
        _requireOperator(_batches[batch].program);
        BatchStatus actual = _accounts[batch].status;
        bool allowed = (actual == BatchStatus.Active && status == BatchStatus.Suspended)
            || (actual == BatchStatus.Suspended && (status == BatchStatus.Active || status == BatchStatus.Revoked));
        require(allowed, BatchStatusForbidden(batch, actual, status));
        _accounts[batch].status = status;
        emit BatchStatusSet(batch, status, reason);
    }

    // Holders

    /// @inheritdoc ICarbonOffsetToken
    function retire(uint64 batch, uint64 amount, Retirement calldata details) external returns (bytes32 certificate) {
        bool named = bytes(details.beneficiary).length != 0 && details.periodStart <= details.periodEnd;
        require(named, RetirementInvalid());
        Account memory account = _usable(batch, amount);
        uint64 first = _consumed(account);
        account.retired += uint56(amount);
        _accounts[batch] = account;
        _burn(msg.sender, batch, amount);
        certificate = keccak256(abi.encode(batch, first, msg.sender, details));
        certificateOf[certificate] = Certificate(batch, first, amount, uint40(block.timestamp));
        emit CreditsRetired(certificate, batch, msg.sender, first, amount, details);
    }

    /// @inheritdoc ICarbonOffsetToken
    function applyTo(uint64 batch, uint64 lot, uint64 amount) external {
        Account memory account = _usable(batch, amount);
        uint64 first = _consumed(account);
        account.applied += uint56(amount);
        _accounts[batch] = account;
        _burn(msg.sender, batch, amount);
        appliedTo[batch][lot] += amount;
        emit CreditsApplied(batch, lot, msg.sender, first, amount);
        emissions.applyOffset(lot, amount, msg.sender);
    }

    /// @inheritdoc ICarbonOffsetToken
    function moveSurplus(uint64 batch, uint64 from, uint64 to, uint64 amount) external {
        require(amount != 0, AmountZero());
        _requireActive(batch, _accounts[batch].status);
        uint64 applied = appliedTo[batch][from];
        require(amount <= applied, ApplicationTooSmall(amount, applied));
        appliedTo[batch][from] = applied - amount;
        appliedTo[batch][to] += amount;
        emit SurplusMoved(batch, from, to, amount);
        emissions.moveSurplus(from, to, amount, msg.sender);
    }

    // Anyone, once a batch is revoked

    /// @inheritdoc ICarbonOffsetToken
    function voidApplication(uint64 batch, uint64 lot) external {
        uint64 amount = appliedTo[batch][lot];
        Account memory account = _voidable(batch, amount);
        account.applied -= uint56(amount);
        account.voided += uint56(amount);
        _accounts[batch] = account;
        delete appliedTo[batch][lot];
        emit ApplicationVoided(batch, lot, amount);
        emissions.removeOffset(lot, amount);
    }

    /// @inheritdoc ICarbonOffsetToken
    function voidHolding(uint64 batch, address holder) external {
        uint64 amount = uint64(_holdings[batch][holder].held);
        Account memory account = _voidable(batch, amount);
        account.voided += uint56(amount);
        _accounts[batch] = account;
        _holdings[batch][holder].held = 0;
        emit HoldingVoided(batch, holder, amount);
        emit TransferSingle(msg.sender, holder, address(0), batch, amount);
    }

    // Checks and moves

    function _requireOperator(bytes32 program) private view {
        address operator = programOf[program].operator;
        require(operator != address(0), ProgramUnknown(program));
        require(msg.sender == operator, NotProgramOperator(msg.sender, operator));
    }

    function _requireActive(uint64 batch, BatchStatus status) private pure {
        require(status == BatchStatus.Active, BatchNotActive(batch, status));
    }

    function _usable(uint64 batch, uint64 amount) private view returns (Account memory account) {
        account = _accounts[batch];
        require(amount != 0, AmountZero());
        _requireActive(batch, account.status);
        require(!account.exAnte, ExAnteNotUsable(batch));
    }

    function _voidable(uint64 batch, uint64 amount) private view returns (Account memory account) {
        account = _accounts[batch];
        require(account.status == BatchStatus.Revoked, BatchNotRevoked(batch, account.status));
        require(amount != 0, NothingToVoid(batch));
    }

    /// Where the next serials begin: what was consumed is retired, applied, or voided after one of them.
    function _consumed(Account memory account) private pure returns (uint64) {
        return uint64(account.retired) + account.applied + account.voided;
    }

    /// Takes units out of a holding; frozen ones stay.
    function _take(address from, uint256 id, uint256 value) private {
        Holding storage holding = _holdings[id][from];
        (uint256 held, uint256 frozen) = (holding.held, holding.frozen);
        require(value <= held, ERC1155InsufficientBalance(from, held, value, id));
        uint256 unfrozen = frozen < held ? held - frozen : 0;
        require(value <= unfrozen, ERC7943InsufficientUnfrozenBalance(from, id, value, unfrozen));
        holding.held = uint128(held - value);
    }

    function _burn(address from, uint64 batch, uint64 amount) private {
        _take(from, batch, amount);
        emit TransferSingle(msg.sender, from, address(0), batch, amount);
    }

    function _move(address from, address to, uint256 id, uint256 value) internal override {
        uint64 batch = uint64(id);
        _requireActive(batch, _accounts[batch].status);
        _take(from, id, value);
        // A batch is below 2^56 mg in all.
        _holdings[id][to].held += uint128(value);
    }

    function _seriesOf(bytes32 program, string calldata prefix) private pure returns (bytes32) {
        return keccak256(abi.encode(program, prefix));
    }

    // ERC-7943

    /// @notice Freezes an absolute amount of a holder's credits of a batch.
    function setFrozenTokens(address account, uint256 id, uint256 amount) external restricted returns (bool) {
        _holdings[id][account].frozen = uint128(amount > type(uint128).max ? type(uint128).max : amount);
        emit Frozen(account, id, amount);
        return true;
    }

    /// @notice Moves credits by order of law, frozen ones too; a suspended or revoked batch stays where it is.
    function forcedTransfer(address from, address to, uint256 id, uint256 amount) external restricted returns (bool) {
        require(to != address(0), ERC7943CannotReceive(to));
        Holding storage holding = _holdings[id][from];
        uint128 kept = holding.frozen;
        if (kept != 0) {
            // The standard wants the freeze lifted, and said so, before the transfer.
            uint256 left = holding.held > amount ? holding.held - amount : 0;
            holding.frozen = uint128(left < kept ? left : kept);
            emit Frozen(from, id, holding.frozen);
        }
        _move(from, to, id, amount);
        emit ForcedTransfer(from, to, id, amount);
        emit TransferSingle(msg.sender, from, to, id, amount);
        ERC1155Utils.checkOnERC1155Received(msg.sender, from, to, id, amount, "");
        return true;
    }

    function canSend(address account) external pure returns (bool) {
        return account != address(0);
    }

    function canReceive(address account) external pure returns (bool) {
        return account != address(0);
    }

    function canTransfer(address from, address to, uint256 id, uint256 amount) external view returns (bool) {
        if (id > type(uint64).max || from == address(0) || to == address(0)) return false;
        if (_accounts[uint64(id)].status != BatchStatus.Active) return false;
        Holding memory holding = _holdings[id][from];
        return holding.frozen <= holding.held && amount <= holding.held - holding.frozen;
    }

    function getFrozenTokens(address account, uint256 id) external view returns (uint256) {
        return _holdings[id][account].frozen;
    }

    // Views

    /// @inheritdoc ICarbonOffsetToken
    function batchOf(uint64 batch) external view returns (BatchView memory v) {
        Account memory a = _accounts[batch];
        (v.issued, v.retired, v.applied, v.voided) = (a.issued, a.retired, a.applied, a.voided);
        v.held = v.issued - v.retired - v.applied - v.voided;
        v.status = a.status;
        v.batch = _batches[batch];
    }

    /// @inheritdoc ICarbonOffsetToken
    function batchIdOf(CreditBatch calldata c) public pure returns (uint64) {
        return uint64(uint256(keccak256(abi.encode(c.program, c.serialPrefix, c.firstSerial, c.lastSerial))));
    }

    /// @inheritdoc ICarbonOffsetToken
    function serialsAt(bytes32 program, string calldata serialPrefix, uint64 first)
        external
        view
        returns (uint64 last, uint64 next)
    {
        DisjointRanges.Range memory range = _serials[_seriesOf(program, serialPrefix)].ranges[first];
        return (range.last, range.next);
    }

    function balanceOf(address account, uint256 id) public view override(ERC1155Surface) returns (uint256) {
        return _holdings[id][account].held;
    }

    function uri(uint256 id) external view returns (string memory) {
        return _renderer.render(address(this), id);
    }

    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICarbonOffsetToken).interfaceId || super.supportsInterface(interfaceId);
    }
}
