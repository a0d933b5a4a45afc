// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaimEvents} from "./IBookAndClaimEvents.sol";
import {
    Act,
    ActivityUnit,
    ClaimAnchor,
    Head,
    LetsAmounts,
    LetsBooking,
    Material,
    Mode,
    ProfileAmounts,
    Provision,
    Role,
    ServiceUse,
    Solution,
    SolutionAmounts,
    SolutionClaim
} from "./LogisticsTypes.sol";

/// @notice The acts that bring things in from outside: activity shown, solutions and services booked, profiles claimed.
/// @dev The register carries them out with the code of its desk, since one contract can't hold all of it (EIP-170).
interface IBookingDesk {
    // Anyone

    /// @notice Records an organisation's own activity of a mode in a year, which caps its claims; more of it adds up.
    /// @param signature The verifier's, of `Activity(address organisation,uint8 mode,uint8 unit,uint16 year,uint64 activity,bytes32
    /// evidence)`. `evidence` (the root of its activity lines, say) is used once.
    function showActivity(
        address organisation,
        Mode mode,
        ActivityUnit unit,
        uint16 year,
        uint64 activity,
        bytes32 evidence,
        address verifier,
        bytes calldata signature
    ) external;

    // Solution providers

    /// @notice Books a solution's profile; only what is additional of it is claimable.
    /// @param signature The verifier's, of `Booking(bytes32 content)`, content being the hash whose last 96 bits are the id.
    function bookSolution(Solution calldata solution, address verifier, bytes calldata signature)
        external
        returns (uint96 id);
    /// @notice Records that a solution went to a carrier; its provider can't book that delivery as a profile too, nor provide it again.
    /// @dev No verifier signs it, so it binds its provider alone: whoever names another's delivery takes nothing from that one. What
    /// is booked, by whomever, is not provided.
    function provide(Provision calldata provision) external returns (uint96 id);
    /// @notice Retires what no carrier claimed of the emitter profile beside a supply-chain claim. The provider at any time, any
    /// organisation once the carriers' time is over.
    function retireEmitter(uint96 claim, string calldata reason) external;

    // Carriers, LSPs, shippers

    /// @notice Claims a solution's profile, or a side of it.
    function claimSolution(SolutionClaim calldata claim) external returns (uint96 id);
    /// @notice A carrier books a LETS it generated. The verifier signs as for solutions.
    function bookLets(LetsBooking calldata lets, address verifier, bytes calldata signature)
        external
        returns (uint96 id);
}

/// @title Book and claim for logistics emissions
/// @notice The register of SFC's Voluntary Market Based Measures Framework (2023): solutions, low-emission transport services (LETS)
/// and their claims. Section 9's table decides who may book and claim what; it is data, given at construction and never changed.
/// @dev A claim's id is an instrument's use (IInstrument). Ids are hashes of content and maker: the same thing is made once, a
/// reorganisation renames nothing. Days are UTC; a window's last day is included. Text and masses stand in events only, committed
/// by the ids. Operators say who takes part; nobody changes what is booked.
interface IBookAndClaim is IBookAndClaimEvents, IBookingDesk {
    // Operators

    /// @notice Gives an organisation its roles, a bit each (`Role`); 0 ends them. What it booked and claimed stays.
    function setOrganisation(address organisation, uint8 roles, string calldata name) external;
    /// @notice Takes a partner into an organisation's contracted network, or out of it (section 5).
    /// @dev What a partner booked before that day stays indirect: widening a network makes nothing direct afterwards.
    function setPartner(address organisation, address partner, bool contracted) external;
    /// @notice Finds a record void, for error or fraud: nothing more is made from it, and a statement that used it is flagged.
    function findVoid(uint96 id, string calldata reason) external;
    /// @notice Closes operations: a bit for each of booking 1, claiming 2, rebooking 4, anchoring 8.
    function setClosed(uint256 closed) external;
    /// @notice Closes operations beside those that are closed. For guardians, who can open nothing.
    function close(uint256 operations) external;

    // Anyone

    /// @notice Gives back what claims under a root did not use, once its deadline is over.
    function releaseClaims(uint96 lets, bytes32 root) external;

    // Carriers, LSPs, shippers

    /// @notice Books a LETS from a profile claim of the caller, in the role it was claimed in.
    function deriveLets(uint96 profile, uint64 activity, bytes32 document) external returns (uint96 id);
    /// @notice A carrier or an LSP claims a LETS and books it again.
    function rebook(Role role, ServiceUse calldata use) external returns (uint96 id);
    /// @notice A shipper claims a LETS.
    function claim(ServiceUse calldata use) external returns (uint96 id);
    /// @notice The LETS's booker reserves activity for any number of shippers' claims under one Merkle root.
    function anchorClaims(uint96 lets, bytes32 root, uint64 activity, uint40 deadline) external;
    /// @notice A shipper makes its claim of what a root reserved. Everything is checked as in `claim`.
    /// @param proof Siblings from the leaf up, pairs sorted (OpenZeppelin's MerkleProof).
    function materialiseClaim(bytes32 root, ServiceUse calldata use, bytes32[] calldata proof)
        external
        returns (uint96 id);

    // Views

    /// @notice Section 9's rows: `of 16 | organisation 2 | act 2 | basis 1 | additionality 1 | mode 1 | months 6 | since 3`.
    function table() external view returns (uint32[] memory rows);
    /// @notice Last day on which the row for this allows the act, counted from `since`; reverts where no row does.
    function lastDayOf(Role role, Act act, Material material, uint16 since) external view returns (uint256);
    function closed() external view returns (uint256);
    function rolesOf(address organisation) external view returns (uint8);
    function partnerSince(address organisation, address partner) external view returns (uint16);
    /// @notice An organisation's own activity of a mode in a year, and what of it is claimed or booked.
    function ownActivity(address organisation, Mode mode, ActivityUnit unit, uint16 year)
        external
        view
        returns (uint128 shown, uint128 used);
    function headOf(uint96 id) external view returns (Head memory);
    /// @notice What a record was made from: claim, LETS, profile claim, solution or provision; 0 at the beginning.
    function parentOf(uint96 id) external view returns (uint96);
    /// @notice The transport operation category that binds a record, zero for none.
    function categoryOf(uint96 id) external view returns (bytes32);
    function isVoid(uint96 id) external view returns (bool);
    function solutionAmounts(uint96 id) external view returns (SolutionAmounts memory);
    function profileAmounts(uint96 id) external view returns (ProfileAmounts memory);
    function letsAmounts(uint96 id) external view returns (LetsAmounts memory);
    /// @notice What of a LETS its booker may still disclose: not what other carriers claimed (section 11).
    function disclosable(uint96 lets) external view returns (uint64);
    function anchorOf(uint96 lets, bytes32 root) external view returns (ClaimAnchor memory);
    /// @notice The leaf of a shipper's claim in the tree of a root.
    function leafOf(address shipper, ServiceUse calldata use) external view returns (bytes32);
    function domainSeparator() external view returns (bytes32);
}
