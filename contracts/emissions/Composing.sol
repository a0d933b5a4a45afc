// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Composition, ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evaluation} from "../libraries/Evaluation.sol";
import {LotCode} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {Lot, LotStore} from "../libraries/LotStore.sol";
import {LotBook} from "./LotBook.sol";

/// @notice Shares of many lots become a product with an output of its own.
abstract contract Composing is LotBook {
    /// @inheritdoc ICarbonEmissionsToken
    function compose(Composition calldata c) external outsideHooks open(COMPOSE) returns (uint64 key) {
        LotCode code = LotCode.wrap(c.code);
        require(code.isValid() && code.isProduct(), CodeInvalid(c.code));
        require(c.output != 0 && c.output <= LotStore.MAX_BASIS, BasisInvalid(c.output, LotStore.MAX_BASIS));
        uint256 edges = c.edges.length;
        require(edges != 0 && edges <= LotStore.MAX_EDGES, EdgesInvalid(edges, LotStore.MAX_EDGES));

        key = LotKeys.ofDerived(keccak256(abi.encode(_msgSender(), c)));
        (uint256 bound, bool flat) = _takeEdges(key, c, code);
        Lot storage lot = _create(key, LotStore.derived(c.output, edges), LotStore.holding(_msgSender(), code, edges));
        if (!flat) {
            // Counted exactly, not summed: a diamond's edges are shared.
            uint256 ancestry = Evaluation.ancestryOf(_ledger, key, bound);
            lot.holding = LotStore.holding(_msgSender(), code, ancestry);
        }
        emit LotComposed(key, _msgSender(), c.code, c.output, c.edges);
        emit TransferSingle(_msgSender(), address(0), _msgSender(), key, c.output);
    }

    /// Takes the units of every edge and stores the edges, two a slot.
    function _takeEdges(uint64 key, Composition calldata c, LotCode code) private returns (uint256 bound, bool flat) {
        uint256[64] storage packed = _ledger.edges[key];
        uint256 edges = c.edges.length;
        uint64 previous;
        uint256 low;
        flat = true;
        bound = edges;
        for (uint256 i; i < edges; ++i) {
            uint256 edge = c.edges[i];
            uint64 parent = uint64(edge);
            require(parent > previous, ParentsOutOfOrder(parent, previous));
            previous = parent;
            _requireHolder(parent, _msgSender());
            // No need to check that the units fit 64 bits: no more than a basis can be taken.
            (LotCode parentCode, uint256 ancestry) = _take(parent, edge >> 64);
            require(parentCode.mayEnter(code), NotComposable(parent, LotCode.unwrap(parentCode), c.code));
            if (ancestry != 0) flat = false;
            bound += ancestry;
            if (i & 1 == 1) packed[i >> 1] = edge << 128 | low;
            else if (i + 1 == edges) packed[i >> 1] = edge;
            else low = edge;
        }
    }
}
