"""What a report says of names that somebody wrote: without what is secret in them, and not without end (pure).

An image or a server may be written as an address, with a password before the host or a key behind it; messages about
it quote the whole and parts of it. A password has no form of its own, so it is found where the name is known.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from acimedic.model.definition import Definition
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fact, Fix
from acimedic.redact import redact

LONGEST_NAME = 1024
"""Characters; the longest image that a registry takes is shorter."""
_LONGEST_TEXT = 8 * LONGEST_NAME
_MOST_TAILS = 20
_USER = re.compile(  # what follows the @ is no host where it is a digest
    r"\A(?:[a-z][a-z0-9+.-]{0,30}:/{1,2}[^:@/]{0,200}:(?P<first>.+)@(?!sha\d{3}:)"
    r"|[^:@/]{0,200}:(?!//)(?P<bare>.+)@(?=localhost\b|[\w-]{1,63}\.))",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Disclosing:
    """What is said in place of what: the longest first."""

    instead: tuple[tuple[str, str], ...] = ()

    def text(self, text: str) -> str:
        """A text without what is secret in names, and not without end."""
        return _cut(self.whole(text), _LONGEST_TEXT)

    def whole(self, text: str) -> str:
        """A text of Azure's: all that it says but for what is secret in names."""
        for said, shown in self.instead:
            text = text.replace(said, shown)
        return redact(text)

    def fact(self, fact: Fact) -> Fact:
        """A line of evidence."""
        return Fact(self.text(fact.fact), self.text(fact.value), self.text(fact.source))

    def fix(self, fix: Fix) -> Fix:
        """What a person can do."""
        return replace(
            fix,
            text=self.text(fix.text),
            az=tuple(map(self.text, fix.az)),
            bicep=None if fix.bicep is None else self.text(fix.bicep),
        )

    def gap(self, gap: Gap) -> Gap:
        """What could not be read."""
        return replace(gap, reading=self.text(gap.reading), reason=self.text(gap.reason))


def disclosing(evidence: Evidence) -> Disclosing:
    """How the names of this evidence are shown."""
    return of_names(_names(evidence), (evidence.group.name, str(evidence.group), *_labels(evidence)))


def of_names(names: Iterable[str], labels: Iterable[str] = ()) -> Disclosing:
    """How names of images and servers are shown where a text quotes them, or what is secret in them.

    labels: other names, in which there is no address; they are only cut.
    """
    instead = {said: shown for name in names for said, shown in _instead(name)}
    instead |= {label: _cut(redact(label), LONGEST_NAME) for label in labels if len(label) > LONGEST_NAME}
    return Disclosing(tuple(sorted(instead.items(), key=lambda pair: -len(pair[0]))))


def name_shown(name: str) -> str:
    """An image, a server or the like as it may be shown."""
    for part, shown in _secrets(name):
        name = name.replace(part, shown)
    return _cut(redact(name), LONGEST_NAME)  # cut last: half a password is no longer known for one


def _definitions(evidence: Evidence) -> Iterator[Definition]:
    yield from (each for each in (evidence.definition, evidence.live) if isinstance(each, Definition))


def _names(evidence: Evidence) -> Iterator[str]:
    for definition in _definitions(evidence):
        for container in () if isinstance(definition.containers, Gap) else definition.containers:
            if isinstance(container.image, str):
                yield container.image
        for credential in () if isinstance(definition.credentials, Gap) else definition.credentials:
            if isinstance(credential.server, str):
                yield credential.server
    if not isinstance(evidence.error, Gap):
        yield from evidence.error.images


def _labels(evidence: Evidence) -> Iterator[str]:
    for definition in _definitions(evidence):
        for container in () if isinstance(definition.containers, Gap) else definition.containers:
            yield container.name


def _instead(name: str) -> Iterator[tuple[str, str]]:
    """A name and what is secret in it, each with what is said in its place; nothing where it may be shown as it is."""
    if len(name) > LONGEST_NAME:
        yield name, name_shown(name)
    for part, shown in _secrets(name):
        yield part, shown
        yield repr(part)[1:-1], shown  # as messages quote a part of a name


def _secrets(name: str) -> Iterator[tuple[str, str]]:
    """The password before a host, with its @, and the query behind one, with its question mark."""
    user = _USER.match(name) if "@" in name else None
    if user is not None:
        password = f"{user['first'] or user['bare']}@"
        yield password, "(removed)@"
        tails = [found.end() for found in re.finditer("/", password)]  # a server is quoted from a slash on, as a path
        yield from ((password[at:], "(removed)@") for at in tails[:_MOST_TAILS])
    query = name.partition("?")[2]
    if query:
        yield f"?{query}", "?(removed)"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"
