// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {BatchStatus} from "../interfaces/BatchStatus.sol";
import {ICertificateRenderer} from "../interfaces/ICertificateRenderer.sol";
import {
    CancellationView,
    Carrier,
    CertificateBatch,
    CertificateBatchView,
    IEnergyCertificates,
    Purpose
} from "../interfaces/IEnergyCertificates.sol";
import {ITokenRenderer} from "../interfaces/ITokenRenderer.sol";
import {DataUri} from "./DataUri.sol";

/// @title Metadata of energy certificates: what was produced, where, when, and where the certificates are.
/// @dev Every text in it was checked when the batch was issued.
contract CertificateRenderer is ICertificateRenderer {
    using Strings for uint256;

    uint8 private constant WH_DECIMALS = 6;

    /// @inheritdoc ITokenRenderer
    function render(address token, uint256 id) external view returns (string memory) {
        CertificateBatchView memory v = IEnergyCertificates(token).batchOf(uint64(id));
        string memory serials = string.concat(
            v.batch.serialPrefix,
            "-",
            uint256(v.batch.firstSerial).toString(),
            " to ",
            uint256(v.batch.lastSerial).toString()
        );
        string memory status = v.status == BatchStatus.Active
            ? "active"
            : v.status == BatchStatus.Suspended ? "suspended" : "unknown";
        string memory attributes = string.concat(
            _origin(v.batch),
            ",",
            _rates(v.batch.rates),
            ",",
            DataUri.attribute("serials", serials),
            ",",
            DataUri.attribute("status", status),
            ",",
            DataUri.number("expires, day since 1970 (0 never)", v.expires),
            ",",
            DataUri.number("issued Wh", v.issued),
            ",",
            DataUri.number("cancelled Wh", v.cancelled),
            ",",
            DataUri.number("withdrawn Wh", v.withdrawn)
        );
        string[4] memory lines = [
            string.concat(_carrier(v.batch.carrier), ", ", _text(v.batch.technology), ", ", status),
            serials,
            string.concat("issued ", _mwh(v.issued), " MWh, held ", _mwh(v.held), " MWh"),
            string.concat("cancelled ", _mwh(v.cancelled), " MWh, withdrawn ", _mwh(v.withdrawn), " MWh")
        ];
        string memory name = string.concat("Energy certificates ", id.toHexString(8));
        return DataUri.json(name, "A batch of energy attribute certificates.", WH_DECIMALS, attributes, lines);
    }

    /// @inheritdoc ICertificateRenderer
    function renderCancellation(address token, uint96 number) external view returns (string memory) {
        CancellationView memory c = IEnergyCertificates(token).cancellationOf(number);
        CertificateBatchView memory v = IEnergyCertificates(token).batchOf(c.batch);
        (,,, uint64 size,) = IEnergyCertificates(token).systemOf(v.batch.system);
        // A part of a certificate is told by the watt-hours.
        string memory serials = string.concat(
            v.batch.serialPrefix,
            "-",
            uint256(v.batch.firstSerial + c.first / size).toString(),
            " to ",
            uint256(v.batch.firstSerial + (c.first + c.amount - 1) / size).toString()
        );
        string memory attributes = string.concat(
            _origin(v.batch),
            ",",
            DataUri.attribute("serials", serials),
            ",",
            DataUri.number("first Wh of the batch", c.first),
            ",",
            DataUri.number("cancelled Wh", c.amount),
            ",",
            DataUri.attribute("beneficiary", Strings.toHexString(c.beneficiary)),
            ",",
            DataUri.attribute("entity", uint256(c.entity).toHexString(32)),
            ",",
            DataUri.attribute("purpose", _purpose(c.purpose)),
            ",",
            DataUri.attribute("consumption, days since 1970", _period(c.periodStart, c.periodEnd)),
            ",",
            DataUri.number("cancelled at, seconds since 1970", c.at),
            ",",
            DataUri.attribute("void", c.isVoid ? "yes" : "no")
        );
        string[4] memory lines = [
            string.concat("cancelled ", _mwh(c.amount), " MWh", c.isVoid ? ", VOID" : ""),
            string.concat(_carrier(v.batch.carrier), ", ", _text(v.batch.technology)),
            serials,
            string.concat("for ", _purpose(c.purpose))
        ];
        string memory name = string.concat("Cancellation ", uint256(number).toHexString(12));
        return DataUri.json(name, "Cancelled energy attribute certificates.", WH_DECIMALS, attributes, lines);
    }

    function _origin(CertificateBatch memory b) private pure returns (string memory) {
        string memory head = string.concat(
            DataUri.attribute("tracking system", _text(b.system)),
            ",",
            DataUri.attribute("carrier", _carrier(b.carrier)),
            ",",
            DataUri.attribute("technology", _text(b.technology)),
            ",",
            DataUri.attribute("device", uint256(b.device).toHexString(32)),
            ",",
            DataUri.attribute("country", _text(b.country)),
            ",",
            DataUri.attribute("market", _text(b.market)),
            ","
        );
        return string.concat(
            head,
            DataUri.attribute("production, days since 1970", _period(b.productionStart, b.productionEnd)),
            ",",
            DataUri.attribute("label", b.label == 0 ? "none" : _text(b.label)),
            ",",
            DataUri.attribute("bridged from", b.originRegistry == 0 ? "none" : _text(b.originRegistry))
        );
    }

    function _rates(uint64[5] memory rates) private pure returns (string memory) {
        return string.concat(
            DataUri.number("CO2 mg/MWh", rates[0]),
            ",",
            DataUri.number("biogenic CO2 mg/MWh, outside the scopes", rates[1]),
            ",",
            DataUri.number("CH4 mg/MWh", rates[2]),
            ",",
            DataUri.number("N2O mg/MWh", rates[3]),
            ",",
            DataUri.number("other mg CO2e/MWh", rates[4])
        );
    }

    function _mwh(uint256 wh) private pure returns (string memory) {
        return DataUri.decimal(wh, WH_DECIMALS);
    }

    function _period(uint256 first, uint256 last) private pure returns (string memory) {
        return string.concat(first.toString(), " to ", last.toString());
    }

    function _carrier(Carrier carrier) private pure returns (string memory) {
        if (carrier == Carrier.Electricity) return "electricity";
        if (carrier == Carrier.Gas) return "gas";
        return carrier == Carrier.Heat ? "heat" : carrier == Carrier.Cooling ? "cooling" : "unknown";
    }

    function _purpose(Purpose purpose) private pure returns (string memory) {
        if (purpose == Purpose.Scope2) return "scope 2, market-based";
        if (purpose == Purpose.Combustion) return "scope 1, combustion";
        if (purpose == Purpose.Losses) return "scope 3, transmission and distribution losses";
        if (purpose == Purpose.Homeworking) return "scope 3, homeworking";
        return purpose == Purpose.UsePhase ? "scope 3, use of sold products" : "another claim";
    }

    function _text(bytes32 word) private pure returns (string memory text) {
        uint256 length;
        while (length < 32 && word[length] != 0) ++length;
        bytes memory b = new bytes(length);
        for (uint256 i; i < length; ++i) b[i] = word[i];
        return string(b);
    }
}
