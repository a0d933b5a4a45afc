"""Which certificates may cover which consumption, and in which order they are used up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.certificates.criteria import HOMEWORKING_MARKETS, market_of
from cet.certificates.pools import certificate_slot

if TYPE_CHECKING:
    from cet.certificates.certificate import Certificate
    from cet.certificates.criteria import Facts
    from cet.certificates.pools import Pool


def may_cover(certificate: Certificate, pool: Pool | None, facts: Facts) -> bool:
    """Whether the certificate may be used for consumption of the pool at all."""
    if pool is None or (certificate.use, certificate.carrier) != (pool.key.use, pool.key.carrier):
        return False
    if certificate.sites and pool.key.facility not in certificate.sites:
        return False
    at_home = certificate.country == pool.country or pool.market in HOMEWORKING_MARKETS
    if pool.key.use == "3.7" and not at_home:
        return False
    return market_of(certificate, facts) == pool.market


def preference(certificate: Certificate) -> tuple[object, ...]:
    """The claimant's own order; then what fewer sites can use, what expires sooner, what is older; then the id."""
    sites = len(certificate.sites) or 1 << 30
    return (certificate.priority, sites, certificate.used_to, certificate.produced_from, certificate.id)


class Choice:
    """The certificates that may cover a slot of a pool, in the order they are preferred; found once for pools that are alike."""

    def __init__(self, preferred: list[Certificate], facts: Facts) -> None:
        self._facts = facts
        self._by_place: dict[tuple[str, str, str, str], list[Certificate]] = {}
        self._named = {site for one in preferred for site in one.sites}
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        for one in preferred:
            place = (one.use, one.carrier, market_of(one, facts), certificate_slot(facts.matching, one))
            self._by_place.setdefault(place, []).append(one)

    def __call__(self, pool: Pool, slot: str) -> tuple[str, ...]:
        place = (pool.key.use, pool.key.carrier, pool.market, slot)
        site = pool.key.facility if pool.key.facility in self._named else ""
        alike = (*place, site, pool.country if pool.key.use == "3.7" else "")
        if alike not in self._known:
            self._known[alike] = tuple(
                one.id for one in self._by_place.get(place, ()) if may_cover(one, pool, self._facts)
            )
        return self._known[alike]
