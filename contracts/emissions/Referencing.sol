// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";
import {LotCode, LotCodes} from "../libraries/LotCode.sol";
import {LotKeys} from "../libraries/LotKey.sol";
import {LotStore} from "../libraries/LotStore.sol";
import {LotBook} from "./LotBook.sol";

/// @notice References report a share of another's lot and take nothing from it: they are counted in caps of their own.
abstract contract Referencing is LotBook {
    using LotStore for uint256;

    /// Counts `units` of a lot as referred to. No cap exceeds the basis less what is frozen.
    function _refer(uint64 key, LotCode code, address referrer, uint256 units)
        internal
        returns (LotCode parentCode, uint256 ancestry)
    {
        require(units != 0, UnitsZero(key));
        bytes32 cap = _capOf(key, code, referrer);
        uint256 counted = _ledger.referenced[cap];
        uint256 left = _unfrozen(key, _basisOf(key));
        left = left > counted ? left - counted : 0;
        require(units <= left, ReferencesExceedBasis(key, LotCode.unwrap(code), units, left));
        counted += units;
        _ledger.referenced[cap] = counted;
        if (!LotKeys.isDerived(key)) return (LotKeys.codeOf(key), 0);
        if (counted > _ledger.mostReferenced[key]) _ledger.mostReferenced[key] = counted;
        uint256 holding = _ledger.lots[key].holding;
        return (holding.codeOf(), holding.ancestryOf());
    }

    /// @inheritdoc ICarbonEmissionsToken
    function referencedOf(uint64 key, uint16 code, address referrer) external view returns (uint64) {
        return uint64(_ledger.referenced[_capOf(key, LotCode.wrap(code), referrer)]);
    }

    /// One cap for each (lot, category, referrer) of the value chain and each (lot, referrer) of a consolidation; what
    /// investors refer to (category 15) together stays within the lot.
    function _capOf(uint64 key, LotCode code, address referrer) internal pure returns (bytes32) {
        uint256 relation = code.relation();
        uint256 category = relation == LotCodes.CONSOLIDATION ? 0 : code.category();
        if (category == LotCodes.INVESTMENTS) referrer = address(0);
        return keccak256(abi.encode(key, relation, category, referrer));
    }
}
