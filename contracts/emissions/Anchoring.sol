// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, Offer} from "../interfaces/ICarbonEmissionsToken.sol";
import {Anchors} from "../libraries/Anchors.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Many allocations under one root, each a lot when its dependent, or anybody for one who opted in, shows its leaf.
abstract contract Anchoring is LotBook {
    /// @inheritdoc ICarbonEmissionsToken
    function anchor(uint64, bytes32, uint64, uint40) external outsideHooks open(ANCHOR) {
        _forward(address(Anchors), Anchors.anchor.selector);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function materialise(bytes32, Offer calldata, bytes32[] calldata, Acceptance calldata)
        external
        outsideHooks
        open(ANCHOR)
        returns (uint64)
    {
        _forward(address(Anchors), Anchors.materialise.selector);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function materialiseBatch(bytes32, Offer[] calldata, bytes32[] calldata, bool[] calldata, Acceptance calldata)
        external
        outsideHooks
        open(ANCHOR)
        returns (uint256[] memory)
    {
        _forward(address(Anchors), Anchors.materialiseBatch.selector);
    }

    /// @inheritdoc ICarbonEmissionsToken
    /// @dev Cannot be closed: it gives units back to where they came from.
    function release(uint64, bytes32) external outsideHooks {
        _forward(address(Anchors), Anchors.release.selector);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function anchorOf(uint64 parent, bytes32 root) external view returns (uint64 reserved, uint64 used, uint40 deadline) {
        uint256 word = _ledger.anchors[Anchors.idOf(parent, root)];
        return (uint64(word >> 192), uint64(word >> 128), uint40(word));
    }
}
