// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken, Offer} from "./ICarbonEmissionsToken.sol";
import {IEnergyCertificates} from "./IEnergyCertificates.sol";

/// @notice An allocation above a lot, or the lot itself, that lacks cancelled certificates.
struct Shortfall {
    uint64 lot;
    /// Wh of it that stand for certificated generation, and Wh of certificates cancelled for it, void ones left out.
    uint64 required;
    uint64 covered;
}

/// @title Certificated generation
/// @notice Which lots of energy certificates were issued for, and which cancellations stand for what was allocated from them. Energy
/// from certificated generation is allocated only with its certificates cancelled for the dependent; each cancellation stands for one
/// allocation.
/// @dev The emissions token asks before units leave a lot that is marked. What was allocated before the certification stays, and is seen
/// here to lack certificates, it and everything below it; so is what a cancellation stood for that was found void. Nobody has power over it.
interface ICertificatedGeneration {
    /// Certificates of the batch were issued for the energy that the lot stands for.
    event GenerationCertificated(uint64 indexed lot, uint64 indexed batch, address by);
    /// The whole batch was withdrawn: it says nothing of the lot any more.
    event GenerationUncertificated(uint64 indexed lot, uint64 indexed batch);
    event AllocationCovered(uint64 indexed lot, uint96 indexed cancellation, address by);
    event AllocationUncovered(uint64 indexed lot, uint96 indexed cancellation);

    /// Its holder counts only so many units of an allocation; other inputs took the place of the rest, which is to be returned.
    event AllocationDisplaced(uint64 indexed lot, uint64 counted);

    error LotNotEnergy(uint64 lot, uint16 code);
    error BatchUnknown(uint64 batch);
    error NotHolderNorOperator(address caller, address holder, address operator);
    error ProductionOfAnotherPeriod(uint64 batch, uint64 lot);
    error AlreadyCertificated(uint64 lot, uint64 batch);
    error NotCertificated(uint64 lot, uint64 batch);
    error BatchNotWithdrawn(uint64 batch, uint256 held, uint256 cancelled);
    error NotAllocated(uint64 lot);
    error NotParty(address caller, address supplier, address dependent);
    error NotBeneficiary(address caller, address beneficiary);
    error CancelledForAnother(uint96 cancellation, address beneficiary, address dependent);
    error CancelledForNoInventory(uint96 cancellation);
    error CancellationVoid(uint96 cancellation);
    error CancellationConsumed(uint96 cancellation, uint32 root);
    error CertificatesOfOtherGeneration(uint96 cancellation, uint64 batch, uint64 parent);
    error CancellationTaken(uint96 cancellation, uint64 lot);
    error CancellationNotTaken(uint96 cancellation);
    error TooManyCancellations(uint64 lot, uint256 limit);
    error CertificatesMissing(uint64 lot, uint64 required, uint64 covered);
    error CountedAboveLot(uint64 lot, uint64 counted, uint256 units);

    // What is certificated

    /// @notice Says that certificates of `batch` were issued for the energy of `lot`: by the lot's holder, or by whoever operates the
    /// batch's tracking system. A lot is certificated whole: what no certificates were issued for is a lot of its own.
    function certify(uint64 lot, uint64 batch) external;
    /// @notice Ends it, once the whole batch is withdrawn. Open to anyone.
    function uncertify(uint64 lot, uint64 batch) external;
    /// @notice Marks a product in the emissions token that was made before a part of it became certificated, or takes off a mark whose reason
    /// is gone. A product of marked lots is marked from its birth. Open to anyone.
    function mark(uint64 lot) external;

    // What covers allocations

    /// @notice Lets a cancellation stand for the lot that an offer makes, before it does or after: by either party to the offer.
    function coverOffer(Offer calldata offer, uint96 cancellation) external;
    /// @notice The same for a lot that was allocated, by its holder or its supplier.
    function cover(uint64 lot, uint96 cancellation) external;
    /// @notice Frees a cancellation that no statement consumed, as its beneficiary: of an offer that was not taken up, or more than its lot
    /// needs.
    function uncover(uint96 cancellation) external;

    // What other inputs displaced

    /// @notice Says, as the holder of an allocation, how many of its units its inventory counts: each MWh has one market-based input, so
    /// what certificates or contracts displaced goes back to the supplier, by a correction that both sign.
    function count(uint64 lot, uint64 units) external;

    // Views

    /// @notice Units of an allocation that are to be returned: those that its holder said it doesn't count, less those returned.
    function toReturn(uint64 lot) external view returns (uint64);

    /// @notice Of how many batches certificates were issued for a lot's energy.
    function batchesOf(uint64 lot) external view returns (uint256);
    function isCertificated(uint64 lot, uint64 batch) external view returns (bool);
    /// @notice Wh of certificates that an allocation of `units` of `parent` needs: all of them where the parent is certificated; of a
    /// product of several lots its part, rounded up.
    function requiredOf(uint64 parent, uint64 units) external view returns (uint64);
    /// @notice Refuses an allocation, `lot` of `units` of `parent`, whose certificates are not cancelled for it.
    function requireCovered(uint64 lot, uint64 parent, uint64 units) external view;
    /// @notice Wh cancelled for the lot of that key; void cancellations count for nothing.
    function coveredOf(uint64 lot) external view returns (uint64);
    function cancellationsOf(uint64 lot) external view returns (uint96[] memory);
    /// @notice The lot that a cancellation stands for, 0 for none.
    function lotOf(uint96 cancellation) external view returns (uint64);
    /// @notice Allocations that lack certificates among a lot and all lots above it.
    /// @dev What stands above by several paths may be named several times.
    function shortfallsOf(uint64 lot) external view returns (Shortfall[] memory);
    function emissions() external view returns (ICarbonEmissionsToken);
    function certificates() external view returns (IEnergyCertificates);
}
