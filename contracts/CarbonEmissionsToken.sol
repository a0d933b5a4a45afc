// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC1155Surface} from "./ERC1155Surface.sol";
import {Allocating} from "./emissions/Allocating.sol";
import {Anchoring} from "./emissions/Anchoring.sol";
import {Cascading} from "./emissions/Cascading.sol";
import {Certificating} from "./emissions/Certificating.sol";
import {Composing} from "./emissions/Composing.sol";
import {Correcting} from "./emissions/Correcting.sol";
import {Governing} from "./emissions/Governing.sol";
import {LotBook} from "./emissions/LotBook.sol";
import {Minting} from "./emissions/Minting.sol";
import {Offsetting} from "./emissions/Offsetting.sol";
import {Restating} from "./emissions/Restating.sol";
import {Figures, ICarbonEmissionsToken, LotView, Offer, OptIn} from "./interfaces/ICarbonEmissionsToken.sol";
import {ICertificatedGeneration} from "./interfaces/ICertificatedGeneration.sol";
import {IStatementRegistry} from "./interfaces/IStatementRegistry.sol";
import {ITokenRenderer} from "./interfaces/ITokenRenderer.sol";
import {Evaluation} from "./libraries/Evaluation.sol";
import {LotCode} from "./libraries/LotCode.sol";
import {LotKeys} from "./libraries/LotKey.sol";
import {Displacement, LotStore} from "./libraries/LotStore.sol";
import {Receiving} from "./libraries/Receiving.sol";
import {References} from "./libraries/References.sol";

/// @title CarbonEmissionsToken
/// @dev Its parts are in `emissions/`, one for each thing that can be done; here stand what is read, and the ERC-1155 surface.
contract CarbonEmissionsToken is
    Minting,
    Restating,
    Allocating,
    Anchoring,
    Correcting,
    Composing,
    Certificating,
    Offsetting,
    Cascading,
    Governing
{
    using LotStore for uint256;

    ITokenRenderer private immutable _renderer;

    constructor(
        address authority,
        address relay,
        IStatementRegistry registry_,
        ICertificatedGeneration generation_,
        address offsets_,
        ITokenRenderer renderer
    ) LotBook(authority, relay, registry_, generation_) Offsetting(offsets_) {
        _renderer = renderer;
    }

    // Views

    /// @inheritdoc ICarbonEmissionsToken
    function figures(uint64 key) external view returns (Figures memory) {
        _figuresOf(key);
        return Evaluation.figures(_ledger, key);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function lotOf(uint64 key) external view returns (LotView memory v) {
        uint256 figures_ = _figuresOf(key);
        Figures memory live = Evaluation.figures(_ledger, key);
        v.holder = _holderOf(key);
        v.code = LotCode.unwrap(_codeOf(key));
        v.basis = _basisOf(key);
        v.displaced = _ledger.displaced[key];
        v.frozen = _ledger.annexes[key].frozen;
        v.certificated = _ledger.annexes[key].certificated;
        v.offset = figures_.offset();
        if (LotKeys.isDerived(key)) {
            uint256 holding = _ledger.lots[key].holding;
            v.allocated = holding.allocatedOfDerived();
            v.ancestry = holding.ancestryOf();
            v.announced = figures_.announced() != 0;
            v.announcedNet = v.announced ? figures_.announced() - 1 : 0;
        } else {
            v.allocated = figures_.allocatedOfSource();
            v.announced = true;
            v.announcedNet = live.net;
            v.statement = LotKeys.statementOf(key);
        }
    }

    /// @inheritdoc ICarbonEmissionsToken
    function quantityOf(uint64 key) external view returns (uint16 code, uint256 basis) {
        if (_ledger.lots[key].figures >> 192 == 0) return (0, 0);
        return (LotCode.unwrap(_codeOf(key)), _basisOf(key));
    }

    /// @inheritdoc ICarbonEmissionsToken
    function edgesOf(uint64 key) external view returns (uint64[] memory parents, uint64[] memory units) {
        uint256 figures_ = _figuresOf(key);
        if (!LotKeys.isDerived(key)) return (parents, units);
        uint64 parent = figures_.parentOf();
        uint256 edges = parent >= LotKeys.FIRST_KEY ? 1 : parent;
        parents = new uint64[](edges);
        units = new uint64[](edges);
        if (parent >= LotKeys.FIRST_KEY) {
            (parents[0], units[0]) = (parent, uint64(figures_.derivedBasis()));
            return (parents, units);
        }
        for (uint256 i; i < edges; ++i) {
            (uint256 u, uint64 p) = _ledger.edges[key][i >> 1].edge(i);
            (parents[i], units[i]) = (p, uint64(u));
        }
    }

    /// @inheritdoc ICarbonEmissionsToken
    function keyOf(Offer calldata offer) external pure returns (uint64) {
        return LotKeys.ofDerived(Receiving.originOf(offer));
    }

    /// @inheritdoc ICarbonEmissionsToken
    function optInOf(address dependent, address supplier) external view returns (OptIn memory) {
        return _ledger.optIns[dependent][supplier];
    }

    /// @inheritdoc ICarbonEmissionsToken
    function referencedOf(uint64 key, uint16 code, address referrer) external view returns (uint64) {
        return uint64(_ledger.referenced[References.capOf(key, LotCode.wrap(code), referrer)]);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function displacementOf(uint64 key) external view returns (uint64 estimate, uint64 units) {
        Displacement storage kept = _ledger.displacements[key];
        return (kept.estimate, kept.units);
    }

    /// @inheritdoc ICarbonEmissionsToken
    function participantOf(uint32 statement) external view returns (address) {
        return _ledger.statements[statement].participant;
    }

    /// @inheritdoc ICarbonEmissionsToken
    function restatedOf(uint32 statement) external view returns (uint32) {
        return _ledger.statements[statement].restated;
    }

    // ERC-1155 and ERC-7943: lots stay where they are

    function balanceOf(address account, uint256 id) public view override(ERC1155Surface) returns (uint256) {
        if (id > type(uint64).max || account == address(0)) return 0;
        uint64 key = uint64(id);
        return _holderOf(key) == account ? _basisOf(key) : 0;
    }

    function uri(uint256 id) external view returns (string memory) {
        return _renderer.render(address(this), id);
    }

    /// @dev A holder cannot send emissions away; others refer to them.
    function _move(address from, address to, uint256 id, uint256 value) internal pure override {
        revert ERC7943CannotTransfer(from, to, id, value);
    }

    function canSend(address) external pure returns (bool) {
        return false;
    }

    /// @dev Whoever consents is minted to, allocated to, and may succeed.
    function canReceive(address account) external pure returns (bool) {
        return account != address(0);
    }

    function canTransfer(address, address, uint256, uint256) external pure returns (bool) {
        return false;
    }

    function getFrozenTokens(address account, uint256 id) external view returns (uint256) {
        if (id > type(uint64).max || _holderOf(uint64(id)) != account) return 0;
        return _ledger.annexes[uint64(id)].frozen;
    }

    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICarbonEmissionsToken).interfaceId || super.supportsInterface(interfaceId);
    }
}
