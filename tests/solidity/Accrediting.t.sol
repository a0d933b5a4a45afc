// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStatementRegistry} from "../../contracts/interfaces/IStatementRegistry.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Who takes part can be told from the events alone: each decision of the operators is said as it was made.
contract AccreditingTest is LedgerTest {
    address private constant SOMEBODY = address(0xA11CE);

    function _expect() private {
        vm.expectEmit(address(registry));
    }

    function test_enrolling_and_suspending_are_said() external {
        _expect();
        emit IStatementRegistry.ParticipantEnrolled(SOMEBODY, "somebody");
        registry.enrol(SOMEBODY, "somebody");
        _expect();
        emit IStatementRegistry.ParticipantSuspended(SOMEBODY);
        registry.suspend(SOMEBODY);
    }

    function test_assigning_an_entity_is_said_with_its_id() external {
        _expect();
        emit IStatementRegistry.EntityAssigned(keccak256("LEI 5493"), utility.at, "LEI 5493");
        registry.assignEntity("LEI 5493", utility.at);
    }

    function test_accrediting_a_verifier_is_said_with_its_dates_and_scopes() external {
        _expect();
        emit IStatementRegistry.VerifierAccredited(SOMEBODY, 7, 8, 0xA, "somebody");
        registry.accredit(SOMEBODY, 7, 8, 0xA, "somebody");
    }

    function test_trusting_oracles_and_how_many_is_said() external {
        _expect();
        emit IStatementRegistry.OracleSet(SOMEBODY, true);
        registry.setOracle(SOMEBODY, true);
        _expect();
        emit IStatementRegistry.OracleSet(SOMEBODY, false);
        registry.setOracle(SOMEBODY, false);
        _expect();
        emit IStatementRegistry.AttestationsRequiredSet(2);
        registry.setAttestationsRequired(2);
    }
}
