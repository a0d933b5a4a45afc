"""How the model says no: with the name of the error the contracts must give."""

from __future__ import annotations


class ModelRefusal(Exception):  # noqa: N818 - the name is the answer, not a fault
    """`name` is the custom error's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def require(condition: bool, name: str) -> None:
    """Refuses unless the condition holds."""
    if not condition:
        raise ModelRefusal(name)
