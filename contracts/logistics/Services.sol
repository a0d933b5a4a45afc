// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaim} from "../interfaces/IBookAndClaim.sol";
import {
    Act,
    Basis,
    Bundling,
    Head,
    Kind,
    LetsAmounts,
    Material,
    Role,
    ServiceUse
} from "../interfaces/LogisticsTypes.sol";
import {Row} from "../libraries/Section9.sol";
import {Register} from "./Register.sol";

/// @notice Low-emission transport services: booked from a profile, claimed and booked again, claimed by shippers.
abstract contract Services is IBookAndClaim, Register {
    /// @inheritdoc IBookAndClaim
    function deriveLets(uint96 profile, uint64 activity, bytes32 document) external open(BOOK) returns (uint96 id) {
        address by = _msgSender();
        Head memory head = _known(profile, Kind.ProfileClaim);
        require(head.by == by, RecordOfAnother(profile, by, head.by));
        _requireRole(by, head.role);
        Row row = _rowFor(head.role, Act.Book, Material.Solution);
        require(head.bundling != Bundling.Emitter, EmitterIsNoLets(profile));
        Head memory solution = _known(_parents[profile], Kind.Solution);
        row.requireMode(head.modes, solution.modes);
        uint64 left = _profiles[profile].left;
        require(activity != 0, AmountZero());
        require(activity <= left, AboveBooked(profile, activity, left));
        id = _idOf(keccak256(abi.encode(Kind.Lets, by, profile, activity, document)));
        (head.kind, head.day, head.basis) = (Kind.Lets, _today(), row.basis());
        row.requireVintage(head.day, solution.day);
        _record(id, head);
        _profiles[profile].left = left - activity;
        // What was claimed of the solution is additional, all of it.
        _lets[id] = LetsAmounts(activity, 0, activity, 0, 0);
        _parents[id] = profile;
        if (head.bound) _bind(id, _categories[profile]);
        emit LetsDerived(id, profile, by, head.day, activity, document);
    }

    /// @inheritdoc IBookAndClaim
    function rebook(Role role, ServiceUse calldata use) external open(REBOOK) returns (uint96 id) {
        address by = _msgSender();
        (Row row, Head memory head, bytes32 toc) = _requireUse(by, role, Act.Rebook, use);
        id = _idOf(keccak256(abi.encode(Kind.Lets, by, role, use)));
        head.kind = Kind.Lets;
        _record(id, head);
        if (role == Role.Lsp) _useOwn(by, head.modes, head.unit, use.year, use.activity);
        uint64 additional = _take(row, use, false);
        LetsAmounts storage source = _lets[use.lets];
        if (role == Role.Carrier) source.claimedByCarriers += use.activity;
        _lets[id] = LetsAmounts(use.activity, 0, additional, 0, 0);
        _keep(id, use, toc);
        emit LetsRebooked(id, use.lets, by, head.day, role, head.basis, row.mustBeAdditional(), use);
    }

    /// @inheritdoc IBookAndClaim
    function claim(ServiceUse calldata use) external open(CLAIM) returns (uint96) {
        return _claim(use, false);
    }

    /// `reserved`: its activity was counted as claimed when it was anchored.
    function _claim(ServiceUse calldata use, bool reserved) internal returns (uint96 id) {
        address by = _msgSender();
        (Row row, Head memory head, bytes32 toc) = _requireUse(by, Role.Shipper, Act.Claim, use);
        id = _idOf(_contentOf(by, use));
        head.kind = Kind.Claim;
        _record(id, head);
        _useOwn(by, head.modes, head.unit, use.year, use.activity);
        _take(row, use, reserved);
        _keep(id, use, toc);
        emit LetsClaimed(id, use.lets, by, head.day, head.basis, row.mustBeAdditional(), use);
    }

    function _contentOf(address shipper, ServiceUse calldata use) internal pure returns (bytes32) {
        return keccak256(abi.encode(Kind.Claim, shipper, use));
    }

    function _keep(uint96 id, ServiceUse calldata use, bytes32 toc) private {
        _parents[id] = use.lets;
        _bind(id, toc);
        if (use.entity != 0) _entities[id] = use.entity;
    }

    /// The row that allows a use of a LETS, and the head of what comes of it.
    function _requireUse(address by, Role role, Act act, ServiceUse calldata use)
        private
        view
        returns (Row row, Head memory head, bytes32 toc)
    {
        _requireRole(by, role);
        head = _known(use.lets, Kind.Lets);
        require(head.by != by, OwnLets(use.lets));
        row = _rowFor(role, act, _materialOf(head, by));
        uint8 modes = uint8(1 << uint8(use.mode));
        row.requireMode(modes, head.modes);
        toc = use.toc;
        if (head.bound) require(toc == _categories[use.lets], CategoryDiffers(toc, _categories[use.lets]));
        uint16 day = _today();
        row.requireVintage(day, head.day);
        require(use.activity != 0, AmountZero());
        (head.by, head.role, head.day, head.year) = (by, role, day, use.year);
        (head.basis, head.bound) = (row.basis(), toc != 0);
    }

    /// An LSP's LETS or a carrier's, direct or not, in the user's contracted network when it was booked or not (section 5).
    function _materialOf(Head memory lets, address by) private view returns (Material) {
        uint16 since = _partners[by][lets.by];
        bool inside = since != 0 && since <= lets.day;
        if (lets.role == Role.Lsp) {
            return lets.basis == Basis.Direct && inside ? Material.LspDirect : Material.LspIndirect;
        }
        if (lets.basis == Basis.Indirect) return Material.CarrierIndirect;
        return inside ? Material.CarrierDirect : Material.CarrierElsewhere;
    }

    /// Takes activity of a LETS, and says how much of what is made of it is additional. Of a part it is what is above all that
    /// regulation requires of the whole: what it requires may all be in that part.
    function _take(Row row, ServiceUse calldata use, bool reserved) private returns (uint64 additional) {
        LetsAmounts memory l = _lets[use.lets];
        if (!reserved) {
            uint64 left = l.activity - l.claimed;
            require(use.activity <= left, AboveBooked(use.lets, use.activity, left));
            l.claimed += use.activity;
        }
        if (row.mustBeAdditional()) {
            uint64 left = l.additional - l.claimedAdditional;
            require(use.activity <= left, NotAdditional(use.lets, use.activity, left));
            l.claimedAdditional += use.activity;
            additional = use.activity;
        } else {
            uint64 required = l.activity - l.additional;
            additional = use.activity > required ? use.activity - required : 0;
        }
        _lets[use.lets] = l;
    }
}
