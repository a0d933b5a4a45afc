// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BatchStatus} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {CreditStore} from "../../../contracts/libraries/CreditStore.sol";

/// @notice For all words: issued = held + retired + applied + voided is kept by every move of credits (law 3).
/// @dev Held is what is issued less what is consumed. Here: a move changes its field by the amount and nothing else, if the field
/// has room. That it always has, since no more moves than is held, tools/integer_proofs.py shows over the integers.
contract CreditStoreProof {
    using CreditStore for uint256;

    function check_an_issue_is_all_held(uint56 amount, uint8 status, bool exAnte) external pure {
        if (status > uint8(type(BatchStatus).max)) return;
        uint256 account = CreditStore.account(amount, BatchStatus(status), exAnte);
        assert(account.issued() == amount && account.consumed() == 0);
        assert(uint8(account.status()) == status && account.isExAnte() == exAnte);
    }

    function check_an_account_is_its_fields(Account calldata a) external pure {
        uint256 word = _word(a);
        assert(word.issued() == a.issued && word.retired() == a.retired && word.applied() == a.applied);
        assert(word.voided() == a.voided && word.consumed() == uint256(a.retired) + a.applied + a.voided);
    }

    /// A field takes what does not carry out of it, and the others stay.
    function check_a_move_writes_its_field_alone(Account memory a, uint256 amount) external pure {
        uint256 word = _word(a);
        if (amount > type(uint56).max) return;
        uint256 retired = amount + a.retired;
        uint256 applied = amount + a.applied;
        uint256 voided = amount + a.voided;
        if (retired <= type(uint56).max) {
            assert(word.addRetired(amount).retired() == retired && _others(word, word.addRetired(amount), 144));
        }
        if (applied <= type(uint56).max) {
            assert(word.addApplied(amount).applied() == applied && _others(word, word.addApplied(amount), 88));
        }
        if (voided > type(uint56).max) return;
        assert(word.addVoided(amount).voided() == voided && _others(word, word.addVoided(amount), 32));
        if (amount > a.applied) return;
        uint256 moved = word.moveAppliedToVoided(amount);
        assert(moved.voided() == voided && moved.applied() == a.applied - amount);
        assert(moved.retired() == a.retired && moved.issued() == a.issued && uint32(moved) == a.rest);
    }

    struct Account {
        uint56 issued;
        uint56 retired;
        uint56 applied;
        uint56 voided;
        uint32 rest;
    }

    function _word(Account memory a) private pure returns (uint256) {
        return uint256(a.issued) << 200 | uint256(a.retired) << 144 | uint256(a.applied) << 88 | uint256(a.voided) << 32
            | a.rest;
    }

    /// Two words that differ, if at all, in the 56 bits from `place` on.
    function _others(uint256 a, uint256 b, uint256 place) private pure returns (bool) {
        return (a ^ b) & ~(uint256(type(uint56).max) << place) == 0;
    }

    function check_a_status_writes_nothing_else(uint256 account, uint8 status) external pure {
        if (status > uint8(type(BatchStatus).max)) return;
        uint256 later = account.withStatus(BatchStatus(status));
        assert(uint8(later.status()) == status && later >> 8 == account >> 8);
    }

    function check_freezing_moves_nothing(uint256 holding, uint256 amount) external pure {
        uint256 later = holding.withFrozen(amount);
        assert(later.held() == holding.held());
        assert(later.frozen() == (amount > type(uint128).max ? type(uint128).max : amount));
    }

    function check_unfrozen_and_frozen_are_what_is_held(uint256 holding) external pure {
        uint256 free = holding.unfrozen();
        assert(free <= holding.held());
        assert(free == 0 ? holding.frozen() >= holding.held() : free + holding.frozen() == holding.held());
    }

    function check_a_holding_loses_what_is_taken(uint256 holding, uint256 amount) external pure {
        if (amount > holding.unfrozen()) return;
        uint256 later = holding - amount;
        assert(later.held() + amount == holding.held() && later.frozen() == holding.frozen());
    }
}
