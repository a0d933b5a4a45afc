// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    Act,
    ActivityUnit,
    Basis,
    Bundling,
    Kind,
    LetsBooking,
    Material,
    Mode,
    Provision,
    Role,
    ServiceUse,
    Solution,
    SolutionClaim
} from "./LogisticsTypes.sol";

/// @notice What happens in the register, and why something is refused.
interface IBookAndClaimEvents {
    event OrganisationSet(address indexed organisation, uint8 roles, string name);
    /// `since` is the first day whose bookings of the partner are inside the network; 0: it is outside.
    event PartnerSet(address indexed organisation, address indexed partner, uint16 since);
    event ActivityShown(
        address indexed organisation,
        Mode mode,
        ActivityUnit unit,
        uint16 year,
        uint64 activity,
        bytes32 evidence,
        address verifier
    );
    event SolutionBooked(uint96 indexed id, address indexed by, uint16 day, address verifier, Solution solution);
    event SolutionProvided(uint96 indexed id, address indexed by, uint16 day, Provision provision);
    /// `attached` of the emitter profile stands beside a supply-chain claim from now on.
    event SolutionClaimed(uint96 indexed id, address indexed by, uint16 day, uint64 attached, SolutionClaim claim);
    event EmitterRetired(uint96 indexed claim, address indexed by, uint16 day, uint64 quantity, string reason);
    event LetsBooked(uint96 indexed id, address indexed by, uint16 day, address verifier, LetsBooking lets);
    event LetsDerived(
        uint96 indexed id, uint96 indexed profile, address indexed by, uint16 day, uint64 activity, bytes32 document
    );
    event LetsRebooked(
        uint96 indexed id,
        uint96 indexed lets,
        address indexed by,
        uint16 day,
        Role role,
        Basis basis,
        bool mustBeAdditional,
        ServiceUse use
    );
    event LetsClaimed(
        uint96 indexed id,
        uint96 indexed lets,
        address indexed by,
        uint16 day,
        Basis basis,
        bool mustBeAdditional,
        ServiceUse use
    );
    event ClaimsAnchored(uint96 indexed lets, bytes32 indexed root, uint64 activity, uint40 deadline);
    /// The `LetsClaimed` before it took its activity from what the root reserved.
    event ClaimMaterialised(uint96 indexed lets, bytes32 indexed root, uint64 activity);
    event ClaimsReleased(uint96 indexed lets, bytes32 indexed root, uint64 activity);
    /// Nothing more is made from it, and the statement that used it last is flagged.
    event FoundVoid(uint96 indexed id, string reason);
    event ClosedSet(uint256 closed);

    error BookClosed(uint256 operation);
    error TableInvalid(uint256 rows);
    error RolesInvalid(uint8 roles);
    error NotInRole(address account, Role role);
    error NotAllowed(Role role, Act act, Material material);
    error ModeDiffers(uint8 modes, uint8 allowed);
    error OutsideVintage(uint256 day, uint256 first, uint256 last);
    error CategoryDiffers(bytes32 toc, bytes32 bound);
    error AdditionalityMissing();
    error AdditionalAboveAmount(uint64 additional, uint64 amount);
    error NotAdditional(uint96 lets, uint64 activity, uint64 left);
    error AboveBooked(uint96 id, uint64 amount, uint64 left);
    error AboveOwnActivity(address organisation, uint64 activity, uint256 left);
    error SolutionTooLittle(uint96 solution, uint64 quantity, uint64 activity);
    error AmountZero();
    error MassesInvalid(uint64 wtw, uint64 ttw);
    error ModesInvalid(uint8 modes);
    error CreditInvalid(Mode mode, uint32 share);
    error EvidenceMissing();
    error EvidenceUsed(bytes32 evidence);
    error ElsewhereInvalid(bytes32 registry);
    error ElsewhereBooked(bytes32 registry, string id);
    error RecordExists(uint96 id);
    error RecordUnknown(uint96 id, Kind wanted);
    error RecordOfAnother(uint96 id, address caller, address holder);
    error OwnLets(uint96 id);
    error SideInvalid(Bundling side, bool bundled, Role role);
    error EmitterIsNoLets(uint96 claim);
    error NotBeside(uint96 paired, uint96 solution);
    error RetiredEarly(uint256 day, uint256 last);
    error NothingToRetire(uint96 claim);
    error ReasonMissing();
    error VerifierNotIndependent(address verifier);
    error VerificationInvalid(address verifier);
    error ClaimsExist(uint96 lets, bytes32 root);
    error ClaimsUnknown(uint96 lets, bytes32 root);
    error ClaimsExpired(uint40 deadline, uint256 at);
    error ClaimsOpen(uint40 deadline, uint256 at);
    error ClaimsExhausted(uint96 lets, bytes32 root, uint64 activity, uint64 left);
}
