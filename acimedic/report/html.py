"""A report as HTML: a page that needs nothing else, and the inner part of it for other pages.

Jinja2 escapes by itself whatever a template prints, so that no template can forget it; before that, each text is made
plain, and what is neither a text nor a number is refused. There is no script, no `style=` attribute and no resource
from elsewhere.
"""

from functools import cache

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined, Undefined
from markupsafe import Markup

from acimedic.model.report import Report
from acimedic.report import sections
from acimedic.report.links import may_link
from acimedic.report.plain import plain
from acimedic.report.style import SOURCE, STYLE
from acimedic.report.support import SUPPORT

POLICY = f"default-src 'none'; style-src {SOURCE}; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of a page that holds a report and nothing else."""


def to_html(report: Report) -> str:
    """The report as a page of its own, in ASCII: no encoding of a terminal or a pipe can spoil it."""
    page = _environment().get_template("page.html.jinja")
    text = page.render(report=report, body=fragment(report), style=Markup(STYLE), policy=POLICY)  # noqa: S704  # nosec B704  # ours
    return text.encode("ascii", "xmlcharrefreplace").decode()


def fragment(report: Report) -> Markup:
    """The report as an `<article>` that begins with an `<h1>`: escaped, and to be embedded as it is."""
    return Markup(_environment().get_template("report.html.jinja").render(report=report))  # noqa: S704  # nosec B704  # a template's


def environment(loader: BaseLoader) -> Environment:
    """Templates of which every text is made plain and escaped. Raises TypeError while printing anything else."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"sections": sections, "may_link": may_link, "support": SUPPORT}
    return made


@cache
def _environment() -> Environment:
    return environment(PackageLoader("acimedic.report"))


def _printable(value: object) -> object:
    if isinstance(value, Markup | Undefined):  # what is not there says so itself when it is printed
        return value
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError(f"a template prints a {type(value).__name__}")
