// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {BatchStatus, CreditBatch, ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 7 in what wallets show: each figure under its own name, self-contained, without links or scripts.
contract MetadataTest is LedgerTest {
    string private constant PREFIX = "data:application/json;base64,";
    string private constant IMAGE = "data:image/svg+xml;base64,";

    function test_a_lot_shows_its_live_figures() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY, 1_000 * T, 1_000 * T + 1);
        offsetLot(utility, plant, 400 * T);
        string memory json = _decoded(cet.uri(plant), PREFIX);
        _has(json, '"decimals":9');
        _has(json, '{"trait_type":"kind","value":"scope 1, category 1"}');
        _has(json, '{"trait_type":"gross mg CO2e","value":"1000000000001"}');
        _has(json, '{"trait_type":"own offset mg CO2e","value":"400000000000"}');
        _has(json, '{"trait_type":"net mg CO2e","value":"600000000001"}');
        _has(json, '{"trait_type":"surplus mg CO2e","value":"0"}');
        string memory svg = _image(json);
        _has(svg, "gross 1000.000000001 t CO2e");
        _has(svg, "net 600.000000001 t CO2e");
    }

    function test_kinds_read_like_the_standard() external {
        _kind(mintLot(utility, Codes.ELECTRICITY_LOCATION, T, T), "scope 2, category 1, location-based");
        _kind(mintLot(utility, Codes.ELECTRICITY_MARKET, T, T), "scope 2, category 1, market-based");
        _kind(mintLot(utility, Codes.BIOGENIC, T, T), "outside the scopes, category 1");
        uint64 lot = mintLot(utility, Codes.scope3(4), T, T);
        _kind(lot, "scope 3, category 4");
        _kind(composeAs(utility, compositionOf(Codes.GOODS, 1, list(lot), list(1))), "product, category 8");
    }

    function test_references_say_which_they_are() external {
        uint64 plant = mintLot(utility, Codes.STATIONARY, T, T);
        uint64 use = pass(utility, plant, university, 1, Codes.scope3(11) | 1);
        _kind(use, "scope 3, category 11, value-chain reference");
        uint64 share = pass(utility, plant, university, 1, Codes.STATIONARY | 2);
        _kind(share, "scope 1, category 1, consolidation reference");
    }

    /// Four lines under the name, one below the other.
    function test_a_card_has_its_lines_one_below_the_other() external {
        string memory svg = _image(_decoded(cet.uri(mintLot(utility, Codes.STATIONARY, T, T)), PREFIX));
        _has(svg, 'y="90" fill="#cfe8e0">scope 1, category 1<');
        _has(svg, 'y="124" fill="#cfe8e0">gross 1.000000000 t CO2e<');
        _has(svg, 'y="158" fill="#cfe8e0">net 1.000000000 t CO2e<');
        _has(svg, 'y="192" fill="#cfe8e0">live figures, unassured; gross is what is reported<');
        vm.assertEq(_count(svg, "<text"), 5, "a name and four lines");
    }

    function test_a_batch_shows_its_serials_and_where_they_are() external {
        uint64 batch = issueCredits(utility.at, 100);
        vm.prank(utility.at);
        cot.retire(batch, 30 * T, retirement());
        string memory json = _decoded(cot.uri(batch), PREFIX);
        _has(json, string.concat('{"trait_type":"serials","value":"', SERIES, '-1 to 100"}'));
        _has(json, '{"trait_type":"status","value":"active"}');
        _has(json, '{"trait_type":"retired mg CO2e","value":"30000000000"}');
        string memory svg = _image(json);
        _has(svg, "issued 100.000000000 t, held 70.000000000 t");
        revoke(batch);
        _has(_decoded(cot.uri(batch), PREFIX), '{"trait_type":"status","value":"revoked"}');
    }

    function test_a_batch_shows_its_properties() external {
        string memory json = _decoded(cot.uri(issueCredits(utility.at, 100)), PREFIX);
        _has(json, '{"trait_type":"ex ante","value":"no"}');
        _has(json, '{"trait_type":"Core Carbon Principles label","value":"no"}');
        _has(json, '{"trait_type":"replaces","value":"none"}');
        string memory hash = Strings.toHexString(uint256(keccak256("attributes")), 32);
        _has(json, string.concat('{"trait_type":"property set","value":"', hash, '"}'));
    }

    function test_an_ex_ante_batch_in_anothers_place_says_so() external {
        uint64 old = issueCredits(utility.at, 100);
        vm.startPrank(issuer.at);
        cot.setStatus(old, BatchStatus.Suspended, "inquiry");
        CreditBatch memory c = creditsOf(101, 10);
        (c.exAnte, c.ccpLabel, c.replaces) = (true, true, old);
        uint64 batch = cot.issue(c, "attributes", 1, utility.at);
        vm.stopPrank();
        _has(_decoded(cot.uri(old), PREFIX), '{"trait_type":"status","value":"suspended"}');
        string memory json = _decoded(cot.uri(batch), PREFIX);
        _has(json, '{"trait_type":"ex ante","value":"yes"}');
        _has(json, '{"trait_type":"Core Carbon Principles label","value":"yes"}');
        _has(json, string.concat('{"trait_type":"replaces","value":"', Strings.toHexString(old, 8), '"}'));
        _has(_decoded(cot.uri(7), PREFIX), '{"trait_type":"status","value":"unknown"}');
    }

    function test_a_certificate_shows_what_was_retired() external {
        uint64 batch = issueCredits(utility.at, 100);
        vm.startPrank(utility.at);
        cot.retire(batch, 30 * T + 1, retirement());
        bytes32 certificate = cot.retire(batch, 2 * T, retirement());
        vm.stopPrank();
        string memory json = _decoded(cot.certificateUri(certificate), PREFIX);
        _has(json, string.concat('{"trait_type":"serials","value":"', SERIES, '-31 to 33"}'));
        _has(json, '{"trait_type":"retired mg CO2e","value":"2000000000"}');
        _has(json, '{"trait_type":"first mg of the batch","value":"30000000001"}');
        _has(json, string.concat('{"trait_type":"certificate","value":"', Strings.toHexString(uint256(certificate), 32), '"}'));
        _has(_image(json), "retired 2.000000000 t CO2e");
        revoke(batch);
        _has(_decoded(cot.certificateUri(certificate), PREFIX), '{"trait_type":"batch status","value":"revoked"}');
    }

    function test_a_certificate_there_is_none_of_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.CertificateUnknown.selector, bytes32("x")));
        cot.certificateUri("x");
    }

    function _kind(uint64 lot, string memory kind) private view {
        string memory json = _decoded(cet.uri(lot), PREFIX);
        _has(json, string.concat('{"trait_type":"kind","value":"', kind, '"}'));
        _image(json);
    }

    /// The image inside the JSON; both are checked to hold nothing that acts or leads elsewhere.
    function _image(string memory json) private pure returns (string memory svg) {
        bytes memory all = bytes(json);
        uint256 start = _find(json, IMAGE) + bytes(IMAGE).length;
        uint256 end = start;
        while (all[end] != '"') ++end;
        bytes memory encoded = new bytes(end - start);
        for (uint256 i; i < encoded.length; ++i) encoded[i] = all[start + i];
        svg = string(Base64.decode(string(encoded)));
        string[6] memory forbidden = ["<script", "javascript", "href", " on", "<image", "<foreignObject"];
        for (uint256 i; i < forbidden.length; ++i) vm.assertEq(_count(svg, forbidden[i]), 0, forbidden[i]);
        vm.assertEq(_count(svg, "http"), 1, "the SVG name space and no other link");
        vm.assertEq(_count(svg, 'xmlns="http://www.w3.org/2000/svg"'), 1, "the SVG name space");
        vm.assertEq(_count(json, "http"), 0, "links in the JSON");
    }

    function _decoded(string memory uri, string memory prefix) private pure returns (string memory) {
        bytes memory all = bytes(uri);
        uint256 skip = bytes(prefix).length;
        for (uint256 i; i < skip; ++i) vm.assertTrue(all[i] == bytes(prefix)[i], "prefix");
        bytes memory encoded = new bytes(all.length - skip);
        for (uint256 i; i < encoded.length; ++i) encoded[i] = all[skip + i];
        return string(Base64.decode(string(encoded)));
    }

    function _has(string memory text, string memory part) private pure {
        vm.assertTrue(_count(text, part) == 1, string.concat(part, " in ", text));
    }

    function _count(string memory text, string memory part) private pure returns (uint256 count) {
        (bytes memory t, bytes memory p) = (bytes(text), bytes(part));
        if (p.length > t.length) return 0;
        for (uint256 i; i <= t.length - p.length; ++i) if (_at(t, p, i)) ++count;
    }

    function _find(string memory text, string memory part) private pure returns (uint256 i) {
        (bytes memory t, bytes memory p) = (bytes(text), bytes(part));
        while (!_at(t, p, i)) ++i;
    }

    function _at(bytes memory t, bytes memory p, uint256 i) private pure returns (bool) {
        for (uint256 j; j < p.length; ++j) if (t[i + j] != p[j]) return false;
        return true;
    }
}
