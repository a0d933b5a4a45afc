// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Lot codes by name, packed here a second time and not by the contracts' own library.
library Codes {
    uint16 internal constant STATIONARY = 1 << 14 | 1 << 10;
    uint16 internal constant STATIONARY_WH = STATIONARY | 1 << 4;
    uint16 internal constant STATIONARY_MARKET = STATIONARY | 2 << 8;
    uint16 internal constant ELECTRICITY_LOCATION = 2 << 14 | 1 << 10 | 1 << 8;
    uint16 internal constant ELECTRICITY_MARKET = 2 << 14 | 1 << 10 | 2 << 8;
    uint16 internal constant ELECTRICITY_LOCATION_WH = ELECTRICITY_LOCATION | 1 << 4;
    uint16 internal constant ELECTRICITY_MARKET_WH = ELECTRICITY_MARKET | 1 << 4;
    uint16 internal constant STEAM_MARKET_WH = 2 << 14 | 2 << 10 | 2 << 8 | 1 << 4;
    uint16 internal constant BIOGENIC = 1 << 10;
    uint16 internal constant NON_KYOTO = 2 << 10;
    uint16 internal constant REMOVALS = 3 << 10;
    uint16 internal constant GOODS = 8 << 10;
    uint16 internal constant GOODS_GRAMS = GOODS | 2 << 4;
    uint16 internal constant GOODS_ITEMS = GOODS | 5 << 4;
    uint16 internal constant GOODS_MARKET = GOODS | 2 << 8;
    uint16 internal constant ELECTRICITY_PRODUCT_WH = 9 << 10 | 1 << 4;

    function scope3(uint16 category) internal pure returns (uint16) {
        return 3 << 14 | category << 10;
    }

    function scope3(uint16 category, uint16 unit) internal pure returns (uint16) {
        return 3 << 14 | category << 10 | unit << 4;
    }

    function code(uint16 scope, uint16 category, uint16 method, uint16 unit) internal pure returns (uint16) {
        return scope << 14 | category << 10 | method << 8 | unit << 4;
    }
}
