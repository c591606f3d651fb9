"""Names and error texts as somebody would choose them who wants a report to do something, for every renderer.

`everywhere` puts a text wherever a report can hold one, as a kept report that was tampered with would.
"""

import json
from dataclasses import replace
from typing import Any

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.evidence import Evidence
from acimedic.model.report import Report
from acimedic.planning import draw_plan
from acimedic.report.as_json import as_object, read_report
from acimedic.report.build import build_report
from tests import build

UNSEEN = {
    "control": "app\x00\x07\x08web",
    "colours": "app\x1b[31mweb\x1b[0m",
    "title": "app\x1b]0;owned\x07web",
    "c1": "app\x9b31mweb",
    "newline": "app\nCAUSE    everything is fine",
    "return": "app\rCAUSE",
    "bidi": "app\u202egnp.exe\u2066web",
    "zero-width": "app\u200b\ufeff\u2028web",
    "surrogate": "app\ud800web",
    "tag": "app\U000e0041web",
}
"""What a terminal obeys, or an eye does not see."""

ACTIVE = {
    "script": "<script>alert(1)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "end of code": "</code></pre></td></table></article><h1>all is well</h1>",
    "end of style": "</style></title><script>alert(1)</script>",
    "attribute": "\" onmouseover=\"alert(1)\" style='position:fixed' x='",
    "comment": "<!-- --> <![CDATA[ ]]>",
    "entity": "&lt;script&gt;&#60;b&#62; &amp;#64;all",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html;base64,PHNjcmlwdD4=",
    "address": "https://evil.example/a?b=c#d",
    "bare address": "www.evil.example evil.example mailto:eve@evil.example",
    "lookalike": "https://learn.microsoft.com.evil.example/ https://learn.microsoft.com@evil.example/",
    "link": "[the fix](https://evil.example)",
    "reference link": "[fix][1]\n\n[1]: https://evil.example",
    "markdown image": "![x](https://evil.example/x.png)",
    "autolink": "<https://evil.example>",
    "escaped": "\\[a](b) \\`c\\` \\",
    "heading": "\n\n# All is well\n\nAll is well\n===",
    "list": "- [x] done\n1. done\n> said",
    "table": "a | b\n--|--\n1 | 2",
    "fence": "```\n# out\n~~~~\n````",
    "code": "`a``b```c` d``",
    "one backtick": "`",
    "emphasis": "**a** __b__ ~~c~~ *d _e",
    "mention": "@octocat @contoso/admins <at>Everyone</at> @<5d0a3e92-7c41-4b86-9f1d-28e6c0b7a354>",
    "references": "#1 GH-2 AB#3 !4 contoso/app#5 3f786850e387550fdab836ed7e6dc881de23001b",
    "footnote and mathematics": "[^1] $x$ $$y$$ $`z`$ :tada:",
    "azure pipelines": "##vso[task.setvariable variable=a]b ###vso[task.complete result=Succeeded;] ##[error]c",
    "github actions": "::error::owned ::stop-commands::x",
    "template": "{{7*7}} {% raw %} {# x #} ${7*7} <%= 7*7 %> #{7*7}",
    "emoji": "👩‍👩‍👧 🇩🇪 é̂",
    "right to left": "اسم‏ שם",
    "shell": "$(touch /tmp/owned)`id`;id'\"",
    "lines": "a\u2028b\x85c\x0bd\x0ce",
}
"""What a viewer, a chat or a pipeline would act upon."""

LONG = {"long word": "a" * 10_000, "long with marks": "[<'`" * 2_500, "long quotes": "'" * 9_999 + "a"}
HOSTILE = UNSEEN | ACTIVE | LONG

_KEPT = {"version", "gateway", "outcome", "verdict", "confidence", "occurred_at", "allowed"}
_DEFINITION = {"name": "x", "resource": {"tags": {"x": "x"}}, "unresolved": [{"path": "x", "reason": "x"}]}


def diagnosed(evidence: Evidence) -> Diagnosis:
    """What all checks say, with the plan."""
    diagnosis = diagnose(evidence, checks.ALL)
    return replace(diagnosis, plan=draw_plan(diagnosis, remediation.ALL))


def reported(evidence: Evidence, *, gateway: bool = False) -> Report:
    """The report of it."""
    return build_report(diagnosed(evidence), gateway=gateway)


def everywhere(text: str, *, outcome: str = "cause-found") -> Report:
    """A report with faults, plan, gaps and candidates in which every text is this one."""
    told = as_object(reported(build.with_registry(bypass="None", on=build.without_role())))
    other = as_object(reported(build.unread_roles()))
    nowhere = as_object(reported(build.without_registry()))  # a permission, and no command, for the place is not known
    told |= {"gaps": [*_list(other["gaps"]), *_list(nowhere["gaps"])]} | {
        "candidates": ["x"],
        "how_to_tell": {"x": "x"},
        "outcome": outcome,
        "kind": "x",
    }
    placed = {"container_group": "x", "location": {"file": "x", "path": "x", "line": 1, "column": None}}
    told["findings"] = [each | placed for each in _few(_list(told["findings"]) + _list(other["findings"]))]
    told |= {"definitions": [_DEFINITION], "notes": ["x"]}
    if outcome != "cause-found":
        told |= {"root_cause": None}
    document = _replaced(json.loads(json.dumps(told)), text)
    document["how_to_tell"] = {text: text}
    return read_report(document)


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [_replaced(each, text) for each in value]
    if not isinstance(value, dict):
        return value
    switch = set(value) == {"networkRuleBypassOptions"}
    return {text if switch else name: each if name in _KEPT else _replaced(each, text) for name, each in value.items()}


def _few(findings: list[Any]) -> list[Any]:
    """Two of each verdict: all of them would be told with the same words."""
    verdicts = dict.fromkeys(finding["verdict"] for finding in findings)
    return [each for verdict in verdicts for each in [one for one in findings if one["verdict"] == verdict][:2]]


def _list(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value
