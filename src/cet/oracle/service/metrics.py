"""What Prometheus reads: how many requests, where, how long, and what went wrong on the way."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """Counters of one process; each has its own registry, so that many can live in one."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.requests = Gauge("cet_requests", "Requests by state", ["state"], registry=registry)
        self.moves = Counter("cet_request_moves", "Transitions by event", ["event"], registry=registry)
        self.failures = Counter(
            "cet_step_failures", "Steps that failed and are repeated, by state", ["state"], registry=registry
        )
        self.recomputing = Histogram(
            "cet_recompute_seconds",
            "Time to recompute a package",
            registry=registry,
            buckets=_SECONDS,
        )
        self.waiting = Histogram(
            "cet_request_seconds",
            "Time from intake to receipt",
            registry=registry,
            buckets=(*_SECONDS, 3_600, 86_400),
        )
        self.broadcasts = Counter("cet_broadcasts", "Transactions handed to a node", registry=registry)
        self.replacements = Counter(
            "cet_replacements", "Stuck transactions replaced at a higher fee", registry=registry
        )
        self.vanished = Counter("cet_vanished", "Mints a reorganisation took away", registry=registry)
        self.rpc_failures = Counter(
            "cet_rpc_failures", "Endpoints that failed, by place in the list", ["place"], registry=registry
        )
        self.peer_failures = Counter(
            "cet_peer_failures", "Oracles asked in vain, by place in the list", ["place"], registry=registry
        )
        self.worthless = Counter(
            "cet_worthless_attestations",
            "Attestations of nobody trusted, or of another statement",
            registry=registry,
        )
        self._add_keeper()
        self.http = Counter(
            "cet_http_requests", "Answers by route and status", ["route", "status"], registry=registry
        )

    def _add_keeper(self) -> None:
        registry = self.registry
        self.stale = Gauge("cet_stale_lots", "Lots whose figure is not the announced one", registry=registry)
        self.aside = Gauge(
            "cet_lots_aside", "Stale lots that no transaction within the budget announces", registry=registry
        )
        self.gas_left = Gauge("cet_cascade_gas_left", "Gas left of the day's budget", registry=registry)
        self.cascades = Counter(
            "cet_cascades", "Batches of the keeper by what became of them", ["state"], registry=registry
        )
        self.cascaded_lots = Counter("cet_cascaded_lots", "Lots in the keeper's batches", registry=registry)
        self.notices = Counter("cet_notices", "Events of the ledger that somebody is told", registry=registry)
        self.notice_block = Gauge("cet_notice_block", "Block up to which events are told", registry=registry)
        self.deliveries = Gauge("cet_deliveries", "Deliveries by state", ["state"], registry=registry)
        self.delivering = Counter(
            "cet_delivery_attempts", "Webhooks sent, by outcome", ["outcome"], registry=registry
        )
        self.delivery_seconds = Histogram(
            "cet_delivery_seconds", "Time of one webhook", registry=registry, buckets=_SECONDS
        )

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
