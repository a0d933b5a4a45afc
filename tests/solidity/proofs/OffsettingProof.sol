// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CarbonEmissionsToken} from "../../../contracts/CarbonEmissionsToken.sol";
import {ITokenRenderer} from "../../../contracts/interfaces/ITokenRenderer.sol";
import {ICertificatedGeneration} from "../../../contracts/interfaces/ICertificatedGeneration.sol";
import {IStatementRegistry} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {LotCode} from "../../../contracts/libraries/LotCode.sol";
import {LotKeys} from "../../../contracts/libraries/LotKey.sol";
import {LotStore} from "../../../contracts/libraries/LotStore.sol";

/// @notice For all source lots and all amounts: what is applied is at most the lot's net (law 3), and nothing but the offset moves.
/// @dev The token itself, with this contract as its offset token. One step from any lot: its offset may be above its gross, as a
/// restatement leaves it.
contract OffsettingProof is CarbonEmissionsToken {
    using LotStore for uint256;

    constructor()
        CarbonEmissionsToken(
            address(1),
            address(2),
            IStatementRegistry(address(3)),
            ICertificatedGeneration(address(5)),
            address(this),
            ITokenRenderer(address(4))
        )
    {}

    function check_no_more_is_applied_than_the_net(uint64 key, uint256 figures, uint64 amount, address holder) external {
        if (!_isLot(key, figures, holder)) return;
        (bool ok,) = address(this).call(abi.encodeCall(this.applyOffset, (key, amount, holder)));
        uint256 later = _ledger.lots[key].figures;
        if (!ok) {
            assert(later == figures);
            return;
        }
        assert(LotKeys.codeOf(key).isLive());
        assert(later.offset() == figures.offset() + amount);
        assert(amount == 0 || later.offset() <= figures.gross());
        assert((later ^ figures) & ~(uint256(type(uint64).max) << 64) == 0);
    }

    /// A live lot's net can be applied whole.
    function check_the_net_can_be_applied(uint64 key, uint256 figures, address holder) external {
        if (!_isLot(key, figures, holder) || !LotKeys.codeOf(key).isLive()) return;
        if (figures.offset() > figures.gross()) return;
        uint64 net = uint64(figures.gross() - figures.offset());
        (bool ok,) = address(this).call(abi.encodeCall(this.applyOffset, (key, net, holder)));
        assert(ok && _ledger.lots[key].figures.offset() == figures.gross());
    }

    function check_nobody_else_applies(uint64 key, uint256 figures, uint64 amount, address holder, address other) external {
        if (!_isLot(key, figures, holder) || other == holder) return;
        (bool ok,) = address(this).call(abi.encodeCall(this.applyOffset, (key, amount, other)));
        assert(!ok);
    }

    /// Voided applications are taken off again, whatever happened to the lot meanwhile.
    function check_what_was_applied_can_be_removed(uint64 key, uint256 figures, uint64 amount, address holder) external {
        if (!_isLot(key, figures, holder)) return;
        (bool ok,) = address(this).call(abi.encodeCall(this.removeOffset, (key, amount)));
        uint256 later = _ledger.lots[key].figures;
        assert(ok == (amount <= figures.offset()));
        if (ok) assert(later.offset() + amount == figures.offset());
        assert((later ^ figures) & ~(uint256(type(uint64).max) << 64) == 0);
    }

    /// Writes down a source lot, held by its statement's participant.
    function _isLot(uint64 key, uint256 figures, address holder) private returns (bool) {
        if (LotKeys.isDerived(key) || figures == 0 || figures.isAnnexedSource() || holder == address(0)) return false;
        _ledger.lots[key].figures = figures;
        _ledger.statements[LotKeys.statementOf(key)].participant = holder;
        return true;
    }
}
