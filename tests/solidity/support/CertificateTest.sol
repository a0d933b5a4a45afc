// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    Cancellation,
    Carrier,
    CertificateBatch,
    Purpose
} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Party} from "./StatementMaker.sol";
import {vm} from "./Vm.sol";

/// @notice A ledger with energy certificates on it: a tracking system of 1 MWh certificates that expire a year after production.
abstract contract CertificateTest is LedgerTest {
    uint64 internal constant MWH = 1e6; // Wh
    uint16 internal constant VALID_DAYS = 365;
    bytes32 internal constant GO = "UK-GO";
    string internal constant GO_SERIES = "GB-01-WIND-7";

    Party internal registrar;
    uint64 private _last;
    uint64 private _lastFirst;
    uint256 private _documents;

    function setUp() public virtual override {
        super.setUp();
        registry.setInstrument(address(eac), true);
        registrar = party("registrar");
        eac.setSystem(GO, registrar.at, type(uint64).max, MWH, VALID_DAYS, "Guarantees of origin");
    }

    /// A batch of wind power of 2021 with those serials.
    function batchOf(uint64 firstSerial, uint64 number) internal pure returns (CertificateBatch memory) {
        return CertificateBatch({
            system: GO,
            carrier: Carrier.Electricity,
            country: "GB",
            market: "GB grid",
            technology: "wind, onshore",
            device: keccak256("device 7"),
            productionStart: FIRST_DAY,
            productionEnd: LAST_DAY,
            serialPrefix: GO_SERIES,
            firstSerial: firstSerial,
            lastSerial: firstSerial + number - 1,
            rates: [uint64(0), 0, 0, 0, 0],
            label: "REGO",
            originRegistry: 0,
            immobilisation: 0,
            replaces: 0
        });
    }

    /// Issues the next serials to `to`.
    function issueCertificates(address to, uint64 number) internal returns (uint64 batch) {
        CertificateBatch memory c = batchOf(_last + 1, number);
        vm.prank(registrar.at);
        batch = eac.issue(c, _lastFirst, to);
        (_lastFirst, _last) = (c.firstSerial, c.lastSerial);
    }

    /// For the participant's own scope 2 of 2021.
    function forOwn(address beneficiary) internal returns (Cancellation memory) {
        return Cancellation({
            beneficiary: beneficiary,
            entity: 0,
            users: 0,
            periodStart: FIRST_DAY,
            periodEnd: LAST_DAY,
            purpose: Purpose.Scope2,
            document: bytes32(++_documents)
        });
    }

    function cancelAs(Party memory p, uint64 batch, uint64 amount, Cancellation memory details)
        internal
        returns (uint96)
    {
        vm.prank(p.at);
        return eac.cancel(batch, amount, details);
    }

    function wordOf(uint96 number) internal view returns (uint256) {
        return uint256(uint160(address(eac))) << 96 | number;
    }
}
