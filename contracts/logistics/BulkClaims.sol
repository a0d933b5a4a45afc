// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IBookAndClaim} from "../interfaces/IBookAndClaim.sol";
import {ClaimAnchor, Head, Kind, LetsAmounts, ServiceUse} from "../interfaces/LogisticsTypes.sol";
import {Services} from "./Services.sol";

/// @notice Many shippers' claims of a LETS under one root: the booker reserves their total, each is made when its leaf is shown.
/// @dev Reserved activity counts as claimed from the first, so making a claim takes nothing more; what is unused comes back after
/// the deadline. A leaf is hashed twice, of 32 bytes at last, and no inner node, which is of 64; `document` salts it. Its
/// claim has the same id as one made by `claim`, so that it is made once, whichever way.
abstract contract BulkClaims is Services {
    mapping(bytes32 key => ClaimAnchor) private _anchors;

    /// @inheritdoc IBookAndClaim
    function anchorClaims(uint96 id, bytes32 root, uint64 activity, uint40 deadline) external open(ANCHOR) {
        Head memory head = _known(id, Kind.Lets);
        require(head.by == _msgSender(), RecordOfAnother(id, _msgSender(), head.by));
        require(activity != 0, AmountZero());
        require(block.timestamp <= deadline, ClaimsExpired(deadline, block.timestamp));
        bytes32 key = _keyOf(id, root);
        require(_anchors[key].deadline == 0, ClaimsExist(id, root));
        LetsAmounts storage l = _lets[id];
        uint64 left = l.activity - l.claimed;
        require(activity <= left, AboveBooked(id, activity, left));
        l.claimed += activity;
        _anchors[key] = ClaimAnchor(activity, 0, deadline);
        emit ClaimsAnchored(id, root, activity, deadline);
    }

    /// @inheritdoc IBookAndClaim
    function materialiseClaim(bytes32 root, ServiceUse calldata use, bytes32[] calldata proof)
        external
        open(CLAIM)
        returns (uint96 id)
    {
        bytes32 key = _keyOf(use.lets, root);
        ClaimAnchor memory a = _anchors[key];
        bool anchored = a.deadline != 0 && MerkleProof.verifyCalldata(proof, root, leafOf(_msgSender(), use));
        require(anchored, ClaimsUnknown(use.lets, root));
        require(block.timestamp <= a.deadline, ClaimsExpired(a.deadline, block.timestamp));
        uint64 left = a.reserved - a.used;
        require(use.activity <= left, ClaimsExhausted(use.lets, root, use.activity, left));
        _anchors[key].used = a.used + use.activity;
        id = _claim(use, true);
        emit ClaimMaterialised(use.lets, root, use.activity);
    }

    /// @inheritdoc IBookAndClaim
    /// @dev Cannot be closed: it gives activity back to where it came from.
    function releaseClaims(uint96 id, bytes32 root) external {
        bytes32 key = _keyOf(id, root);
        ClaimAnchor memory a = _anchors[key];
        uint64 unused = a.reserved - a.used;
        require(unused != 0, ClaimsUnknown(id, root));
        require(block.timestamp > a.deadline, ClaimsOpen(a.deadline, block.timestamp));
        _anchors[key].reserved = a.used;
        _lets[id].claimed -= unused;
        emit ClaimsReleased(id, root, unused);
    }

    /// @inheritdoc IBookAndClaim
    function anchorOf(uint96 id, bytes32 root) external view returns (ClaimAnchor memory) {
        return _anchors[_keyOf(id, root)];
    }

    /// @inheritdoc IBookAndClaim
    function leafOf(address shipper, ServiceUse calldata use) public view returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(block.chainid, address(this), _contentOf(shipper, use)));
        return keccak256(abi.encode(inner));
    }

    function _keyOf(uint96 id, bytes32 root) private pure returns (bytes32) {
        return keccak256(abi.encode(id, root));
    }
}
