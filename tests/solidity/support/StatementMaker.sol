// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Deployment} from "./Deployment.sol";
import {vm} from "./Vm.sol";

/// Somebody with a key.
struct Party {
    address at;
    uint256 key;
}

/// @notice Makes parties, statements and the signatures that verify them. Typed data is hashed here anew, from the text of
/// docs/architecture.md, so that a changed type string in the contracts fails.
abstract contract StatementMaker is Deployment {
    uint16 internal constant FIRST_DAY = 18_628; // 2021-01-01
    uint16 internal constant LAST_DAY = 18_992; // 2021-12-31
    uint256 internal constant NOW = 1_654_041_600; // 2022-06-01
    bytes32 internal constant ISO_14064_3 = "ISO 14064-3";

    Party internal verifier;
    Party internal oracle;
    uint256 private _entities;

    function setUpParties() internal {
        vm.warp(NOW);
        verifier = party("verifier");
        oracle = party("oracle");
        registry.accredit(verifier.at, uint40(NOW - 365 days), uint40(NOW + 3650 days), 15, "verifier");
        registry.setOracle(oracle.at, true);
    }

    function party(string memory name) internal returns (Party memory p) {
        p.key = uint256(keccak256(bytes(name)));
        p.at = vm.addr(p.key);
        vm.label(p.at, name);
    }

    function enrolled(string memory name) internal returns (Party memory p) {
        p = party(name);
        registry.enrol(p.at, name);
    }

    /// A new entity that only `participant` may speak for.
    function entityOf(address participant) internal returns (bytes32) {
        string memory id = string.concat("entity ", vm.toString(++_entities));
        registry.assignEntity(id, participant);
        return keccak256(bytes(id));
    }

    /// A statement of 2021, of a new entity, with these lots in one chunk.
    function statementOf(address participant, uint256[] memory words) internal returns (Statement memory s) {
        s.participant = participant;
        s.verifier = verifier.at;
        s.entity = entityOf(participant);
        (s.periodStart, s.periodEnd) = (FIRST_DAY, LAST_DAY);
        (s.gwpSet, s.consolidation) = (5, 3);
        s.linesRoot = keccak256("lines");
        s.document = keccak256("document");
        s.lotChunks = new bytes32[](1);
        s.lotChunks[0] = keccak256(abi.encodePacked(words));
        _report(s, words);
    }

    /// Adds the lots to the reported totals, which end at what 64 bits hold.
    function _report(Statement memory s, uint256[] memory words) private pure {
        for (uint256 i; i < words.length; ++i) {
            uint256 scope = (words[i] >> 158) & 3;
            uint256 place = scope == 0 ? 4 : scope == 1 ? 0 : scope == 3 ? 3 : (words[i] >> 152) & 3;
            uint256 sum = s.reported[place] + (words[i] & type(uint64).max);
            s.reported[place] = sum > type(uint64).max ? type(uint64).max : uint64(sum);
        }
    }

    /// What corrects `head`: words `key 64 | expected gross 64 | gross 64` in one chunk, further lots in another.
    function supersedingOf(Statement memory head, uint256[] memory restated, uint256[] memory further, uint16 inflation)
        internal
        pure
        returns (Statement memory s)
    {
        s = abi.decode(abi.encode(head), (Statement));
        s.supersedes = hashOf(head);
        s.inflation = inflation;
        s.restatedChunks = new bytes32[](restated.length == 0 ? 0 : 1);
        if (restated.length != 0) s.restatedChunks[0] = keccak256(abi.encodePacked(restated));
        s.lotChunks = new bytes32[](further.length == 0 ? 0 : 1);
        if (further.length != 0) s.lotChunks[0] = keccak256(abi.encodePacked(further));
        _report(s, further);
    }

    function evidenceOf(Statement memory s, uint256 participantKey) internal view returns (Evidence memory e) {
        e.standard = ISO_14064_3;
        (e.level, e.coverage) = (2, 9_500);
        return resigned(s, e, participantKey);
    }

    /// Signs everything anew after `s` or `e` was changed.
    function resigned(Statement memory s, Evidence memory e, uint256 participantKey)
        internal
        view
        returns (Evidence memory)
    {
        e.assertion = signed(participantKey, digestOf(hashOf(s)));
        e.opinion = signed(verifier.key, digestOf(opinionHashOf(s, e)));
        e.attestations = new bytes[](1);
        e.attestations[0] = signed(oracle.key, digestOf(attestationHashOf(s)));
        return e;
    }

    function hashOf(Statement memory s) internal pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "Statement(address participant,address verifier,bytes32 entity,uint16 periodStart,uint16 periodEnd,uint8 gwpSet,uint8 consolidation,bytes32 linesRoot,bytes32 document,uint64[5] reported,uint64[8] gasMasses,bytes32[] lotChunks,bytes32 supersedes,uint16 inflation,bytes32[] restatedChunks,bytes32[] instrumentChunks)"
        );
        bytes memory parties = abi.encode(typehash, s.participant, s.verifier, s.entity);
        bytes memory terms = abi.encode(s.periodStart, s.periodEnd, s.gwpSet, s.consolidation);
        bytes memory masses = abi.encode(
            s.linesRoot, s.document, keccak256(abi.encode(s.reported)), keccak256(abi.encode(s.gasMasses))
        );
        bytes memory lots = abi.encode(
            keccak256(abi.encodePacked(s.lotChunks)),
            s.supersedes,
            s.inflation,
            keccak256(abi.encodePacked(s.restatedChunks)),
            keccak256(abi.encodePacked(s.instrumentChunks))
        );
        return keccak256(bytes.concat(parties, terms, masses, lots));
    }

    function opinionHashOf(Statement memory s, Evidence memory e) internal pure returns (bytes32) {
        bytes32 typehash = keccak256("Opinion(bytes32 statement,bytes32 standard,uint8 level,uint16 coverage)");
        return keccak256(abi.encode(typehash, hashOf(s), e.standard, e.level, e.coverage));
    }

    function attestationHashOf(Statement memory s) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Attestation(bytes32 statement)"), hashOf(s)));
    }

    function digestOf(bytes32 structHash) internal view returns (bytes32) {
        return typedData("StatementRegistry", address(registry), structHash);
    }

    function typedData(string memory name, address at, bytes32 structHash) internal view returns (bytes32) {
        bytes32 typehash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain =
            keccak256(abi.encode(typehash, keccak256(bytes(name)), keccak256("1"), block.chainid, at));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
