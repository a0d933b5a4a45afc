"""Stating, correcting and taking back, rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cet.ledger import LotWord
from cet.scopes import LotCode
from cet.statement.model import NO_STATEMENT, chunk_hash
from model import Code, Stated
from stateful.base import SOURCE_CODES, MachineBase, Made, masses, mostly, people, places
from world import DAY_2021

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Restated = tuple["Hashable", int, int]
SourceLot = tuple[Code, int, int, int]

changes = st.lists(
    st.tuples(places, st.sampled_from((0, 50, 90, 100, 101, 105, 110, 125, 200))), min_size=0, max_size=4
)
new_lots = st.lists(st.tuples(st.sampled_from(SOURCE_CODES), masses, masses), min_size=0, max_size=2)
picked_uses = st.lists(places, max_size=2)
"""Cancellations that a statement uses, whoever's they are."""
mistakes = st.sampled_from(("", "", "", "", "stale", "order", "others", "unreported", "days", "derived"))


def _assurance(before: Stated, wanted: str) -> tuple[str, int]:
    """Level and coverage, beside those of the statement that is corrected."""
    level = "limited" if before.level == 1 else "reasonable"
    if wanted == "better":
        return "reasonable", 9_000
    return level, before.coverage - (wanted == "lower")


class StatementRules(MachineBase):
    """Everything that a statement does."""

    @rule(
        who=people,
        year=st.integers(0, 6),
        lots=st.lists(st.tuples(st.sampled_from(SOURCE_CODES), masses, masses), min_size=1, max_size=3),
        uses=picked_uses,
        consume_first=mostly,
    )
    def mint(
        self, who: int, year: int, lots: list[tuple[Code, int, int]], uses: list[int], consume_first: bool
    ) -> None:
        """A statement of some year; a year already stated is refused."""
        sources = [(code, index, basis, gross) for index, (code, basis, gross) in enumerate(lots)]
        self._mint(who, year, sources, uses, consume_first=consume_first)

    def _mint(
        self,
        who: int,
        year: int,
        lots: list[SourceLot],
        uses: Sequence[int] = (),
        *,
        consume_first: bool = True,
    ) -> None:
        first = DAY_2021 - 365 * year
        made = self._state(self.person(who).address, (first, first + 364), tuple(lots), uses=uses)
        if consume_first:
            self._submit_uses(made)
        if self._submit_lots(made) and year == 0:
            # The same chunk again, by anybody: every lot is minted once.
            self._submit_lots(made)

    @precondition(lambda self: bool(self.made))
    @rule(
        place=places,
        changed=changes,
        added=new_lots,
        inflation=st.sampled_from((0, 0, 100, 500, 1000, 2500, 2501)),
        assured=st.sampled_from(("same", "same", "same", "same", "better", "lower")),
        head=mostly,
        mistake=mistakes,
        mint_first=st.booleans(),
        uses=picked_uses,
    )
    def correct_a_statement(
        self,
        place: int,
        changed: list[tuple[int, int]],
        added: list[tuple[Code, int, int]],
        inflation: int,
        assured: str,
        head: bool,
        mistake: str,
        mint_first: bool,
        uses: list[int],
    ) -> None:
        """A statement that supersedes some other, restates lots of its chain and adds some."""
        book = self.model.statements
        standing_now = [
            made
            for made in self.made
            if book.heads.get(made.stated.participant, {}).get(made.stated.period) == made.stated
        ]
        choice = standing_now if head and standing_now else self.made
        before = choice[place % len(choice)]
        standing = self._chain_of(before.stated)
        if mistake == "others":
            standing = [lot.name for lot in self.model.lots.values() if lot.minted is not None]
        picked = {standing[at % len(standing)]: percent for at, percent in changed} if standing else {}
        restated: list[Restated] = []
        for name in sorted(picked, key=lambda name: self.keys[name], reverse=mistake == "order"):
            gross = self.model.lots[name].minted or 0
            restated.append((name, gross + (mistake == "stale"), gross * picked[name] // 100))
        derived = [lot.name for lot in self.model.lots.values() if lot.minted is None]
        if mistake == "derived" and derived:
            restated.append((derived[0], 0, 0))
        lots = tuple((code, index, basis, gross) for index, (code, basis, gross) in enumerate(added))
        if not restated and not lots:
            return
        first, last = before.stated.period
        made = self._state(
            before.stated.participant,
            (first, last - 1) if mistake == "days" else (first, last),
            lots,
            supersedes=before,
            inflation=inflation,
            restated=tuple(restated),
            assured=_assurance(before.stated, assured),
            reported=mistake != "unreported",
            uses=uses,
        )
        self._submit_uses(made)
        steps = [self._submit_lots, self._submit_restated]
        for step in steps if mint_first else reversed(steps):
            step(made)

    @precondition(lambda self: bool(self.made))
    @rule(place=places)
    def submit_again(self, place: int) -> None:
        """Any earlier statement, recorded, refused, corrected or taken back since, by anybody."""
        made = self.made[place % len(self.made)]
        self._submit_uses(made)
        self._submit_restated(made)
        self._submit_lots(made)

    @precondition(lambda self: bool(self.made))
    @rule(place=places, right=mostly)
    def withdraw(self, place: int, right: bool) -> None:
        """The verifier, or somebody else, takes an opinion back."""
        made = self.made[place % len(self.made)]
        caller = self.world.verifier if right else self.world.stranger
        call = self.world.ledger.registry.withdraw(made.statement.id, "a meter was misread")
        self.both(lambda: self.model.statements.withdraw(made.stated, caller.address), call, caller)

    def _chain_of(self, stated: Stated) -> list[Hashable]:
        """Names of the lots of the statement's chain."""
        book = self.model.statements
        kept = book.recorded.get(stated)
        if kept is None:
            return []
        return [
            lot.name
            for lot in self.model.lots.values()
            if isinstance(lot.name, tuple) and len(lot.name) == 3 and book.root_of(lot.name[0]) == kept.root
        ]

    def _state(
        self,
        participant: str,
        period: tuple[int, int],
        lots: tuple[SourceLot, ...],
        *,
        supersedes: Made | None = None,
        inflation: int = 0,
        restated: tuple[Restated, ...] = (),
        assured: tuple[str, int] = ("limited", 10_000),
        reported: bool = True,
        uses: Sequence[int] = (),
    ) -> Made:
        names = {self.cancellation(place) for place in uses} if self.has_cancellations() else set()
        used = sorted(names, key=lambda name: self.ids[name])
        use_words = tuple(self.world.ledger.certificates.use(self.ids[name]).word for name in used)
        words = tuple(
            LotWord(LotCode.decode(c.number), i, basis, gross).encode() for c, i, basis, gross in lots
        )
        restated_words = tuple(self.keys[name] << 128 | old << 64 | new for name, old, new in restated)
        masses_ = [(code, gross) for code, _, _, gross in lots]
        masses_ += [(self.model.lots[name].code, after) for name, _, after in restated]
        figures = [0] * 5
        for code, gross in masses_ if reported else []:
            figures[{0: 4, 1: 0, 2: code.method, 3: 3}[code.scope]] += gross
        fields: dict[str, Any] = {
            "reported": tuple(figures),
            "lot_chunks": (chunk_hash(words),) if words else (),
            "supersedes": supersedes.statement.id if supersedes else NO_STATEMENT,
            "inflation": inflation,
            "restated_chunks": (chunk_hash(restated_words),) if restated_words else (),
            "instrument_chunks": (chunk_hash(use_words),) if use_words else (),
        }
        signer = self.signer_of(participant)
        statement = self.world.state(
            signer, words, first_day=period[0], days=period[1] - period[0] + 1, **fields
        )
        stated = Stated(
            salt=len(self.made),
            participant=participant,
            verifier=statement.verifier,
            period=period,
            lots=lots,
            reported=frozenset(code.scope for code, gross in masses_ if gross and reported),
            level={"limited": 1, "reasonable": 2}[assured[0]],
            coverage=assured[1],
            supersedes=supersedes.stated if supersedes else None,
            inflation=inflation,
            restated=restated,
            uses=tuple(used),
        )
        evidence = self.world.evidence(statement, signer, *assured)
        made = Made(stated, statement, evidence, words, restated_words, use_words)
        self.made.append(made)
        return made

    def _submit_uses(self, made: Made) -> None:
        """All at once, or none."""
        if made.uses:
            call = self.world.ledger.registry.consume(made.statement, made.evidence, 0, made.uses)
            self.both(lambda: self.model.consume(made.stated), call, self.world.stranger)

    def _submit_lots(self, made: Made) -> bool:
        """Whether they were minted."""
        if not made.words:
            return False
        call = self.world.ledger.emissions.mint(made.statement, made.evidence, 0, made.words)
        done = self.both(lambda: self.model.mint(made.stated), call, self.world.stranger)
        if not done:
            return False
        for name, word in zip(done[0], made.words, strict=True):
            self.keys[name] = LotWord.decode(word).key(name[0])  # type: ignore[index]
        return True

    def _submit_restated(self, made: Made) -> None:
        if made.restated:
            call = self.world.ledger.emissions.restate(made.statement, made.evidence, 0, made.restated)
            self.both(lambda: self.model.restate(made.stated), call, self.world.stranger)
