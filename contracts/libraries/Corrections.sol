// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {Correction, ICarbonEmissionsToken as CET} from "../interfaces/ICarbonEmissionsToken.sol";
import {Displacements} from "./Displacements.sol";
import {Context, Forwarding} from "./Forwarding.sol";
import {LotCode} from "./LotCode.sol";
import {LotKeys} from "./LotKey.sol";
import {Lots} from "./Lots.sol";
import {LotLedger, LotStore} from "./LotStore.sol";
import {Receiving} from "./Receiving.sol";
import {References} from "./References.sol";
import {Signatures} from "./Signatures.sol";

/// @notice A wrong meter put right: both parties to an allocation sign the units it should have had (law 8).
///
/// The lot's basis and what was taken of its parent (or counted as referred to) move together, so law 1 holds before and
/// after. Shares of the lot keep their units and, but for rounding, their mass: gross per unit stays that of the parent. A lot of
/// certificated generation grows only with certificates for all of it.
/// @dev A deployed library, linked; the token hands whole calls to it (see Forwarding).
library Corrections {
    using Displacements for LotLedger;
    using Forwarding for Context;
    using Lots for LotLedger;
    using LotStore for uint256;
    using References for LotLedger;

    bytes32 private constant CORRECTION_TYPEHASH =
        keccak256("Correction(uint64 lot,uint64 units,uint64 expected,uint40 deadline,bytes32 activity)");

    function correct(Correction calldata c, bytes calldata supplierSignature, bytes calldata dependentSignature) external {
        Context memory context = Forwarding.context();
        LotLedger storage ledger = context.ledgerOf();
        bytes32 digest =
            MessageHashUtils.toTypedDataHash(context.domain, keccak256(abi.encode(CORRECTION_TYPEHASH, c)));
        require(block.timestamp <= c.deadline, CET.CorrectionExpired(c.deadline, block.timestamp));
        uint256 figures = ledger.figuresOf(c.lot);
        uint64 parent = figures.parentOf();
        require(LotKeys.isDerived(c.lot) && parent >= LotKeys.FIRST_KEY, CET.NotCorrectable(c.lot));
        address holder = ledger.holderOf(c.lot);
        _requireSigned(ledger.holderOf(parent), digest, supplierSignature);
        _requireSigned(holder, digest, dependentSignature);
        require(!ledger.corrected[digest], CET.CorrectionUsed(digest));
        ledger.corrected[digest] = true;

        uint256 before = figures.derivedBasis();
        require(before == c.expected, CET.UnitsChanged(c.lot, before, c.expected));
        require(c.units != 0 && c.units != before, CET.UnitsZero(c.lot));
        if (c.units > before) {
            _raise(context, ledger, parent, holder, c);
            emit IERC1155.TransferSingle(context.caller, address(0), holder, c.lot, c.units - before);
        } else {
            _lower(ledger, parent, c.lot, holder, c.units, before);
            emit IERC1155.TransferSingle(context.caller, holder, address(0), c.lot, before - c.units);
        }
        ledger.lots[c.lot].figures = figures.withDerivedBasis(c.units);
        ledger.follow(c.lot, c.units, holder);
        emit CET.UnitsCorrected(c.lot, c.units, c.activity);
    }

    function _requireSigned(address party, bytes32 digest, bytes calldata signature) private view {
        require(Signatures.isValid(party, digest, signature), CET.CorrectionSignatureInvalid(party));
    }

    function _raise(
        Context memory context,
        LotLedger storage ledger,
        uint64 parent,
        address holder,
        Correction calldata c
    ) private {
        LotCode code = ledger.codeOf(c.lot);
        uint256 more = c.units - c.expected;
        if (code.isReference()) {
            ledger.refer(parent, code, holder, more);
            return;
        }
        (LotCode parentCode,, bool certificated) = ledger.take(parent, more);
        if (certificated) Receiving.requireCovered(context.generation, parentCode, c.lot, parent, c.units);
    }

    /// Not below what the lot passed on, reserved or was referred to for, nor into what a dispute froze.
    function _lower(LotLedger storage ledger, uint64 parent, uint64 lot, address holder, uint256 units, uint256 before)
        private
    {
        uint256 least = before - ledger.leftOf(lot) + ledger.annexes[lot].frozen;
        uint256 referenced = ledger.mostReferenced[lot];
        if (referenced > least) least = referenced;
        require(units >= least, CET.CorrectionBelow(lot, units, least));
        LotCode code = ledger.codeOf(lot);
        if (code.isReference()) ledger.forget(parent, code, holder, before - units);
        else ledger.giveBack(parent, before - units);
    }
}
