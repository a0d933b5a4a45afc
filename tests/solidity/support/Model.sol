// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// What the model knows of a lot.
struct Node {
    bool exists;
    bool source;
    address holder;
    uint16 code;
    uint256 gross; // of a source
    uint256 basis;
    uint256 offset;
    uint256 passed; // units of children
    uint256 displaced;
    uint256 reserved; // under anchors, for lots that are not there yet
    uint256 frozen;
    uint64[] parents;
    uint64[] units;
}

/// A lot's figures by the model, mg.
struct Reckoned {
    uint256 gross;
    uint256 inherited;
    uint256 net;
    uint256 surplus;
}

/// @notice The laws' arithmetic written a second time, as they are stated: recursive, without tables or packing. It only
/// knows what was done to it, never what the contracts answered.
abstract contract Model {
    mapping(uint64 key => Node) internal nodes;
    /// In the order they were made: parents before children.
    uint64[] internal keys;
    uint256 internal edgeCount;

    mapping(uint256 walk => mapping(uint64 key => bool)) private _visited;
    uint256 private _walks;
    mapping(uint64 key => uint256) private _place;

    function addSource(uint64 key, address holder, uint16 code, uint256 basis, uint256 gross) internal {
        Node storage n = _add(key, holder, code, basis);
        (n.source, n.gross) = (true, gross);
    }

    function addDerived(
        uint64 key,
        address holder,
        uint16 code,
        uint256 basis,
        uint64[] memory parents,
        uint64[] memory units
    ) internal {
        Node storage n = _add(key, holder, code, basis);
        (n.parents, n.units) = (parents, units);
        edgeCount += parents.length;
        for (uint256 i; i < parents.length; ++i) nodes[parents[i]].passed += units[i];
    }

    /// A lot that refers to another: it takes nothing from it, and no sum holds it.
    function addReference(uint64 key, address holder, uint16 code, uint64 parent, uint64 units) internal {
        Node storage n = _add(key, holder, code, units);
        n.parents.push(parent);
        n.units.push(units);
    }

    function isReference(uint16 code) internal pure returns (bool) {
        return code & 15 != 0;
    }

    function _add(uint64 key, address holder, uint16 code, uint256 basis) private returns (Node storage n) {
        n = nodes[key];
        require(!n.exists, "model: a key was made twice");
        (n.exists, n.holder, n.code, n.basis) = (true, holder, code, basis);
        keys.push(key);
    }

    function available(uint64 key) internal view returns (uint256) {
        Node storage n = nodes[key];
        uint256 left = n.basis - n.passed - n.displaced - n.reserved;
        return left > n.frozen ? left - n.frozen : 0;
    }

    /// Laws 2 and 4, by plain recursion.
    function reckon(uint64 key) internal view returns (Reckoned memory r) {
        Node storage n = nodes[key];
        if (n.source) {
            (r.gross, r.inherited) = (n.gross, n.gross);
        } else {
            uint256 gross;
            uint256 net;
            for (uint256 i; i < n.parents.length; ++i) {
                Reckoned memory above = reckon(n.parents[i]);
                uint256 basis = nodes[n.parents[i]].basis;
                gross += ceil(above.gross * n.units[i] * 2 ** 64, basis);
                net += ceil(above.net * n.units[i] * 2 ** 64, basis);
            }
            (r.gross, r.inherited) = (ceil(gross, 2 ** 64), ceil(net, 2 ** 64));
        }
        if (r.inherited > n.offset) r.net = r.inherited - n.offset;
        else r.surplus = n.offset - r.inherited;
    }

    /// Every lot's figures at once, in the order of `keys`.
    function reckonAll() internal returns (Reckoned[] memory all) {
        all = new Reckoned[](keys.length);
        for (uint256 k; k < all.length; ++k) {
            Node storage n = nodes[keys[k]];
            Reckoned memory r = all[k];
            _place[keys[k]] = k;
            if (n.source) {
                (r.gross, r.inherited) = (n.gross, n.gross);
            } else {
                uint256 gross;
                uint256 net;
                for (uint256 i; i < n.parents.length; ++i) {
                    Reckoned memory above = all[_place[n.parents[i]]];
                    uint256 basis = nodes[n.parents[i]].basis;
                    gross += ceil(above.gross * n.units[i] * 2 ** 64, basis);
                    net += ceil(above.net * n.units[i] * 2 ** 64, basis);
                }
                (r.gross, r.inherited) = (ceil(gross, 2 ** 64), ceil(net, 2 ** 64));
            }
            if (r.inherited > n.offset) r.net = r.inherited - n.offset;
            else r.surplus = n.offset - r.inherited;
        }
    }

    /// Where a lot stands among `keys`, once all were reckoned.
    function placeOf(uint64 key) internal view returns (uint256) {
        return _place[key];
    }

    function figuresOf(uint64 key) internal returns (Reckoned memory) {
        Reckoned[] memory all = reckonAll();
        return all[_place[key]];
    }

    /// Distinct edges above a lot (law 6).
    function ancestry(uint64 key) internal returns (uint256) {
        ++_walks;
        return _edgesAbove(key);
    }

    function _edgesAbove(uint64 key) private returns (uint256 edges) {
        if (_visited[_walks][key]) return 0;
        _visited[_walks][key] = true;
        Node storage n = nodes[key];
        edges = n.parents.length;
        for (uint256 i; i < n.parents.length; ++i) edges += _edgesAbove(n.parents[i]);
    }

    function ceil(uint256 a, uint256 b) internal pure returns (uint256) {
        uint256 quotient = a / b;
        return quotient * b == a ? quotient : quotient + 1;
    }
}
