// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {CertificateTest} from "../support/CertificateTest.sol";

/// A lot as the second books have it; `atBirth` are Wh of certificates that it had to have then, `asked` whether it had to.
struct BookedLot {
    address holder;
    uint64 basis;
    uint64 left;
    bool isEnergy;
    bool isProduct;
    bool isAllocated;
    bool marked;
    bool asked;
    uint64 atBirth;
    uint256 batches;
    uint64[] parents;
    uint64[] units;
    /// Of cancellations that covered it, were voided, and were freed.
    uint256 voidFreed;
}

struct BookedCancellation {
    uint64 batch;
    uint64 amount;
    address beneficiary;
    bool isOther;
    bool isVoid;
    bool isConsumed;
    uint64 lot;
}

/// @notice Second books of certificated generation: what is certificated, what covers what, recomputed plainly, part by part.
abstract contract GenerationBooks is CertificateTest {
    uint64[] internal lots;
    uint64[] internal batches;
    uint96[] internal cancellations;
    Offer[] internal offers;
    mapping(uint64 lot => BookedLot) internal lotBook;
    mapping(uint96 number => BookedCancellation) internal cancellationBook;
    mapping(uint64 lot => mapping(uint64 batch => bool)) internal issuedFor;
    mapping(uint64 lot => uint96[]) internal covers;
    mapping(uint64 batch => uint256) internal heldOf;
    mapping(uint64 batch => uint256) internal withdrawnOf;
    mapping(uint64 batch => uint256) internal issuedOf;

    /// Certificated Wh of a lot: all of it, or what its parts bring along; energy no more than it is.
    function _certificatedPart(uint64 lot) internal view returns (uint256 sum) {
        BookedLot storage b = lotBook[lot];
        if (b.batches != 0) return b.basis;
        if (!b.isProduct) return 0;
        for (uint256 i; i < b.parents.length; ++i) {
            sum += _upTo(_certificatedPart(b.parents[i]), b.units[i], lotBook[b.parents[i]].basis);
        }
        if (b.isEnergy && sum > b.basis) sum = b.basis;
    }

    /// a · b ÷ c, rounded up.
    function _upTo(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        return (a * b + c - 1) / c;
    }

    function _needed(uint64 parent, uint64 units) internal view returns (uint64) {
        if (!lotBook[parent].isEnergy) return 0;
        return uint64(_upTo(_certificatedPart(parent), units, lotBook[parent].basis));
    }

    /// Wh that stand for a lot, of which `void` count for nothing any more.
    function _standing(uint64 lot) internal view returns (uint256 sound, uint256 void) {
        for (uint256 i; i < covers[lot].length; ++i) {
            BookedCancellation storage c = cancellationBook[covers[lot][i]];
            if (c.isVoid) void += c.amount;
            else sound += c.amount;
        }
    }

    /// Whether a batch was issued for a lot, or for what went into an energy product.
    function _isIssuedFor(uint64 lot, uint64 batch) internal view returns (bool) {
        return issuedFor[lot][batch] || (lotBook[lot].isEnergy && _isIssuedForPart(lot, batch));
    }

    function _isIssuedForPart(uint64 lot, uint64 batch) private view returns (bool) {
        BookedLot storage b = lotBook[lot];
        if (!b.isProduct) return false;
        for (uint256 i; i < b.parents.length; ++i) {
            if (issuedFor[b.parents[i]][batch] || _isIssuedForPart(b.parents[i], batch)) return true;
        }
        return false;
    }

    /// Whether an allocation lacks certificates.
    function _isShort(uint64 lot) internal view returns (bool) {
        BookedLot storage b = lotBook[lot];
        if (!b.isAllocated) return false;
        (uint256 sound,) = _standing(lot);
        return sound < _needed(b.parents[0], b.units[0]);
    }

    /// Lots above a lot that lack certificates, itself among them, each once.
    function _shortAbove(uint64 lot) internal view returns (uint256 number) {
        uint64[] memory found = new uint64[](lots.length);
        found[0] = lot;
        uint256 known = 1;
        for (uint256 i; i < known; ++i) {
            if (_isShort(found[i])) ++number;
            uint64[] storage parents = lotBook[found[i]].parents;
            for (uint256 p; p < parents.length; ++p) {
                bool isNew = true;
                for (uint256 k; k < known; ++k) if (found[k] == parents[p]) isNew = false;
                if (isNew) found[known++] = parents[p];
            }
        }
    }
}
