// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

import {Composition, ICarbonEmissionsToken as CET} from "../interfaces/ICarbonEmissionsToken.sol";
import {Evaluation} from "./Evaluation.sol";
import {LotCode} from "./LotCode.sol";
import {LotKeys} from "./LotKey.sol";
import {Lots} from "./Lots.sol";
import {Lot, LotLedger, LotStore} from "./LotStore.sol";

/// @notice Shares of many lots of one holder become a product with an output of its own.
/// @dev Internal; it runs in Allocations, which the token hands whole calls to.
library Compositions {
    using Lots for LotLedger;

    function compose(LotLedger storage ledger, address holder, Composition calldata c) internal returns (uint64 key) {
        LotCode code = LotCode.wrap(c.code);
        require(code.isValid() && code.isProduct(), CET.CodeInvalid(c.code));
        require(c.output != 0 && c.output <= LotStore.MAX_BASIS, CET.BasisInvalid(c.output, LotStore.MAX_BASIS));
        uint256 edges = c.edges.length;
        require(edges != 0 && edges <= LotStore.MAX_EDGES, CET.EdgesInvalid(edges, LotStore.MAX_EDGES));

        key = LotKeys.ofDerived(keccak256(abi.encode(holder, c)));
        (uint256 bound, bool flat, bool certificated) = _takeEdges(ledger, holder, key, c, code);
        Lot storage lot = ledger.create(key, LotStore.derived(c.output, edges), LotStore.holding(holder, code, edges));
        if (!flat) {
            // Counted exactly, not summed: a diamond's edges are shared.
            uint256 ancestry = Evaluation.ancestryOf(ledger, key, bound);
            lot.holding = LotStore.holding(holder, code, ancestry);
        }
        emit CET.LotComposed(key, holder, c.code, c.output, c.edges);
        emit IERC1155.TransferSingle(holder, address(0), holder, key, c.output);
        if (certificated) ledger.setCertificated(key, true);
    }

    /// Takes the units of every edge and stores the edges, two a slot.
    function _takeEdges(LotLedger storage ledger, address holder, uint64 key, Composition calldata c, LotCode code)
        private
        returns (uint256 bound, bool flat, bool certificated)
    {
        uint256[64] storage packed = ledger.edges[key];
        uint256 edges = c.edges.length;
        uint64 previous;
        uint256 low;
        flat = true;
        bound = edges;
        for (uint256 i; i < edges; ++i) {
            uint256 edge = c.edges[i];
            uint64 parent = uint64(edge);
            require(parent > previous, CET.ParentsOutOfOrder(parent, previous));
            previous = parent;
            ledger.requireHolder(parent, holder);
            // No need to check that the units fit 64 bits: no more than a basis can be taken.
            (LotCode parentCode, uint256 ancestry, bool isCertificated) = ledger.take(parent, edge >> 64);
            require(parentCode.mayEnter(code), CET.NotComposable(parent, LotCode.unwrap(parentCode), c.code));
            if (ancestry != 0) flat = false;
            if (isCertificated) certificated = true;
            bound += ancestry;
            if (i & 1 == 1) packed[i >> 1] = edge << 128 | low;
            else if (i + 1 == edges) packed[i >> 1] = edge;
            else low = edge;
        }
    }
}
