// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookingDesk} from "../interfaces/IBookAndClaim.sol";
import {
    Act,
    Bundling,
    Head,
    Kind,
    Material,
    Role,
    SolutionAmounts,
    SolutionClaim
} from "../interfaces/LogisticsTypes.sol";
import {Row} from "../libraries/Section9.sol";
import {Register} from "./Register.sol";

/// @notice Claims of solutions' profiles, side by side, and the end of emitter profiles that nobody claimed (section 11).
abstract contract ProfileClaims is IBookingDesk, Register {
    /// @inheritdoc IBookingDesk
    function claimSolution(SolutionClaim calldata c) external open(CLAIM) returns (uint96 id) {
        address by = _msgSender();
        _requireRole(by, c.role);
        Head memory source = _known(c.solution, Kind.Solution);
        _requireSide(c, source.bundling == Bundling.Bundled);
        Material material = c.role == Role.Carrier ? Material.EmitterProfile : Material.Solution;
        Row row = _rowFor(c.role, Act.Claim, material);

        Head memory head;
        (head.by, head.kind, head.role, head.day, head.year) = (by, Kind.ProfileClaim, c.role, _today(), c.year);
        (head.modes, head.unit, head.creditModes) = (uint8(1 << uint8(c.mode)), c.unit, source.creditModes);
        (head.bundling, head.basis, head.bound) = (c.side, row.basis(), c.toc != 0);
        row.requireMode(head.modes, source.modes);
        row.requireVintage(head.day, c.paired == 0 ? source.day : _beside(c).day);
        if (c.activity != 0) {
            bool enough = c.consumption != 0 && c.per != 0
                && uint256(c.activity) * c.consumption <= uint256(c.quantity) * c.per;
            require(enough, SolutionTooLittle(c.solution, c.quantity, c.activity));
        }

        id = _idOf(keccak256(abi.encode(Kind.ProfileClaim, by, c)));
        _record(id, head);
        (_parents[id], _profiles[id].left) = (c.solution, c.activity);
        _bind(id, c.toc);
        if (c.entity != 0) _entities[id] = c.entity;
        uint64 attached = _takeSides(c);
        if (attached != 0) _profiles[id].attached = attached;
        _useOwn(by, head.modes, c.unit, c.year, c.activity);
        emit SolutionClaimed(id, by, head.day, attached, c);
    }

    /// @inheritdoc IBookingDesk
    /// @dev Cannot be closed: it moves nothing to anybody.
    function retireEmitter(uint96 id, string calldata reason) external {
        address by = _msgSender();
        Head memory head = _heads[id];
        bool beside = head.kind == Kind.ProfileClaim && head.bundling == Bundling.SupplyChain;
        require(beside, RecordUnknown(id, Kind.ProfileClaim));
        uint16 day = _today();
        if (by != _heads[_parents[id]].by) {
            require(_roles[by] != 0, NotInRole(by, Role.SolutionProvider));
            uint256 last = _rowFor(Role.Carrier, Act.Claim, Material.EmitterProfile).lastDay(head.day);
            require(day > last, RetiredEarly(day, last));
        }
        uint64 left = _profiles[id].attached;
        require(left != 0, NothingToRetire(id));
        require(bytes(reason).length != 0, ReasonMissing());
        _profiles[id].attached = 0;
        emit EmitterRetired(id, by, day, left, reason);
    }

    /// A bundled profile is claimed whole; of an unbundled one carriers claim the emitter profile, others the supply-chain one.
    function _requireSide(SolutionClaim calldata c, bool bundled) private pure {
        require(c.quantity != 0 && (c.activity != 0 || c.role == Role.Carrier), AmountZero());
        Bundling apart = c.role == Role.Carrier ? Bundling.Emitter : Bundling.SupplyChain;
        require(c.side == (bundled ? Bundling.Bundled : apart), SideInvalid(c.side, bundled, c.role));
    }

    /// The supply-chain claim of the same solution that an emitter claim names.
    function _beside(SolutionClaim calldata c) private view returns (Head memory head) {
        head = _heads[c.paired];
        bool supplyChain = head.kind == Kind.ProfileClaim && head.bundling == Bundling.SupplyChain;
        bool named = c.side == Bundling.Emitter && supplyChain && _parents[c.paired] == c.solution;
        require(named, NotBeside(c.paired, c.solution));
    }

    /// Each side of a solution is claimed once. Beside a supply-chain claim stands as much emitter profile as is free.
    function _takeSides(SolutionClaim calldata c) private returns (uint64 attached) {
        SolutionAmounts memory s = _solutions[c.solution];
        if (c.side == Bundling.Emitter) {
            uint64 left = c.paired == 0 ? s.free : _profiles[c.paired].attached;
            require(c.quantity <= left, AboveBooked(c.solution, c.quantity, left));
            if (c.paired == 0) _solutions[c.solution].free = left - c.quantity;
            else _profiles[c.paired].attached = left - c.quantity;
            return 0;
        }
        uint64 unclaimed = s.additional - s.claimed;
        require(c.quantity <= unclaimed, AboveBooked(c.solution, c.quantity, unclaimed));
        s.claimed += c.quantity;
        attached = c.side == Bundling.Bundled || c.quantity <= s.free ? c.quantity : s.free;
        if (c.side == Bundling.Bundled) attached = 0;
        s.free -= attached;
        _solutions[c.solution] = s;
    }
}
