// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";

/// An ERC-1271 wallet that one key signs for.
contract KeyWallet is IERC1271 {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        return ecrecover(hash, uint8(signature[64]), r, s) == _owner ? this.isValidSignature.selector : bytes4(0);
    }
}

/// A wallet that answers every question the way it was made to.
contract AnswerWallet {
    enum Answer {
        Revert,
        Nothing,
        Short,
        LongRubbish,
        DirtySelector,
        True
    }

    Answer private immutable _answer;

    constructor(Answer answer) {
        _answer = answer;
    }

    fallback() external {
        Answer answer = _answer;
        if (answer == Answer.Revert) revert("no");
        if (answer == Answer.Nothing) return;
        bytes32 selector = bytes32(IERC1271.isValidSignature.selector);
        bytes32 reply = answer == Answer.DirtySelector ? selector | bytes32(uint256(1)) : answer == Answer.True
            ? bytes32(uint256(1))
            : answer == Answer.LongRubbish ? keccak256("rubbish") : selector;
        uint256 length = answer == Answer.Short ? 4 : answer == Answer.LongRubbish ? 4096 : 32;
        assembly {
            mstore(0, reply)
            return(0, length)
        }
    }
}

/// What a receiver of ERC-1155 tokens does with them.
contract Receiver {
    enum Manner {
        Accepts,
        WrongAnswer,
        Reverts,
        RevertsSilently,
        Reenters
    }

    Manner private immutable _manner;
    bytes private _call;
    address private _target;
    bool public reentered;
    bytes public outcome;

    constructor(Manner manner) {
        _manner = manner;
    }

    /// The call to make while tokens arrive.
    function aim(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        return _receive(IERC1155Receiver.onERC1155Received.selector);
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        returns (bytes4)
    {
        return _receive(IERC1155Receiver.onERC1155BatchReceived.selector);
    }

    function execute(address target, bytes calldata call_) external returns (bytes memory answer) {
        bool ok;
        (ok, answer) = target.call(call_);
        require(ok, "refused");
    }

    function _receive(bytes4 selector) private returns (bytes4) {
        if (_manner == Manner.Reverts) revert("not for me");
        if (_manner == Manner.RevertsSilently) {
            assembly {
                revert(0, 0)
            }
        }
        if (_manner == Manner.Reenters) (reentered, outcome) = _target.call(_call);
        return _manner == Manner.WrongAnswer ? bytes4(0xdeadbeef) : selector;
    }
}

/// A receiver that remembers what it was told, and what it held by then.
contract WitnessReceiver {
    IERC1155 private immutable _token;
    bytes32 public heard;
    uint256 public balanceWhenHeard;
    uint256 public calls;

    constructor(IERC1155 token) {
        _token = token;
    }

    function onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes calldata data)
        external
        returns (bytes4)
    {
        _note(keccak256(abi.encode(operator, from, id, value, data)), id);
        return IERC1155Receiver.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external returns (bytes4) {
        _note(keccak256(abi.encode(operator, from, ids, values, data)), ids[0]);
        return IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    function _note(bytes32 what, uint256 id) private {
        ++calls;
        (heard, balanceWhenHeard) = (what, _token.balanceOf(address(this), id));
    }
}

/// An ERC-1271 wallet that makes a call while it is asked, and says yes if that ended as it was told to expect.
contract CallingWallet {
    address private _target;
    bytes private _call;
    bool private _yesIf;

    function aim(address target, bytes calldata call_, bool yesIf) external {
        (_target, _call, _yesIf) = (target, call_, yesIf);
    }

    function execute(address target, bytes calldata call_) external returns (bytes memory answer) {
        bool ok;
        (ok, answer) = target.call(call_);
        require(ok, "refused");
    }

    /// Not declared a view, so that whether it may change anything is the asking contract's matter.
    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        (bool ok,) = _target.call{gas: 300_000}(_call);
        return ok == _yesIf ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external pure returns (bytes4) {
        return IERC1155Receiver.onERC1155Received.selector;
    }
}
