"""Keys at rest: encrypted keystores (Web3 Secret Storage), Ape's accounts among them, and where a signer is to be found.

keystore:FILE            an encrypted keystore
ape:NAME                 the account of that name that Ape keeps, which is a keystore too
remote:URL#0xADDRESS     a signing service, see `remote_signer`
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from eth_account import Account
from eth_utils.address import is_hex_address

from cet.ledger.errors import SignerError
from cet.ledger.remote_signer import RemoteSigner
from cet.ledger.signing import LocalSigner

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.ledger.signing import Signer

FORMS = "write keystore:FILE, ape:NAME or remote:URL#0xADDRESS"


def open_signer(where: str, password: Callable[[], str]) -> Signer:
    """The signer that `where` names; `password` is asked only for a keystore. Raises SignerError.

    A key itself is never taken: what stands on a command line stands in a history and in a list of processes.
    """
    kind, _, rest = where.partition(":")
    if kind == "keystore" and rest:
        return _unlocked(Path(rest), password)
    if kind == "ape" and rest:
        if Path(rest).name != rest:
            raise SignerError(f"{rest!r} is no name of an account", "`ape accounts list` shows them")
        folder = Path(os.environ.get("APE_DATA_FOLDER") or Path.home() / ".ape")
        file = folder / "accounts" / f"{rest}.json"
        if not file.exists():
            raise SignerError(
                f"Ape keeps no account {rest!r}",
                "`ape accounts list` shows those it keeps, `ape accounts import NAME` adds one",
            )
        return _unlocked(file, password)
    if kind == "remote":
        url, _, address = rest.rpartition("#")
        if url.startswith(("http://", "https://")) and is_hex_address(address):
            return RemoteSigner.connect(url, address)
    raise SignerError("this names no signer", FORMS)


def _unlocked(file: Path, password: Callable[[], str]) -> LocalSigner:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SignerError(f"{file} holds no keystore", FORMS) from error
    try:
        # The exception's text may quote what it was given: it is not passed on.
        return LocalSigner.from_key(bytes(Account.decrypt(stored, password())))
    except (ValueError, KeyError, TypeError, AttributeError, NotImplementedError):
        raise SignerError(
            f"{file} does not open", "see the password, and that the file is a keystore of version 3"
        ) from None
