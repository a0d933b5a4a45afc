// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ICarbonEmissionsToken, LotView, Offer} from "./interfaces/ICarbonEmissionsToken.sol";
import {ICertificatedGeneration, Shortfall} from "./interfaces/ICertificatedGeneration.sol";
import {CancellationView, CertificateBatchView, IEnergyCertificates, Purpose} from "./interfaces/IEnergyCertificates.sol";
import {IInstrument} from "./interfaces/IInstrument.sol";
import {IStatementRegistry} from "./interfaces/IStatementRegistry.sol";
import {LotCode, LotCodes} from "./libraries/LotCode.sol";
import {LotStore} from "./libraries/LotStore.sol";
import {LotTable} from "./libraries/LotTable.sol";

/// @title CertificatedGeneration
/// @dev It calls nothing but our own token, certificates and registry: views, and the token's `setCertificated`, which calls nobody.
contract CertificatedGeneration is ICertificatedGeneration, ERC2771Context {
    using LotTable for uint256[];

    /// So that a lot's cover can always be added up.
    uint256 private constant MOST_CANCELLATIONS = 64;

    ICarbonEmissionsToken public immutable emissions;
    IEnergyCertificates public immutable certificates;
    IStatementRegistry public immutable statements;

    mapping(uint64 lot => uint256) public batchesOf;
    mapping(uint64 lot => mapping(uint64 batch => bool)) public isCertificated;
    mapping(uint96 cancellation => uint64) public lotOf;
    mapping(uint64 lot => uint96[]) private _cancellations;
    mapping(uint64 lot => uint256) private _counted;

    constructor(
        address relay,
        ICarbonEmissionsToken emissions_,
        IEnergyCertificates certificates_,
        IStatementRegistry statements_
    ) ERC2771Context(relay) {
        (emissions, certificates, statements) = (emissions_, certificates_, statements_);
    }

    // What is certificated

    /// @inheritdoc ICertificatedGeneration
    function certify(uint64 lot, uint64 batch) external {
        LotView memory v = emissions.lotOf(lot);
        LotCode code = LotCode.wrap(v.code);
        require(_isEnergy(code) && !code.isReference(), LotNotEnergy(lot, v.code));
        CertificateBatchView memory b = certificates.batchOf(batch);
        require(b.issued != 0, BatchUnknown(batch));
        (address operator,,,,) = certificates.systemOf(b.batch.system);
        bool entitled = _msgSender() == v.holder || _msgSender() == operator;
        require(entitled, NotHolderNorOperator(_msgSender(), v.holder, operator));
        if (v.statement != 0) {
            (uint16 start, uint16 end) = statements.periodOf(v.statement);
            bool touches = b.batch.productionStart <= end && start <= b.batch.productionEnd;
            require(touches, ProductionOfAnotherPeriod(batch, lot));
        }
        require(!isCertificated[lot][batch], AlreadyCertificated(lot, batch));
        isCertificated[lot][batch] = true;
        emit GenerationCertificated(lot, batch, _msgSender());
        if (++batchesOf[lot] == 1) emissions.setCertificated(lot, true);
    }

    /// @inheritdoc ICertificatedGeneration
    function uncertify(uint64 lot, uint64 batch) external {
        require(isCertificated[lot][batch], NotCertificated(lot, batch));
        CertificateBatchView memory b = certificates.batchOf(batch);
        require(b.withdrawn == b.issued, BatchNotWithdrawn(batch, b.held, b.cancelled));
        isCertificated[lot][batch] = false;
        emit GenerationUncertificated(lot, batch);
        if (--batchesOf[lot] == 0) mark(lot);
    }

    /// @inheritdoc ICertificatedGeneration
    function mark(uint64 lot) public {
        emissions.setCertificated(lot, _isOfCertificated(lot));
    }

    function _isOfCertificated(uint64 lot) private view returns (bool) {
        if (batchesOf[lot] != 0) return true;
        if (!_codeOf(lot).isProduct()) return false;
        (uint256[] memory table, uint64[] memory stack) = _room();
        return uint64(_weigh(lot, table, stack) >> 64) != 0;
    }

    // What covers allocations

    /// @inheritdoc ICertificatedGeneration
    function coverOffer(Offer calldata offer, uint96 cancellation) external {
        _cover(emissions.keyOf(offer), offer.parent, offer.dependent, cancellation);
    }

    /// @inheritdoc ICertificatedGeneration
    function cover(uint64 lot, uint96 cancellation) external {
        LotView memory v = emissions.lotOf(lot);
        require(_isAllocated(v), NotAllocated(lot));
        (uint64[] memory parents,) = emissions.edgesOf(lot);
        _cover(lot, parents[0], v.holder, cancellation);
    }

    function _cover(uint64 lot, uint64 parent, address dependent, uint96 number) private {
        address supplier = emissions.lotOf(parent).holder;
        bool party = _msgSender() == dependent || _msgSender() == supplier;
        require(party, NotParty(_msgSender(), supplier, dependent));
        CancellationView memory c = certificates.cancellationOf(number);
        require(c.beneficiary == dependent, CancelledForAnother(number, c.beneficiary, dependent));
        require(c.purpose != Purpose.Other, CancelledForNoInventory(number));
        require(!c.isVoid, CancellationVoid(number));
        _requireUnconsumed(number);
        require(_conveys(parent, c.batch), CertificatesOfOtherGeneration(number, c.batch, parent));
        require(lotOf[number] == 0, CancellationTaken(number, lotOf[number]));
        uint96[] storage numbers = _cancellations[lot];
        require(numbers.length < MOST_CANCELLATIONS, TooManyCancellations(lot, MOST_CANCELLATIONS));
        lotOf[number] = lot;
        numbers.push(number);
        emit AllocationCovered(lot, number, _msgSender());
    }

    /// @inheritdoc ICertificatedGeneration
    function uncover(uint96 number) external {
        uint64 lot = lotOf[number];
        require(lot != 0, CancellationNotTaken(number));
        CancellationView memory c = certificates.cancellationOf(number);
        require(_msgSender() == c.beneficiary, NotBeneficiary(_msgSender(), c.beneficiary));
        _requireUnconsumed(number);
        delete lotOf[number];
        uint96[] storage numbers = _cancellations[lot];
        uint256 last = numbers.length - 1;
        for (uint256 i; i < last; ++i) {
            if (numbers[i] == number) {
                numbers[i] = numbers[last];
                break;
            }
        }
        numbers.pop();
        // A void one counted for nothing.
        if (!c.isVoid) _requireStillCovered(lot);
        emit AllocationUncovered(lot, number);
    }

    /// Before an offer is taken up its cover is free.
    function _requireStillCovered(uint64 lot) private view {
        (uint16 code, uint256 basis) = emissions.quantityOf(lot);
        if (basis == 0 || LotCode.wrap(code).isReference()) return;
        (uint64[] memory parents, uint64[] memory units) = emissions.edgesOf(lot);
        requireCovered(lot, parents[0], units[0]);
    }

    /// What a statement consumed stands for energy in it already.
    function _requireUnconsumed(uint96 number) private view {
        (uint32 root,) = IInstrument(address(certificates)).consumedBy(number);
        require(root == 0, CancellationConsumed(number, root));
    }

    // What other inputs displaced

    /// @inheritdoc ICertificatedGeneration
    function count(uint64 lot, uint64 units) external {
        LotView memory v = emissions.lotOf(lot);
        require(_isAllocated(v), NotAllocated(lot));
        require(_msgSender() == v.holder, ICarbonEmissionsToken.NotHolder(lot, _msgSender(), v.holder));
        require(units <= v.basis, CountedAboveLot(lot, units, v.basis));
        // One more than it says, so that none counted is not nothing said.
        _counted[lot] = uint256(units) + 1;
        emit AllocationDisplaced(lot, units);
    }

    // Views

    /// @inheritdoc ICertificatedGeneration
    function toReturn(uint64 lot) external view returns (uint64) {
        uint256 counted = _counted[lot];
        uint256 basis = emissions.lotOf(lot).basis;
        return counted == 0 || basis < counted ? 0 : uint64(basis + 1 - counted);
    }

    /// @inheritdoc ICertificatedGeneration
    /// @dev Through a product's parts. What was received is passed on as it is: its certificates were cancelled for whoever took it first.
    function requiredOf(uint64 parent, uint64 units) public view returns (uint64) {
        if (batchesOf[parent] != 0) return units;
        if (!_isEnergyProduct(_codeOf(parent))) return 0;
        (uint256[] memory table, uint64[] memory stack) = _room();
        return _partOf(_weigh(parent, table, stack), units);
    }

    /// @inheritdoc ICertificatedGeneration
    function requireCovered(uint64 lot, uint64 parent, uint64 units) public view {
        uint64 required = requiredOf(parent, units);
        if (required == 0) return;
        uint64 covered = coveredOf(lot);
        require(covered >= required, CertificatesMissing(lot, required, covered));
    }

    function _room() private pure returns (uint256[] memory table, uint64[] memory stack) {
        return (LotTable.create(), new uint64[](LotStore.MAX_ANCESTRY + 1));
    }

    /// Finds out how many Wh of a lot are certificated, and of all that its products are made of: the table's words become
    /// `known 1 | basis 64 | certificated 64 | lot 64`; answers the lot's own. Each lot once, however many ways lead to it; a lot is left
    /// on the stack until its parts are known, which puts each edge there once at most.
    /// @dev Through products of goods too: energy does not lose its certificates by being counted otherwise in between.
    function _weigh(uint64 from, uint256[] memory table, uint64[] memory stack) private view returns (uint256) {
        stack[0] = from;
        uint256 left = 1;
        while (left != 0) {
            uint64 lot = stack[left - 1];
            (uint256 place,) = table.meet(lot);
            if (table[place] >> 192 != 0) {
                --left;
                continue;
            }
            (uint16 code_, uint256 basis) = emissions.quantityOf(lot);
            LotCode code = LotCode.wrap(code_);
            uint256 certificated = batchesOf[lot] == 0 ? 0 : basis;
            uint256 waiting = left;
            if (certificated == 0 && code.isProduct()) {
                (uint64[] memory parts, uint64[] memory taken) = emissions.edgesOf(lot);
                for (uint256 i; i < parts.length; ++i) {
                    (uint256 at,) = table.meet(parts[i]);
                    if (table[at] >> 192 == 0) stack[waiting++] = parts[i];
                    else certificated += _partOf(table[at], taken[i]);
                }
            }
            if (waiting == left) {
                // Losses: energy never needs more than it is.
                certificated = Math.min(certificated, _isEnergy(code) ? basis : type(uint64).max);
                table[place] |= (uint256(1) << 192) | (basis << 128) | (certificated << 64);
                --left;
            } else {
                left = waiting;
            }
        }
        (uint256 own,) = table.meet(from);
        return table[own];
    }

    /// The certificated Wh of some units of a lot, rounded up.
    function _partOf(uint256 known, uint64 units) private pure returns (uint64) {
        uint256 certificated = uint64(known >> 64);
        return certificated == 0 ? 0 : uint64(Math.mulDiv(certificated, units, uint64(known >> 128), Math.Rounding.Ceil));
    }

    /// Whether a batch was issued for a lot, or for what went into an energy product.
    function _conveys(uint64 from, uint64 batch) private view returns (bool) {
        if (isCertificated[from][batch]) return true;
        if (!_isEnergyProduct(_codeOf(from))) return false;
        (uint256[] memory table, uint64[] memory lots) = _room();
        lots[0] = from;
        uint256 known = 1;
        for (uint256 i; i < known; ++i) {
            if (isCertificated[lots[i]][batch]) return true;
            if (!_codeOf(lots[i]).isProduct()) continue;
            (uint64[] memory parts,) = emissions.edgesOf(lots[i]);
            for (uint256 p; p < parts.length; ++p) {
                (, bool isFirst) = table.meet(parts[p]);
                if (isFirst) lots[known++] = parts[p];
            }
        }
        return false;
    }

    /// @inheritdoc ICertificatedGeneration
    function coveredOf(uint64 lot) public view returns (uint64) {
        uint96[] storage numbers = _cancellations[lot];
        uint256 sum;
        for (uint256 i; i < numbers.length; ++i) {
            CancellationView memory c = certificates.cancellationOf(numbers[i]);
            if (!c.isVoid) sum += c.amount;
        }
        return uint64(Math.min(sum, type(uint64).max));
    }

    /// @inheritdoc ICertificatedGeneration
    function cancellationsOf(uint64 lot) external view returns (uint96[] memory) {
        return _cancellations[lot];
    }

    /// @inheritdoc ICertificatedGeneration
    function shortfallsOf(uint64 lot) external view returns (Shortfall[] memory found) {
        (uint256[] memory met, uint64[] memory lots) = _room();
        (uint256[] memory table, uint64[] memory stack) = _room();
        found = new Shortfall[](LotStore.MAX_ANCESTRY + 1);
        lots[0] = lot;
        uint256 known = 1;
        uint256 lacking;
        for (uint256 i; i < known; ++i) {
            LotView memory v = emissions.lotOf(lots[i]);
            (uint64[] memory parents, uint64[] memory units) = emissions.edgesOf(lots[i]);
            for (uint256 p; p < parents.length; ++p) {
                (, bool isFirst) = met.meet(parents[p]);
                if (isFirst) lots[known++] = parents[p];
            }
            if (!_isAllocated(v)) continue;
            uint64 required = _partOf(_weigh(parents[0], table, stack), units[0]);
            if (required == 0) continue;
            uint64 covered = coveredOf(lots[i]);
            if (covered < required) found[lacking++] = Shortfall(lots[i], required, covered);
        }
        assembly ("memory-safe") {
            mstore(found, lacking)
        }
    }

    /// Whether units of another's energy were taken for it: neither a source, nor a product, nor a reference.
    function _isAllocated(LotView memory v) private pure returns (bool) {
        LotCode code = LotCode.wrap(v.code);
        return v.statement == 0 && _isEnergy(code) && !code.isProduct() && !code.isReference();
    }

    /// Biogenic CO2 and other gases outside the scopes stand beside the energy, in the same Wh.
    function _isEnergy(LotCode code) private pure returns (bool) {
        return code.unit() == LotCodes.UNIT_WATT_HOUR && (code.scope() != LotCodes.OUTSIDE || code.isProduct());
    }

    function _codeOf(uint64 lot) private view returns (LotCode) {
        (uint16 code,) = emissions.quantityOf(lot);
        return LotCode.wrap(code);
    }

    function _isEnergyProduct(LotCode code) private pure returns (bool) {
        return code.isProduct() && _isEnergy(code);
    }
}
