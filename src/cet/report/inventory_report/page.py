"""The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.

Everything from the report is escaped by the template engine; the page's own policy forbids it to load or run anything.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Template

    from cet.report.inventory_report.blocks import Report

_TEMPLATE = "report.html.jinja"


def html(report: Report) -> bytes:
    """The whole page in UTF-8, the same for the same report."""
    # Our own style sheet, not a package's text: nothing else is taken as it is.
    css = Markup(_data("report.css"))  # noqa: S704
    return _template().render(report=report, css=css).encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=DictLoader({_TEMPLATE: _data(_TEMPLATE)}),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(_TEMPLATE)


def _data(name: str) -> str:
    return resources.files("cet").joinpath(f"data/report/{name}").read_text(encoding="utf-8")
