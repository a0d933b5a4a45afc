// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookingDesk} from "../interfaces/IBookAndClaim.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {
    Act,
    ActivityUnit,
    Additionality,
    Bundling,
    Credit,
    Elsewhere,
    Head,
    Kind,
    LetsAmounts,
    LetsBooking,
    Masses,
    Material,
    Mode,
    Provision,
    Role,
    Solution,
    SolutionAmounts
} from "../interfaces/LogisticsTypes.sol";
import {Row} from "../libraries/Section9.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Register} from "./Register.sol";

/// @notice What comes in from outside, with a verifier's signature: own activity, solutions, services a carrier generated.
abstract contract Bookings is IBookingDesk, Register {
    uint8 private constant ALL_MODES = 63;
    uint32 private constant WHOLE = 1_000_000;
    bytes32 private constant ACTIVITY_TYPEHASH = keccak256(
        "Activity(address organisation,uint8 mode,uint8 unit,uint16 year,uint64 activity,bytes32 evidence)"
    );
    bytes32 private constant BOOKING_TYPEHASH = keccak256("Booking(bytes32 content)");

    /// @inheritdoc IBookingDesk
    function showActivity(
        address organisation,
        Mode mode,
        ActivityUnit unit,
        uint16 year,
        uint64 activity,
        bytes32 evidence,
        address verifier,
        bytes calldata signature
    ) external {
        require(_roles[organisation] != 0, NotInRole(organisation, Role.Carrier));
        require(activity != 0, AmountZero());
        bytes32 structHash =
            keccak256(abi.encode(ACTIVITY_TYPEHASH, organisation, mode, unit, year, activity, evidence));
        _requireVerified(organisation, structHash, verifier, signature);
        _takeEvidence(evidence);
        _own[_ownKey(organisation, uint8(1 << uint8(mode)), unit, year)].shown += activity;
        emit ActivityShown(organisation, mode, unit, year, activity, evidence, verifier);
    }

    /// @inheritdoc IBookingDesk
    function bookSolution(Solution calldata s, address verifier, bytes calldata signature)
        external
        open(BOOK)
        returns (uint96 id)
    {
        address by = _msgSender();
        _requireRole(by, Role.SolutionProvider);
        Row row = _rowFor(Role.SolutionProvider, Act.Book, Material.Production);
        require(s.quantity != 0 && s.energyWh != 0, AmountZero());
        _requireModes(s.modes);
        _requireMasses(s.masses);
        require(bytes(s.additionality.regulations).length != 0, AdditionalityMissing());
        _requireAdditional(s.additionality, s.quantity);
        uint16 day = _today();
        row.requireVintage(day, s.produced);
        bytes32 content = keccak256(abi.encode(Kind.Solution, by, s));
        id = _idOf(content);
        Head memory head;
        (head.by, head.kind, head.role, head.day) = (by, Kind.Solution, Role.SolutionProvider, day);
        (head.modes, head.creditModes) = (s.modes, _creditModes(s.credits, s.modes));
        (head.bundling, head.basis) = (s.bundled ? Bundling.Bundled : Bundling.SupplyChain, row.basis());
        _record(id, head);
        uint64 additional = s.additionality.additional;
        _solutions[id] = SolutionAmounts(additional, 0, s.bundled ? 0 : additional);
        require(!_taken[_provided(by, s.delivery)], EvidenceUsed(s.delivery));
        _takeEvidence(s.delivery);
        _lock(s.elsewhere);
        emit SolutionBooked(id, by, day, verifier, s);
        _requireBooking(by, content, verifier, signature);
    }

    /// @inheritdoc IBookingDesk
    function provide(Provision calldata p) external open(BOOK) returns (uint96 id) {
        address by = _msgSender();
        _requireRole(by, Role.SolutionProvider);
        _requireRole(p.to, Role.Carrier);
        Row row = _rowFor(Role.SolutionProvider, Act.Provide, Material.Production);
        require(p.quantity != 0, AmountZero());
        id = _idOf(keccak256(abi.encode(Kind.Provision, by, p)));
        // Whose it is: the carrier's.
        Head memory head;
        (head.by, head.kind, head.role, head.day) = (p.to, Kind.Provision, Role.Carrier, _today());
        (head.modes, head.basis) = (uint8(1 << uint8(p.mode)), row.basis());
        _record(id, head);
        // No verifier signed it, so it takes the delivery from its own provider alone.
        require(p.delivery != 0, EvidenceMissing());
        bytes32 provided = _provided(by, p.delivery);
        require(!_taken[p.delivery] && !_taken[provided], EvidenceUsed(p.delivery));
        _taken[provided] = true;
        emit SolutionProvided(id, by, head.day, p);
    }

    /// @inheritdoc IBookingDesk
    function bookLets(LetsBooking calldata b, address verifier, bytes calldata signature)
        external
        open(BOOK)
        returns (uint96 id)
    {
        address by = _msgSender();
        _requireRole(by, Role.Carrier);
        Row row = _rowFor(Role.Carrier, Act.Book, Material.OwnTransport);
        require(b.activity != 0, AmountZero());
        _requireMasses(b.masses);
        _requireAdditional(b.additionality, b.activity);
        if (b.provision != 0) {
            Head memory provided = _known(b.provision, Kind.Provision);
            require(provided.by == by, RecordOfAnother(b.provision, by, provided.by));
        }
        bytes32 content = keccak256(abi.encode(Kind.Lets, by, b));
        id = _idOf(content);
        Head memory head;
        (head.by, head.kind, head.role, head.day, head.year) = (by, Kind.Lets, Role.Carrier, _today(), b.year);
        (head.modes, head.unit, head.bound) = (uint8(1 << uint8(b.mode)), b.unit, b.toc != 0);
        (head.creditModes, head.basis) = (_creditModes(b.credits, 0), row.basis());
        row.requireVintage(head.day, b.generated);
        _record(id, head);
        _lets[id] = LetsAmounts(b.activity, 0, b.additionality.additional, 0, 0);
        if (b.provision != 0) _parents[id] = b.provision;
        _bind(id, b.toc);
        _takeEvidence(b.evidence);
        _lock(b.elsewhere);
        _useOwn(by, head.modes, b.unit, b.year, b.activity);
        emit LetsBooked(id, by, head.day, verifier, b);
        _requireBooking(by, content, verifier, signature);
    }

    // Checks

    function _requireBooking(address by, bytes32 content, address verifier, bytes calldata signature) internal view {
        _requireVerified(by, keccak256(abi.encode(BOOKING_TYPEHASH, content)), verifier, signature);
    }

    /// A verifier is accredited now by the statement registry, and another than whom it verifies.
    function _requireVerified(address of_, bytes32 structHash, address verifier, bytes calldata signature) private view {
        require(verifier != of_, VerifierNotIndependent(verifier));
        (uint40 from, uint40 until,) = statements.accreditation(verifier);
        bool accredited = from <= block.timestamp && block.timestamp < until;
        require(accredited, IStatementRegistry.VerifierNotAccredited(verifier, block.timestamp, from, until));
        bool signed = Signatures.isValid(verifier, _hashTypedDataV4(structHash), signature);
        require(signed, VerificationInvalid(verifier));
    }

    function _requireMasses(Masses calldata masses) internal pure {
        require(masses.ttw <= masses.wtw, MassesInvalid(masses.wtw, masses.ttw));
    }

    function _requireModes(uint8 modes) internal pure {
        require(modes != 0 && modes <= ALL_MODES, ModesInvalid(modes));
    }

    function _requireAdditional(Additionality calldata stated, uint64 amount) internal pure {
        bool nothing = bytes(stated.regulations).length == 0 && stated.additional != 0;
        require(!nothing, AdditionalityMissing());
        require(stated.additional <= amount, AdditionalAboveAmount(stated.additional, amount));
    }

    /// The modes credits are earned in; none of those that the booking serves.
    function _creditModes(Credit[] calldata credits, uint8 served) internal pure returns (uint8 modes) {
        for (uint256 i; i < credits.length; ++i) {
            uint8 mode = uint8(1 << uint8(credits[i].mode));
            bool valid = mode & served == 0 && credits[i].share != 0 && credits[i].share <= WHOLE;
            require(valid, CreditInvalid(credits[i].mode, credits[i].share));
            modes |= mode;
        }
    }

    /// One delivery, one booking; one piece of evidence, one record. For what a verifier signed: it takes it from everybody.
    function _takeEvidence(bytes32 evidence) internal {
        require(evidence != 0, EvidenceMissing());
        require(!_taken[evidence], EvidenceUsed(evidence));
        _taken[evidence] = true;
    }

    /// What says that a provider provided a delivery.
    function _provided(address by, bytes32 delivery) private pure returns (bytes32) {
        return keccak256(abi.encode(by, delivery));
    }

    /// A unit of another registry is booked here once.
    function _lock(Elsewhere calldata unit) internal {
        require((unit.registry == 0) == (bytes(unit.id).length == 0), ElsewhereInvalid(unit.registry));
        if (unit.registry == 0) return;
        bytes32 what = keccak256(abi.encode(unit.registry, unit.id));
        require(!_taken[what], ElsewhereBooked(unit.registry, unit.id));
        _taken[what] = true;
    }
}
