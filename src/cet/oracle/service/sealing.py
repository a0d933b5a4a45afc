"""Secrets at rest: what must be kept readable, a webhook's secret, is kept sealed by a key that is not in the database.

Fernet (AES-128-CBC and HMAC-SHA256). Several keys: the first seals, each opens, so that a key is replaced while the service runs.
What is sealed names whose it is: put into another's row it does not open. Neither a key nor what it opens is in an error or a log.
"""

from __future__ import annotations

import hmac
import os
import re
import stat
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from cet.oracle.service.errors import NoSecretKey, SecretUnreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PLAIN_BYTES = 32
"""How long a secret is that was kept as it is, before there were keys. Nothing sealed is as short."""

_SPACES = re.compile(r"[\s,]+")
HOW = "`cet oracle secrets new-key FILE` makes a key; give FILE with --secret-keys to `serve`, `work` and `keep`"


class Seal:
    """Seals with the first of its keys, opens with each."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises NoSecretKey for none, or for one that is no key."""
        if not keys:
            raise NoSecretKey("there is no key in it", HOW)
        fernets = []
        for place, key in enumerate(keys, 1):
            try:
                fernets.append(Fernet(key))
            except ValueError:
                # Not the exception's text, nor what was given: it may be most of a key.
                raise NoSecretKey(
                    f"key {place} of {len(keys)} is no key", f"a key is 44 characters; {HOW}"
                ) from None
        self._first = fernets[0]
        self._all = MultiFernet(fernets)

    def __repr__(self) -> str:
        return "Seal(…)"

    def close(self, owner: str, secret: bytes) -> bytes:
        """The secret, sealed for its owner: other bytes each time."""
        return self._first.encrypt(_named(owner) + secret)

    def open(self, owner: str, sealed: bytes) -> bytes:
        """The secret. Raises SecretUnreadable if none of the keys sealed it, or it was sealed for another."""
        try:
            found = self._all.decrypt(bytes(sealed))
        except InvalidToken:
            found = b""
        name = _named(owner)
        if not hmac.compare_digest(found[: len(name)], name):
            raise unreadable(owner) from None
        return found[len(name) :]

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the first key sealed it."""
        try:
            self._first.decrypt(bytes(sealed))
        except InvalidToken:
            return False
        return True


def is_plain(kept: bytes) -> bool:
    """Whether this is a secret as it is, from before there were keys."""
    return len(kept) == PLAIN_BYTES


def opened(seal: Seal | None, owner: str, kept: bytes) -> bytes:
    """The secret in a row, sealed or from before there were keys. Raises NoSecretKey, SecretUnreadable."""
    if is_plain(kept):
        return bytes(kept)
    return needed(seal).open(owner, kept)


def needed(seal: Seal | None) -> Seal:
    """Raises NoSecretKey where the operator gave none."""
    if seal is None:
        raise NoSecretKey("this service has no key to keep secrets with", HOW)
    return seal


def unreadable(owner: str) -> SecretUnreadable:
    return SecretUnreadable(
        f"none of the keys given opens the secret of {owner}",
        "give the key it was sealed with, beside the present one; if that is lost: `cet oracle secrets seal --replace-lost`",
    )


def new_key() -> str:
    """A key: 256 random bits, as text."""
    return Fernet.generate_key().decode()


def read_keys(file: Path) -> Seal:
    """Keys from a file that its owner alone may read, one a line, the first seals. Raises NoSecretKey."""
    try:
        with file.open(encoding="ascii") as opened_file:
            mode = os.fstat(opened_file.fileno()).st_mode
            if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
                raise NoSecretKey(f"{file} may be read by others than its owner", f"chmod 600 {file}")
            text = opened_file.read()
    except (OSError, ValueError) as error:
        raise NoSecretKey(f"{file} can't be read ({type(error).__name__})", HOW) from None
    return parse_keys(text)


def parse_keys(text: str) -> Seal:
    """Keys separated by white space or commas, the first seals. Raises NoSecretKey."""
    return Seal([key for key in _SPACES.split(text) if key])


def add_key(file: Path, *, rotate: bool) -> int:
    """Writes a new key into a new file with mode 0600; to `rotate`, before those it has. How many keys it has then.

    Raises NoSecretKey if the file is there and is not to be rotated, or is no file of keys.
    """
    older = ""
    if rotate:
        read_keys(file)
        older = file.read_text(encoding="ascii")
    keys = [new_key(), *(key for key in _SPACES.split(older) if key)]
    part = file.with_name(f".{file.name}.part") if rotate else file
    try:
        written = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NoSecretKey(
            f"{part} is there already", "name another file; --rotate puts a new key before those of a file"
        ) from None
    with os.fdopen(written, "w", encoding="ascii") as sink:
        sink.write("\n".join(keys) + "\n")
    if rotate:
        part.replace(file)
    return len(keys)


def _named(owner: str) -> bytes:
    return owner.encode() + b"\0"
