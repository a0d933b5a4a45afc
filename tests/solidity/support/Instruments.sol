// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {Instrument} from "../../../contracts/instruments/Instrument.sol";
import {Consumption, IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {IStatementRegistry} from "../../../contracts/interfaces/IStatementRegistry.sol";

/// @notice A registry of instruments that belong to whoever they are said to.
contract PlainInstrument is Instrument {
    mapping(uint96 use => address) public ownerOf;

    constructor(IStatementRegistry statements_) Instrument(statements_) {}

    function give(uint96 use, address owner) external {
        ownerOf[use] = owner;
    }

    function makeVoid(uint96 use) external {
        _voidUse(use);
    }

    function _requireUsable(uint96 id, Consumption calldata c) internal view override {
        require(ownerOf[id] != address(0), UseUnknown(id));
        require(ownerOf[id] == c.participant, UseOfAnother(id, c.participant, ownerOf[id]));
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IInstrument).interfaceId || id == type(IERC165).interfaceId;
    }
}

/// @notice An instrument that does whatever a test tells it while it is asked, and answers what the test wants.
contract HostileInstrument {
    bytes4 private _answer = IInstrument.consume.selector;
    bool private _burns;
    address private _target;
    bytes private _data;
    bool public succeeded;
    bytes public answered;

    function answerWith(bytes4 answer) external {
        _answer = answer;
    }

    function burnGas() external {
        _burns = true;
    }

    function callBack(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function consume(uint96, Consumption calldata) external returns (bytes4) {
        if (_burns) while (true) {}
        if (_target != address(0)) (succeeded, answered) = _target.call(_data);
        return _answer;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IInstrument).interfaceId || id == type(IERC165).interfaceId;
    }
}
