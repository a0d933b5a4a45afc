// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// What a lot is: `scope 2 | category 4 | method 2 | unit 4 | relation 4` bits. See docs/architecture.md, "Lot codes".
type LotCode is uint16;

using LotCodes for LotCode global;

/// @notice Validity and rescoping of lot codes (GHG Protocol scopes and categories).
/// @dev Both tables are bit masks indexed by category, so a rule is a line of data and a check is a shift.
library LotCodes {
    uint256 internal constant OUTSIDE = 0;
    uint256 internal constant SCOPE_1 = 1;
    uint256 internal constant SCOPE_2 = 2;
    uint256 internal constant SCOPE_3 = 3;

    uint256 internal constant PHYSICAL = 0;
    uint256 internal constant LOCATION_BASED = 1;
    uint256 internal constant MARKET_BASED = 2;

    uint256 internal constant UNIT_MASS = 0;
    uint256 internal constant UNIT_WATT_HOUR = 1;
    uint256 internal constant LAST_UNIT = 6;

    uint256 internal constant NON_KYOTO = 2;
    uint256 internal constant PRODUCT_GOODS = 8;
    /// Product categories 9 to 12 are energy products and answer to scope 2 categories 1 to 4.
    uint256 internal constant ENERGY_PRODUCT_OFFSET = 8;

    /// Relations of a reference, which reports a share of another's lot and takes nothing from it.
    uint256 internal constant VALUE_CHAIN = 1;
    uint256 internal constant CONSOLIDATION = 2;

    uint256 internal constant INVESTMENTS = 15;
    uint256 private constant FUEL_AND_ENERGY_RELATED = 3;
    uint256 private constant FIRST_DOWNSTREAM = 9;

    /// Categories that exist, a bit each, for scope 0 | 1 | 2 | 3 in 16-bit fields from the low end.
    uint256 private constant CATEGORIES =
        (0x1F0E) | (0x001E << 16) | (0x001E << 32) | (0xFFFE << 48);
    /// Scope 3 categories that goods and services may become: 1, 2, 4, 5, 6, 7, 8.
    uint256 private constant FROM_GOODS = 0x01F6;
    /// Scope 3 categories that may be passed on at all: upstream, 1 to 8.
    uint256 private constant UPSTREAM = 0x01FE;

    function scope(LotCode code) internal pure returns (uint256) {
        return LotCode.unwrap(code) >> 14;
    }

    function category(LotCode code) internal pure returns (uint256) {
        return (LotCode.unwrap(code) >> 10) & 0xF;
    }

    function method(LotCode code) internal pure returns (uint256) {
        return (LotCode.unwrap(code) >> 8) & 3;
    }

    function unit(LotCode code) internal pure returns (uint256) {
        return (LotCode.unwrap(code) >> 4) & 0xF;
    }

    function relation(LotCode code) internal pure returns (uint256) {
        return LotCode.unwrap(code) & 0xF;
    }

    /// @notice Whether the lot only reports a share of another's: counted in caps of its own, never a parent.
    function isReference(LotCode code) internal pure returns (bool) {
        return code.relation() != 0;
    }

    function isProduct(LotCode code) internal pure returns (bool) {
        return code.scope() == OUTSIDE && code.category() >= PRODUCT_GOODS;
    }

    /// @notice Whether scope, category, method, unit and relation go together as the GHG Protocol knows them.
    function isValid(LotCode code) internal pure returns (bool) {
        (uint256 s, uint256 c, uint256 m, uint256 u) = (code.scope(), code.category(), code.method(), code.unit());
        if ((CATEGORIES >> (16 * s + c)) & 1 == 0) return false;
        if (u > LAST_UNIT || (code.isReference() && !_isRelated(code))) return false;
        if (s == SCOPE_2) return (m == LOCATION_BASED || m == MARKET_BASED) && u <= UNIT_WATT_HOUR;
        if (m != PHYSICAL && m != MARKET_BASED) return false;
        if (s == OUTSIDE) {
            if (c < PRODUCT_GOODS) return m == PHYSICAL;
            return c == PRODUCT_GOODS || u <= UNIT_WATT_HOUR;
        }
        return true;
    }

    /// A value-chain reference is a downstream category of scope 3; a consolidation reference anything but a product.
    function _isRelated(LotCode code) private pure returns (bool) {
        if (code.relation() == CONSOLIDATION) return !code.isProduct();
        return code.relation() == VALUE_CHAIN && code.scope() == SCOPE_3 && code.category() >= FIRST_DOWNSTREAM;
    }

    /// @notice Whether a verified statement may mint such a lot; products only arise by composition, references by offer.
    function isSource(LotCode code) internal pure returns (bool) {
        return code.isValid() && !code.isProduct() && !code.isReference();
    }

    /// @notice Whether the lot's figure is one that offsets and compositions may touch:
    /// scopes 1 to 3 and products, but never location-based figures and references, which are for reporting only.
    function isLive(LotCode code) internal pure returns (bool) {
        return !code.isReference() && code.method() != LOCATION_BASED && (code.scope() != OUTSIDE || code.isProduct());
    }

    /// @notice Whether shares of the lot may be passed on at all: live ones, but scope 3 categories 9 to 15 are for
    /// reporting only and never parents.
    function isPassedOn(LotCode code) internal pure returns (bool) {
        return code.isLive() && (code.scope() != SCOPE_3 || (UPSTREAM >> code.category()) & 1 == 1);
    }

    /// @notice Whether there is anything that a share of the lot may become, references aside.
    function isAllocable(LotCode code) internal pure returns (bool) {
        bool outside = code.scope() == OUTSIDE && code.category() <= NON_KYOTO;
        return code.isPassedOn() || (outside && !code.isReference());
    }

    /// @notice Whether a share of the lot may go into a product coded `product`: cradle to gate, and of its series.
    function mayEnter(LotCode code, LotCode product) internal pure returns (bool) {
        return code.isPassedOn() && (code.scope() == SCOPE_2 || code.method() == product.method());
    }

    /// @notice Whether a received lot so coded may displace its receiver's own `estimate`: of the same code, or a value-chain
    /// reference of the same code otherwise. A consolidation reference displaces nothing: it is another's inventory.
    function mayDisplace(LotCode code, LotCode estimate) internal pure returns (bool) {
        uint256 difference = LotCode.unwrap(code) ^ LotCode.unwrap(estimate);
        return difference == 0 || difference == VALUE_CHAIN;
    }

    /// @notice Whether a share of a lot coded `parent` may stand in its receiver's books as `child`.
    function mayBecome(LotCode parent, LotCode child) internal pure returns (bool) {
        if (!child.isValid() || parent.unit() != child.unit() || parent.isReference()) return false;
        if (child.isReference()) return _mayBeReferredToAs(parent, child);
        (uint256 s, uint256 c) = (parent.scope(), parent.category());
        if (s == OUTSIDE && c <= NON_KYOTO) return LotCode.unwrap(parent) == LotCode.unwrap(child);
        if (!parent.isPassedOn() || !_methodFollows(parent, child)) return false;
        return parent.unit() == UNIT_WATT_HOUR ? _energyMayBecome(parent, child) : _goodsMayBecome(parent, child);
    }

    /// Consolidation keeps what the lot is; the value chain refers to scopes 1 to 3, but never to location-based figures.
    function _mayBeReferredToAs(LotCode parent, LotCode child) private pure returns (bool) {
        if (child.relation() == CONSOLIDATION) return LotCode.unwrap(child) ^ LotCode.unwrap(parent) == CONSOLIDATION;
        return parent.scope() != OUTSIDE && parent.method() != LOCATION_BASED && _methodFollows(parent, child);
    }

    /// A physical figure stays physical and a market-based one market-based; into scope 2 it is market-based.
    function _methodFollows(LotCode parent, LotCode child) private pure returns (bool) {
        if (child.scope() == SCOPE_2) return child.method() == MARKET_BASED;
        if (parent.scope() == SCOPE_2) return true;
        return parent.method() == child.method();
    }

    /// Energy passes as energy: scope 2 of the same carrier, or category 3.3 (resale, losses).
    function _energyMayBecome(LotCode parent, LotCode child) private pure returns (bool) {
        (uint256 s, uint256 c) = (parent.scope(), parent.category());
        if (child.scope() == SCOPE_3) return child.category() == FUEL_AND_ENERGY_RELATED;
        if (child.scope() != SCOPE_2) return false;
        if (s == SCOPE_2) return child.category() == c;
        if (s == SCOPE_3) return c == FUEL_AND_ENERGY_RELATED;
        if (s == OUTSIDE) return child.category() + ENERGY_PRODUCT_OFFSET == c;
        return true;
    }

    /// Everything else passes as goods and services of the value chain.
    function _goodsMayBecome(LotCode parent, LotCode child) private pure returns (bool) {
        if (parent.scope() == OUTSIDE && parent.category() != PRODUCT_GOODS) return false;
        return child.scope() == SCOPE_3 && (FROM_GOODS >> child.category()) & 1 == 1;
    }
}
