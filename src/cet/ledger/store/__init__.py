"""The mirror in a database: SQLite with no set-up, PostgreSQL by URL. The chain is the truth, the store is disposable.

store = Store.open("sqlite:///mirror.db", ledger.deployment)
Follower(store, ledger.chain).catch_up()
store.evaluate()
"""

from cet.ledger.store.errors import StoreError
from cet.ledger.store.evaluated import EDGES_SQL, LOTS_SQL
from cet.ledger.store.following import Follower, Progress
from cet.ledger.store.memory import SPARING, Memory
from cet.ledger.store.store import Store

__all__ = ["EDGES_SQL", "LOTS_SQL", "SPARING", "Follower", "Memory", "Progress", "Store", "StoreError"]
