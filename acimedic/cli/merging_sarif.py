"""Several SARIF logs of ours as one log of one run (pure).

GitHub refuses a file that has several runs of one tool and category, hence one run.
Source: https://github.blog/changelog/2024-05-06-code-scanning-will-stop-combining-runs-from-a-single-upload/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def merged(logs: Sequence[Mapping[str, Any]]) -> Json:
    """The log of all. Raises ValueError where there is none, or one that has another form than ours."""
    if not logs:
        raise ValueError("there is no log")
    try:
        runs = [run for log in logs for run in log["runs"]]
        rules = {rule["id"]: rule for run in runs for rule in run["tool"]["driver"]["rules"]}
        places = {name: at for at, name in enumerate(rules)}
        driver = runs[0]["tool"]["driver"] | {"rules": list(rules.values())}
        run = {key: value for each in reversed(runs) for key, value in each.items() if key != "properties"} | {
            "tool": {"driver": driver},
            "invocations": [_moved_notes(each, run, places) for run in runs for each in run.get("invocations", ())],
            "results": list(_results(runs, places)),
        }
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"a log has another form than ours: {type(error).__name__} {error}") from error
    return {**logs[0], "runs": [run]}


def _results(runs: Iterable[Json], places: Mapping[str, int]) -> Iterator[Json]:
    for run in runs:
        for result in run["results"]:
            yield result | {"ruleIndex": places[_rule_at(run, result["ruleIndex"])]}


def _moved_notes(invocation: Json, run: Json, places: Mapping[str, int]) -> Json:
    notes = [_moved(note, run, places) for note in invocation.get("toolExecutionNotifications", ())]
    return invocation | {"toolExecutionNotifications": notes}


def _moved(note: Json, run: Json, places: Mapping[str, int]) -> Json:
    rule = note.get("associatedRule")
    if rule is None or "index" not in rule:
        return note
    return note | {"associatedRule": rule | {"index": places[_rule_at(run, rule["index"])]}}


def _rule_at(run: Json, index: int) -> str:
    name: str = run["tool"]["driver"]["rules"][index]["id"]
    return name
