// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaim} from "../interfaces/IBookAndClaim.sol";
import {
    Act,
    ActivityUnit,
    Head,
    Kind,
    LetsAmounts,
    Material,
    Mode,
    ProfileAmounts,
    Role,
    SolutionAmounts
} from "../interfaces/LogisticsTypes.sol";
import {Section9} from "../libraries/Section9.sol";
import {Register} from "./Register.sol";

/// @notice What operators do, and what anybody may read.
abstract contract Operating is IBookAndClaim, Register {
    uint8 private constant ALL_ROLES = 15;

    /// @inheritdoc IBookAndClaim
    function setOrganisation(address organisation, uint8 roles, string calldata name) external restricted {
        require(roles <= ALL_ROLES, RolesInvalid(roles));
        _roles[organisation] = roles;
        emit OrganisationSet(organisation, roles, name);
    }

    /// @inheritdoc IBookAndClaim
    function setPartner(address organisation, address partner, bool contracted) external restricted {
        uint16 since = contracted ? _today() : 0;
        _partners[organisation][partner] = since;
        emit PartnerSet(organisation, partner, since);
    }

    /// @inheritdoc IBookAndClaim
    function findVoid(uint96 id, string calldata reason) external restricted {
        require(_heads[id].kind != Kind.None, RecordUnknown(id, Kind.None));
        emit FoundVoid(id, reason);
        _voidUse(id);
    }

    /// @inheritdoc IBookAndClaim
    function setClosed(uint256 closed_) external restricted {
        _closed = closed_;
        emit ClosedSet(closed_);
    }

    /// @inheritdoc IBookAndClaim
    function close(uint256 operations) external restricted {
        _closed |= operations;
        emit ClosedSet(_closed);
    }

    // Views

    /// @inheritdoc IBookAndClaim
    function table() external view returns (uint32[] memory) {
        return Section9.unpack(_lowRows, _highRows);
    }

    /// @inheritdoc IBookAndClaim
    function lastDayOf(Role role, Act act, Material material, uint16 since) external view returns (uint256) {
        return _rowFor(role, act, material).lastDay(since);
    }

    /// @inheritdoc IBookAndClaim
    function headOf(uint96 id) external view returns (Head memory) {
        return _heads[id];
    }

    /// @inheritdoc IBookAndClaim
    function parentOf(uint96 id) external view returns (uint96) {
        return _parents[id];
    }

    /// @inheritdoc IBookAndClaim
    function categoryOf(uint96 id) external view returns (bytes32) {
        return _categories[id];
    }

    /// @inheritdoc IBookAndClaim
    function isVoid(uint96 id) external view returns (bool) {
        return _isVoid(id);
    }

    /// @inheritdoc IBookAndClaim
    function solutionAmounts(uint96 id) external view returns (SolutionAmounts memory) {
        return _solutions[id];
    }

    /// @inheritdoc IBookAndClaim
    function profileAmounts(uint96 id) external view returns (ProfileAmounts memory) {
        return _profiles[id];
    }

    /// @inheritdoc IBookAndClaim
    function letsAmounts(uint96 id) external view returns (LetsAmounts memory) {
        return _lets[id];
    }

    /// @inheritdoc IBookAndClaim
    function disclosable(uint96 id) external view returns (uint64) {
        return _lets[id].activity - _lets[id].claimedByCarriers;
    }

    /// @inheritdoc IBookAndClaim
    function closed() external view returns (uint256) {
        return _closed;
    }

    /// @inheritdoc IBookAndClaim
    function rolesOf(address organisation) external view returns (uint8) {
        return _roles[organisation];
    }

    /// @inheritdoc IBookAndClaim
    function partnerSince(address organisation, address partner) external view returns (uint16) {
        return _partners[organisation][partner];
    }

    /// @inheritdoc IBookAndClaim
    function ownActivity(address organisation, Mode mode, ActivityUnit unit, uint16 year)
        external
        view
        returns (uint128 shown, uint128 used)
    {
        Own storage own = _own[_ownKey(organisation, uint8(1 << uint8(mode)), unit, year)];
        return (own.shown, own.used);
    }

    /// @inheritdoc IBookAndClaim
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}
