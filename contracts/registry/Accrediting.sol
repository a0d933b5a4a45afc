// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;


import {Relayed} from "../Relayed.sol";
import {IStatementRegistry} from "../interfaces/IStatementRegistry.sol";
import {ReportedScopes} from "../libraries/ReportedScopes.sol";

/// @notice Who may make, verify and attest statements: operators decide, for what comes after.
abstract contract Accrediting is IStatementRegistry, Relayed {
    struct Accreditation {
        uint40 validFrom;
        uint40 validUntil;
        uint8 scopes;
    }

    mapping(address participant => bool) public isEnrolled;
    mapping(address account => bool) public isOracle;
    mapping(bytes32 entity => address) public participantOfEntity;
    mapping(address verifier => Accreditation) public accreditation;
    uint8 public attestationsRequired = 1;
    /// Statements recorded; here, because every statement reads the slot beside it.
    uint32 internal _count;

    constructor(address authority, address relay) Relayed(authority, relay) {}

    /// @inheritdoc IStatementRegistry
    function enrol(address participant, string calldata name) external restricted {
        isEnrolled[participant] = true;
        emit ParticipantEnrolled(participant, name);
    }

    /// @inheritdoc IStatementRegistry
    function suspend(address participant) external restricted {
        require(isEnrolled[participant], ParticipantNotEnrolled(participant));
        isEnrolled[participant] = false;
        emit ParticipantSuspended(participant);
    }

    /// @inheritdoc IStatementRegistry
    function assignEntity(string calldata id, address participant) external restricted {
        require(bytes(id).length != 0, EntityIdEmpty());
        require(isEnrolled[participant], ParticipantNotEnrolled(participant));
        bytes32 entity = keccak256(bytes(id));
        require(participantOfEntity[entity] == address(0), EntityAlreadyAssigned(entity, participantOfEntity[entity]));
        participantOfEntity[entity] = participant;
        emit EntityAssigned(entity, participant, id);
    }

    /// @inheritdoc IStatementRegistry
    function accredit(address verifier, uint40 validFrom, uint40 validUntil, uint8 scopes, string calldata name)
        external
        restricted
    {
        require(validFrom < validUntil, AccreditationReversed(validFrom, validUntil));
        require(scopes != 0 && scopes <= ReportedScopes.ALL, ScopesUnknown(scopes));
        accreditation[verifier] = Accreditation(validFrom, validUntil, scopes);
        emit VerifierAccredited(verifier, validFrom, validUntil, scopes, name);
    }

    /// @inheritdoc IStatementRegistry
    function setOracle(address oracle, bool trusted) external restricted {
        isOracle[oracle] = trusted;
        emit OracleSet(oracle, trusted);
    }

    /// @inheritdoc IStatementRegistry
    function setAttestationsRequired(uint8 required) external restricted {
        require(required != 0, AttestationsRequiredZero());
        attestationsRequired = required;
        emit AttestationsRequiredSet(required);
    }
}
