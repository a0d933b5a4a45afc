// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotCode} from "../../../contracts/libraries/LotCode.sol";
import {LotKeys} from "../../../contracts/libraries/LotKey.sol";
import {LotLedger, LotStore} from "../../../contracts/libraries/LotStore.sol";
import {References} from "../../../contracts/libraries/References.sol";

/// @notice For all lots, codes, referrers and amounts: what is referred to within one cap never passes the basis less what is frozen,
/// takes nothing from the lot, and moves no other cap.
/// @dev One step from any count: an induction over all references to a lot.
contract ReferencesProof {
    using LotStore for uint256;
    using References for LotLedger;

    LotLedger private _ledger;

    function check_no_cap_is_passed(
        uint64 key,
        uint256 figures,
        uint88 frozen,
        uint16 code,
        address referrer,
        uint64 counted,
        uint64 units
    ) external {
        bytes32 cap = References.capOf(key, LotCode.wrap(code), referrer);
        _ledger.lots[key].figures = figures;
        _ledger.annexes[key].frozen = frozen;
        _ledger.referenced[cap] = counted;
        (bool ok,) = address(this).call(abi.encodeCall(this.refer, (key, code, referrer, units)));
        assert(_ledger.lots[key].figures == figures);
        uint256 basis = LotKeys.isDerived(key) ? figures.derivedBasis() : figures.sourceBasis();
        uint256 most = frozen < basis ? basis - frozen : 0;
        assert(ok == (figures >> 192 != 0 && units != 0 && uint256(counted) + units <= most));
        assert(_ledger.referenced[cap] == uint256(counted) + (ok ? units : 0));
        if (ok && LotKeys.isDerived(key)) assert(_ledger.mostReferenced[key] >= uint256(counted) + units);
    }

    function check_another_cap_stays(
        uint64 key,
        uint256 figures,
        uint16 code,
        address referrer,
        bytes32 other,
        uint64 counted,
        uint64 units
    ) external {
        if (other == References.capOf(key, LotCode.wrap(code), referrer)) return;
        _ledger.lots[key].figures = figures;
        _ledger.referenced[other] = counted;
        (bool ok,) = address(this).call(abi.encodeCall(this.refer, (key, code, referrer, units)));
        ok;
        assert(_ledger.referenced[other] == counted);
    }

    function refer(uint64 key, uint16 code, address referrer, uint64 units) external {
        _ledger.refer(key, LotCode.wrap(code), referrer, units);
    }
}
