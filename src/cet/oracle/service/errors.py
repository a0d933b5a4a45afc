"""Errors of the service.

OracleError
└── ServiceError
    ├── IllegalMove        an event that the request's state does not know
    ├── Overtaken          another worker moved the request meanwhile; nothing was changed
    ├── NoSuchRequest      none, or none that the asker may see
    ├── NotAllowed         a token that is missing, wrong, revoked or lacks the scope
    ├── BadUpload          what was handed in is no package
    ├── TooLarge           more bytes than are taken
    ├── NoSuchSubscription none, or another organisation's
    ├── BadTarget          an address that no webhook is sent to
    ├── BadSignature       a signature that is not the party's of this statement
    ├── NoSecretKey        no key, or none that is one, to keep secrets with
    ├── SecretUnreadable   a secret that none of the keys opens
    └── DatabaseError      no database, another schema, a broken chain of the audit log
"""

from __future__ import annotations

from cet.oracle.errors import OracleError


class ServiceError(OracleError):
    """Root of what goes wrong in the service."""


class IllegalMove(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """The request is in a state that this event does not leave."""


class Overtaken(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """The request's version is another by now: somebody else moved it."""


class NoSuchRequest(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """There is no such request, or it is another organisation's: the two look the same."""


class NotAllowed(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """The token does not allow it."""


class BadUpload(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """An upload that is neither a zip of a package folder nor a workbook."""


class TooLarge(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """An upload above the limit, packed or unpacked."""


class NoSuchSubscription(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """There is no such subscription, or it is another organisation's: the two look the same."""


class BadTarget(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """A webhook's address that is none, or leads into a private network."""


class BadSignature(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """A signature that the registry would not take."""


class NoSecretKey(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """The operator gave no key to keep secrets with, or what was given is none."""


class SecretUnreadable(ServiceError):  # noqa: N818 - says what happened, as the tree above
    """A secret in the database that none of the keys given opens."""


class DatabaseError(ServiceError):
    """The database is not the service's, or not at the service's schema."""
