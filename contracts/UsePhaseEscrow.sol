// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ICarbonOffsetToken, Retirement} from "./interfaces/ICarbonOffsetToken.sol";
import {IStatementRegistry} from "./interfaces/IStatementRegistry.sol";
import {IUsePhaseEscrow, Reconciliation, UsePhase} from "./interfaces/IUsePhaseEscrow.sol";
import {LotCodes} from "./libraries/LotCode.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title UsePhaseEscrow
/// @dev An escrow's id is its content, so there is nothing to open: the first transfer in makes it, further ones add to it.
contract UsePhaseEscrow is IUsePhaseEscrow, IERC1155Receiver, EIP712 {
    bytes32 private constant RECONCILIATION_TYPEHASH = keccak256(
        "Reconciliation(bytes32 escrow,address verifier,bytes32 document,uint64[] batches,uint64[] amounts)"
    );

    ICarbonOffsetToken public immutable credits;
    IStatementRegistry public immutable statements;

    mapping(bytes32 escrow => mapping(uint64 batch => uint64)) public heldOf;
    mapping(bytes32 escrow => bool) public isReconciled;

    constructor(ICarbonOffsetToken credits_, IStatementRegistry statements_) EIP712("UsePhaseEscrow", "1") {
        (credits, statements) = (credits_, statements_);
    }

    // In

    /// @inheritdoc IERC1155Receiver
    function onERC1155Received(address, address from, uint256 id, uint256 value, bytes calldata data)
        external
        returns (bytes4)
    {
        (bytes32 escrow, UsePhase memory use) = _open(from, data);
        _hold(escrow, from, use, id, value);
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(
        address,
        address from,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external returns (bytes4) {
        (bytes32 escrow, UsePhase memory use) = _open(from, data);
        for (uint256 i; i < ids.length; ++i) _hold(escrow, from, use, ids[i], values[i]);
        return IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    function _open(address from, bytes calldata data) private view returns (bytes32 escrow, UsePhase memory use) {
        require(msg.sender == address(credits), NotTheOffsetToken(msg.sender, address(credits)));
        require(from != address(0) && data.length != 0, UsePhaseMissing());
        use = abi.decode(data, (UsePhase));
        bool named = bytes(use.product).length != 0 && bytes(use.beneficiary).length != 0 && use.terms != 0;
        // Whoever reconciles has at least a day after the period, and now is before it is over.
        bool ordered = use.periodStart <= use.periodEnd && use.deadline >= (uint256(use.periodEnd) + 2) * 1 days;
        require(named && ordered && block.timestamp <= use.deadline, UsePhaseInvalid());
        escrow = keccak256(abi.encode(from, use));
        require(!isReconciled[escrow], EscrowOver(escrow));
    }

    function _hold(bytes32 escrow, address holder, UsePhase memory use, uint256 id, uint256 value) private {
        // The token's batches are below 2^64, and their amounts below 2^56.
        (uint64 batch, uint64 amount) = (uint64(id), uint64(value));
        require(!credits.batchOf(batch).batch.exAnte, ExAnteNotEscrowed(batch));
        heldOf[escrow][batch] += amount;
        emit CreditsEscrowed(escrow, holder, batch, amount, use);
    }

    // Out

    /// @inheritdoc IUsePhaseEscrow
    function reconcile(
        address holder,
        UsePhase calldata use,
        Reconciliation calldata r,
        bytes calldata holderSignature,
        bytes calldata verifierSignature
    ) external {
        bytes32 escrow = escrowOf(holder, use);
        require(r.escrow == escrow, ReconciliationOfAnother(r.escrow, escrow));
        require(!isReconciled[escrow], EscrowOver(escrow));
        require(block.timestamp / 1 days > use.periodEnd, UseNotOver(use.periodEnd, block.timestamp / 1 days));
        require(block.timestamp <= use.deadline, ReconciliationLate(use.deadline, block.timestamp));
        _requireAccredited(r.verifier, holder);
        bytes32 digest = digestOf(r);
        require(Signatures.isValid(holder, digest, holderSignature), SignatureInvalid(holder));
        require(Signatures.isValid(r.verifier, digest, verifierSignature), SignatureInvalid(r.verifier));
        require(r.batches.length == r.amounts.length, ReconciliationInvalid());

        isReconciled[escrow] = true;
        emit UseReconciled(escrow, r.verifier, r.document);
        for (uint256 i; i < r.batches.length; ++i) {
            require(i == 0 || r.batches[i - 1] < r.batches[i], ReconciliationInvalid());
            _retire(escrow, use, r.batches[i], r.amounts[i]);
        }
    }

    /// @inheritdoc IUsePhaseEscrow
    function giveBack(address holder, UsePhase calldata use, uint64 batch) external {
        bytes32 escrow = escrowOf(holder, use);
        require(isReconciled[escrow], NotReconciled(escrow));
        uint64 amount = heldOf[escrow][batch];
        require(amount != 0, NothingHeld(escrow, batch));
        delete heldOf[escrow][batch];
        emit EscrowReturned(escrow, batch, amount);
        IERC1155(address(credits)).safeTransferFrom(address(this), holder, batch, amount, "");
    }

    /// @inheritdoc IUsePhaseEscrow
    function retireUnreconciled(address holder, UsePhase calldata use, uint64 batch) external {
        bytes32 escrow = escrowOf(holder, use);
        require(!isReconciled[escrow], EscrowOver(escrow));
        require(block.timestamp > use.deadline, StillReconcilable(use.deadline, block.timestamp));
        uint64 amount = heldOf[escrow][batch];
        require(amount != 0, NothingHeld(escrow, batch));
        _retire(escrow, use, batch, amount);
    }

    function _retire(bytes32 escrow, UsePhase calldata use, uint64 batch, uint64 amount) private {
        uint64 held = heldOf[escrow][batch];
        require(amount <= held, AmountAboveHeld(batch, amount, held));
        heldOf[escrow][batch] = held - amount;
        Retirement memory details = Retirement({
            beneficiary: use.beneficiary,
            purpose: string.concat("Use phase of ", use.product),
            periodStart: use.periodStart,
            periodEnd: use.periodEnd
        });
        emit EscrowRetired(escrow, batch, amount, credits.retire(batch, amount, details));
    }

    /// The use of sold products is scope 3, and nobody verifies itself.
    function _requireAccredited(address verifier, address holder) private view {
        (uint40 from, uint40 until, uint8 scopes) = statements.accreditation(verifier);
        bool accredited = from <= block.timestamp && block.timestamp < until && (scopes >> LotCodes.SCOPE_3) & 1 == 1;
        require(accredited && verifier != holder, NotAccredited(verifier));
    }

    // Views

    /// @inheritdoc IUsePhaseEscrow
    function escrowOf(address holder, UsePhase calldata use) public pure returns (bytes32) {
        return keccak256(abi.encode(holder, use));
    }

    /// @inheritdoc IUsePhaseEscrow
    function digestOf(Reconciliation calldata r) public view returns (bytes32) {
        bytes32 batches = keccak256(abi.encodePacked(r.batches));
        bytes32 amounts = keccak256(abi.encodePacked(r.amounts));
        bytes memory encoded =
            abi.encode(RECONCILIATION_TYPEHASH, r.escrow, r.verifier, r.document, batches, amounts);
        return _hashTypedDataV4(keccak256(encoded));
    }

    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC1155Receiver).interfaceId || interfaceId == type(IERC165).interfaceId;
    }
}
