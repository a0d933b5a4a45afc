// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What an organisation does in a transport supply chain (SFC framework, section 2); it may have several roles.
enum Role {
    Carrier,
    Lsp,
    Shipper,
    SolutionProvider
}

/// @notice What is done (section 9).
enum Act {
    Book,
    Rebook,
    Claim,
    Provide
}

/// @notice Whether a physical tie between solution and service can be shown (section 5).
enum Basis {
    Direct,
    Indirect
}

/// @notice What a booking or a claim is made from, seen by who makes it (sections 5, 9 and 11).
enum Material {
    OwnTransport,
    Production,
    Solution,
    EmitterProfile,
    CarrierDirect,
    CarrierElsewhere,
    CarrierIndirect,
    LspDirect,
    LspIndirect
}

/// @notice What a vintage is counted from (section 8).
enum Since {
    None,
    Generation,
    Production,
    Booking,
    BookingYear
}

/// @notice The modes of the GLEC Framework; where several are meant, a bit each.
enum Mode {
    Air,
    InlandWaterway,
    LogisticsSites,
    Rail,
    Road,
    Sea
}

/// @notice Which profiles of a solution stand together (section 11).
enum Bundling {
    Bundled,
    Emitter,
    SupplyChain
}

/// @notice What activity is counted in: gram-kilometres, TEU-metres, passenger-metres, items.
enum ActivityUnit {
    GramKm,
    TeuM,
    PassengerM,
    Item
}

/// @notice What solutions are counted in.
enum SolutionUnit {
    Gram,
    WattHour
}

/// @notice What a record is.
enum Kind {
    None,
    Solution,
    Provision,
    ProfileClaim,
    Lets,
    Claim
}

/// @notice Emissions of the whole amount, mg CO2e: well-to-wheel, of it tank-to-wheel; biogenic CO2 beside them.
struct Masses {
    uint64 wtw;
    uint64 ttw;
    uint64 biogenic;
}

/// @notice What a solution earns towards another mode's obligations; it is disclosed in all that is made from it (section 6).
struct Credit {
    Mode mode;
    bytes32 scheme;
    /// Parts of a million.
    uint32 share;
}

/// @notice Which regulations were considered, and how much of the amount none of them requires already (section 6).
struct Additionality {
    string regulations;
    uint64 additional;
}

/// @notice The unit of another registry that a booking stands for; both zero for none.
struct Elsewhere {
    bytes32 registry;
    string id;
}

/// @notice A solution (fuel, electricity) whose profile its provider books.
struct Solution {
    /// Days since 1970-01-01.
    uint16 produced;
    /// Whether its emitter and supply-chain profiles are claimed together.
    bool bundled;
    /// A bit for each mode it was provided to.
    uint8 modes;
    SolutionUnit unit;
    uint64 quantity;
    uint64 energyWh;
    Masses masses;
    /// Certification: scheme, proof of sustainability, feedstock.
    string scheme;
    string proof;
    string feedstock;
    /// Hash of the evidence of its delivery; one delivery, one booking.
    bytes32 delivery;
    Additionality additionality;
    Credit[] credits;
    Elsewhere elsewhere;
}

/// @notice A solution that goes physically to a carrier, which generates LETS with it.
struct Provision {
    address to;
    Mode mode;
    SolutionUnit unit;
    uint64 quantity;
    bytes32 delivery;
}

/// @notice A claim of a solution's profile, or of one side of it, as so much activity.
struct SolutionClaim {
    uint96 solution;
    Role role;
    Bundling side;
    Mode mode;
    ActivityUnit unit;
    /// Calendar year of the activity, and of the inventory.
    uint16 year;
    /// In the solution's unit.
    uint64 quantity;
    uint64 activity;
    /// What one unit of activity takes, in solution units, as a fraction.
    uint64 consumption;
    uint64 per;
    /// Transport operation category as short text, zero for none.
    bytes32 toc;
    /// The supply-chain claim whose emitter profile it takes, 0 for none.
    uint96 paired;
    /// keccak256 of the entity's id whose statement uses it, zero for any of the claimant's.
    bytes32 entity;
    /// Any number that tells it from another just like it.
    bytes32 document;
}

/// @notice A low-emission transport service a carrier generated in its own fleet.
struct LetsBooking {
    uint16 generated;
    Mode mode;
    ActivityUnit unit;
    uint16 year;
    uint64 activity;
    Masses masses;
    bytes32 toc;
    /// The provision it was generated with, 0 for none.
    uint96 provision;
    bytes32 evidence;
    /// `regulations` is empty where none is stated.
    Additionality additionality;
    Credit[] credits;
    Elsewhere elsewhere;
}

/// @notice A use of a LETS: a shipper's claim, or a carrier's or LSP's rebooking.
struct ServiceUse {
    uint96 lets;
    Mode mode;
    uint16 year;
    uint64 activity;
    bytes32 toc;
    /// keccak256 of the entity's id whose statement uses it, zero for any of the claimant's.
    bytes32 entity;
    /// Any number that tells it from another just like it.
    bytes32 document;
}

/// @notice What all records have: who made it, in which role, when, and of which activity. `modes` has a bit for each mode.
struct Head {
    address by;
    Kind kind;
    Role role;
    uint16 day;
    uint16 year;
    uint8 modes;
    ActivityUnit unit;
    /// Modes its solution earns credits in, a bit each.
    uint8 creditModes;
    Bundling bundling;
    Basis basis;
    /// Whether a transport operation category binds it.
    bool bound;
}

/// @notice Amounts in the solution's unit. `free` is of the emitter profile, and beside no supply-chain claim yet.
struct SolutionAmounts {
    uint64 additional;
    uint64 claimed;
    uint64 free;
}

/// @notice `left` is activity not yet booked as LETS; `attached` the emitter profile beside it, in the solution's unit.
struct ProfileAmounts {
    uint64 left;
    uint64 attached;
}

/// @notice Of a LETS: what was booked and claimed, how much of both is additional, and what carriers claimed of it.
struct LetsAmounts {
    uint64 activity;
    uint64 claimed;
    uint64 additional;
    uint64 claimedAdditional;
    uint64 claimedByCarriers;
}

/// @notice Claims of a LETS under one root: the activity they reserve and used, and the last second for making them.
struct ClaimAnchor {
    uint64 reserved;
    uint64 used;
    uint40 deadline;
}
