"""The forms in which a report is printed for others than the person at the terminal."""

from collections.abc import Callable

from acimedic.model.report import Report
from acimedic.report.as_json import as_object, as_text

FORMS = ("text", "json", "markdown", "html", "sarif")


def in_form(report: Report, form: str, *, text: Callable[[], str]) -> str:
    """The report in one of these forms. text: how it is told to a person."""
    if form == "json":
        return as_text(as_object(report))
    if form == "markdown":
        from acimedic.report.markdown import to_markdown

        return to_markdown(report)
    if form == "html":
        from acimedic.report.html import to_html  # the template engine is for this one form

        return to_html(report)
    if form == "sarif":
        from acimedic.report.sarif import to_sarif
        from acimedic.web.catalogue import catalogue  # all checks are loaded for this one form

        return to_sarif(report, catalogue())
    return text()
