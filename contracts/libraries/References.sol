// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken as CET} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotCode, LotCodes} from "./LotCode.sol";
import {LotKeys} from "./LotKey.sol";
import {Lots} from "./Lots.sol";
import {LotLedger, LotStore} from "./LotStore.sol";

/// @notice References report a share of another's lot and take nothing from it: they are counted in caps of their own.
/// @dev A deployed library, linked: only who refers pays for it.
library References {
    using Lots for LotLedger;
    using LotStore for uint256;

    /// @notice Counts `units` of a lot as referred to. No cap exceeds the basis less what is frozen.
    function refer(LotLedger storage ledger, uint64 key, LotCode code, address referrer, uint256 units)
        external
        returns (LotCode parentCode, uint256 ancestry)
    {
        require(units != 0, CET.UnitsZero(key));
        bytes32 cap = capOf(key, code, referrer);
        uint256 counted = ledger.referenced[cap];
        uint256 most = ledger.unfrozen(key, ledger.basisOf(key));
        uint256 left = most > counted ? most - counted : 0;
        require(units <= left, CET.ReferencesExceedBasis(key, LotCode.unwrap(code), units, left));
        _count(ledger, key, cap, counted + units);
        if (!LotKeys.isDerived(key)) return (LotKeys.codeOf(key), 0);
        uint256 holding = ledger.lots[key].holding;
        return (holding.codeOf(), holding.ancestryOf());
    }

    /// @notice Counts `units` fewer. `mostReferenced` stays: a basis is not corrected below what it once had to bear.
    function forget(LotLedger storage ledger, uint64 key, LotCode code, address referrer, uint256 units) public {
        ledger.referenced[capOf(key, code, referrer)] -= units;
    }

    /// @notice A successor of the referrer bears its count, within the same cap.
    function hand(LotLedger storage ledger, uint64 key, LotCode code, address from, address to, uint256 units) external {
        bytes32 cap = capOf(key, code, to);
        forget(ledger, key, code, from, units);
        uint256 counted = ledger.referenced[cap];
        uint256 left = ledger.basisOf(key) - counted;
        require(units <= left, CET.ReferencesExceedBasis(key, LotCode.unwrap(code), units, left));
        _count(ledger, key, cap, counted + units);
    }

    function _count(LotLedger storage ledger, uint64 key, bytes32 cap, uint256 counted) private {
        ledger.referenced[cap] = counted;
        if (LotKeys.isDerived(key) && counted > ledger.mostReferenced[key]) ledger.mostReferenced[key] = counted;
    }

    /// @notice One cap for each (lot, category, referrer) of the value chain and each (lot, referrer) of a consolidation; what
    /// investors refer to (category 15) together stays within the lot.
    function capOf(uint64 key, LotCode code, address referrer) internal pure returns (bytes32) {
        uint256 relation = code.relation();
        uint256 category = relation == LotCodes.CONSOLIDATION ? 0 : code.category();
        if (category == LotCodes.INVESTMENTS) referrer = address(0);
        return keccak256(abi.encode(key, relation, category, referrer));
    }
}
