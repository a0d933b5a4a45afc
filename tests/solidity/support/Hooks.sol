// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ICascadeHook} from "../../../contracts/interfaces/ICascadeHook.sol";

/// A hook that notes what it is told.
contract NotingHook is ICascadeHook {
    struct Note {
        uint64 lot;
        uint256 gross;
        uint256 net;
        Cause cause;
    }

    Note[] private _notes;

    function onCascade(uint64 lot, uint256 gross, uint256 net, Cause cause) external virtual returns (bytes4) {
        _notes.push(Note(lot, gross, net, cause));
        return this.onCascade.selector;
    }

    function noteAt(uint256 i) external view returns (Note memory) {
        return _notes[i];
    }

    function count() external view returns (uint256) {
        return _notes.length;
    }

    function supportsInterface(bytes4 id) external pure virtual returns (bool) {
        return id == type(IERC165).interfaceId || id == type(ICascadeHook).interfaceId;
    }
}

/// A hook that makes one call while it is called, and remembers how that ended.
contract ReenteringHook is NotingHook {
    address private _target;
    bytes private _call;
    bool public called;
    bool public succeeded;
    bytes32 public answer;

    function aim(address target, bytes calldata call_) external {
        (_target, _call, called) = (target, call_, false);
    }

    function onCascade(uint64, uint256, uint256, Cause) external override returns (bytes4) {
        called = true;
        bytes memory reply;
        (succeeded, reply) = _target.call(_call);
        answer = keccak256(reply);
        return this.onCascade.selector;
    }
}

/// A hook that misbehaves.
contract HostileHook is NotingHook {
    enum Way {
        Reverts,
        RevertsWithABomb,
        ReturnsABomb,
        BurnsAllGas,
        LoopsForEver,
        WrongSelector,
        ReturnsTooLittle,
        SelfDestructs,
        Panics
    }

    Way private immutable _way;

    constructor(Way way) {
        _way = way;
    }

    function onCascade(uint64, uint256, uint256, Cause) external override returns (bytes4) {
        Way way = _way;
        if (way == Way.Reverts) revert("no");
        if (way == Way.WrongSelector) return 0xdeadbeef;
        if (way == Way.Panics) assert(false);
        if (way == Way.SelfDestructs) selfdestruct(payable(msg.sender));
        if (way == Way.LoopsForEver) while (true) {}
        bytes4 selector = this.onCascade.selector;
        assembly {
            // About as much memory as the hook's gas pays for.
            if eq(way, 1) { revert(0, 150000) }
            if eq(way, 2) {
                mstore(0, 0)
                return(0, 150000)
            }
            if eq(way, 3) { invalid() }
            mstore(0, selector)
            return(0, 31)
        }
    }
}
