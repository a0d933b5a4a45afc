// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ledger} from "./Ledger.sol";

/// @notice The laws as invariants, whatever four participants, one of them hostile, do in whatever order.
/// @dev One campaign checks every law, because campaigns of one contract repeat each other's sequences. What reads every lot
/// is checked every thirty-second call and at the end of a sequence: a broken balance stays broken.
abstract contract LawsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    event log_named_uint(string key, uint256 value);

    Ledger internal ledger;

    function setUp() public {
        ledger = new Ledger();
        ledger.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(ledger);
    }

    /// What is called, once or several times for its weight.
    function deeds() internal view virtual returns (bytes4[] memory);

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(ledger), deeds());
    }

    function invariant_the_laws_hold() external {
        ledger.checkOnce();
        if ((ledger.done() + ledger.idle()) % 32 == 0) ledger.checkAll();
    }

    function afterInvariant() external {
        ledger.checkAll();
        ledger.checkOnce();
        (uint256 lots, uint256 edges) = ledger.size();
        emit log_named_uint("lots", lots);
        emit log_named_uint("edges", edges);
        emit log_named_uint("lots restated, times", ledger.restatements());
        emit log_named_uint("units corrected, times", ledger.corrections());
        emit log_named_uint("surplus moved, times", ledger.moves());
        emit log_named_uint("calls that changed the ledger or attacked it", ledger.done());
        emit log_named_uint("calls that found nothing to do", ledger.idle());
    }
}

/// @notice Laws 1, 2, 4, 5, 6, 8, 9 and 10 under supply chains that grow fast.
contract LawsOfLotsTest is LawsTest {
    function deeds() internal view override returns (bytes4[] memory all) {
        all = new bytes4[](31);
        all[0] = ledger.mint.selector;
        all[1] = ledger.accept.selector;
        all[2] = ledger.allocate.selector;
        all[3] = ledger.compose.selector;
        all[4] = ledger.cancel.selector;
        all[5] = ledger.succeed.selector;
        all[6] = ledger.freeze.selector;
        all[7] = ledger.cascade.selector;
        all[8] = ledger.issue.selector;
        all[9] = ledger.applyCredits.selector;
        all[10] = ledger.changeStatus.selector;
        all[11] = ledger.void.selector;
        all[12] = ledger.wait.selector;
        all[13] = ledger.attackLots.selector;
        all[14] = ledger.attackStatements.selector;
        all[15] = ledger.moveSurplus.selector;
        all[16] = ledger.state.selector;
        all[17] = ledger.restate.selector;
        all[18] = ledger.restate.selector;
        all[19] = ledger.withdraw.selector;
        all[20] = ledger.attackRestatement.selector;
        all[21] = ledger.anchor.selector;
        all[22] = ledger.materialise.selector;
        all[23] = ledger.release.selector;
        all[24] = ledger.correct.selector;
        all[25] = ledger.refer.selector;
        all[26] = ledger.succeedReference.selector;
        all[27] = ledger.attackReferences.selector;
        all[28] = ledger.materialiseBatch.selector;
        all[29] = ledger.attackPromises.selector;
        all[30] = ledger.attackCorrections.selector;
    }
}

/// @notice Laws 3, 4 and 10 under credits that are used, moved, suspended and voided all the time.
contract LawsOfCreditsTest is LawsTest {
    function deeds() internal view override returns (bytes4[] memory all) {
        all = new bytes4[](15);
        all[0] = ledger.mint.selector;
        all[1] = ledger.accept.selector;
        all[2] = ledger.compose.selector;
        all[3] = ledger.issue.selector;
        all[4] = ledger.applyCredits.selector;
        all[5] = ledger.applyUpstream.selector;
        all[6] = ledger.moveSurplus.selector;
        all[7] = ledger.retire.selector;
        all[8] = ledger.transferCredits.selector;
        all[9] = ledger.changeStatus.selector;
        all[10] = ledger.void.selector;
        all[11] = ledger.cascade.selector;
        all[12] = ledger.attackCredits.selector;
        all[13] = ledger.state.selector;
        all[14] = ledger.restate.selector;
    }
}
