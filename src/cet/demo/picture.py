"""The chain of the demonstration as a picture: every lot with its net at every moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.demo import facts
from cet.demo.telling import NAMES
from cet.report.chain_picture import ChainPicture, PictureEdge, PictureLot
from cet.scopes import Method, Scope, category_text

if TYPE_CHECKING:
    from cet.demo.story import Story
    from cet.scopes import LotCode

COLUMNS = {
    **dict.fromkeys((*facts.PLANTS, facts.ZERO_EMISSION), 0),
    "mix": 1,
    "electricity": 2,
    "services": 3,
    "purchase": 4,
}
ILLUSTRATIVE = {facts.ZERO_EMISSION, "mix", "services", "purchase"}


def picture(story: Story) -> ChainPicture:
    """Lots in columns from the plants to the purchaser; the university's other lots as one box."""
    last = story.moments[-1]
    lots = [_lot(story, name, key) for name, key in story.lots.items()]
    names = {key: name for name, key in story.lots.items()}
    own = [edge for edge in last.state.lots[story.lots["services"]].edges if edge[0] not in names]
    lots.append(_own(story, [key for key, _ in own]))
    edges = [PictureEdge("own", "services", "all")]
    for name, key in story.lots.items():
        for parent, units in last.state.lots[key].edges:
            if parent in names:
                whole = units == last.state.lots[parent].basis
                label = "all" if whole else _quantity(last.state.lots[parent].code, units)
                edges.append(
                    PictureEdge(
                        names[parent], name, label, illustrative=name in ILLUSTRATIVE | {"electricity"}
                    )
                )
    return ChainPicture(
        title="Credits applied to one power plant move every figure below it, in proportion",
        subtitle=(
            "Plants: US EPA 2021, AR5. University: Duke University, fiscal 2021. Credits: serials of CAR639 "
            "(Climate Action Reserve). Supply relations, services and credit use are illustrative."
        ),
        moments=tuple(moment.name for moment in story.moments),
        lots=tuple(sorted(lots, key=lambda lot: lot.column)),
        edges=tuple(edges),
    )


def _lot(story: Story, name: str, key: int) -> PictureLot:
    last = story.moments[-1]
    code = last.state.lots[key].code
    return PictureLot(
        key=name,
        column=COLUMNS[name],
        title=NAMES[name],
        holder=story.cast.names[last.state.holders[key]],
        scope="product" if code.is_product else str(int(code.scope)),
        kind=_kind(code),
        gross_mg=last.figures[key].gross,
        nets_mg=tuple(moment.figures[key].net for moment in story.moments),
        illustrative=name in ILLUSTRATIVE,
    )


def _own(story: Story, keys: list[int]) -> PictureLot:
    return PictureLot(
        key="own",
        column=COLUMNS["electricity"],
        title=f"Own lots ({len(keys)})",
        holder=story.cast.names[story.cast.university.address],
        scope="1",
        kind="scopes 1 and 3, reported",
        gross_mg=sum(story.moments[-1].figures[key].gross for key in keys),
        nets_mg=tuple(sum(moment.figures[key].net for key in keys) for moment in story.moments),
    )


def _kind(code: LotCode) -> str:
    if code.scope is Scope.SCOPE_2:
        return f"scope 2, {'market-based' if code.method is Method.MARKET_BASED else 'location-based'}"
    category = category_text(code.scope, code.category)
    return category if code.is_product else f"scope {int(code.scope)}, {category}"


def _quantity(code: LotCode, units: int) -> str:
    if code.unit.name == "WATT_HOUR":
        return f"{units // 10**6:,}.{units % 10**6 // 1000:03d}\nMWh"
    return f"{units:,} units"
