"""The page of the rights, written from their table and from what scenarios come to without them."""

from acimedic.permissions import EXAMINING, IMAGES, READ, WRITE, Right
from tests.rights.showing import shown_by
from tests.rights.worlds import newly_unknown, run_without
from tests.scenarios.running import NAMES, run

_SEVERAL = 12

_HEAD = """\
# What ACI Medic may do

Each right, who uses it, and what fails without it. There are three modules in `infra/`, one for each thing that an
owner may or may not agree to. Their roles hold these actions and no others, with no wildcard; tests compare them with
what is really sent, both ways. Nothing on this page was ever run against Azure itself: the tests hold the roles against
a make-believe one that refuses what is not granted.

No right of Microsoft Graph is ever asked for. What only Graph could tell, such as whether the secret of a service
principal has expired, is reported as not known. Azure Resource Graph needs no right of its own: it answers with what
the rights below let one read.

**The built-in role Reader is not used**, nor any other with `*/read`: on a registry in legacy mode
`Microsoft.ContainerRegistry/registries/pull/read` is such an action, so its holder can pull every image. For the same
reason Role Based Access Control Administrator is not used either.
"""

_READ = """\
## Reading: `access-read.bicep`

One custom role at each subscription that is watched, and at each that holds a registry or an identity of what is
watched. It changes nothing, and lets nobody pull. Where a right is missing, the reading becomes a gap that names it,
and the checks that need it say `unknown`. What other readings prove is told all the same, so the cause that is named
may be another than with it.
"""

_WRITE = """\
## Changing: `access-write.bicep`

Only with the mode `review` or `auto`, at single registries. What is read before and after a change needs
`access-read.bicep` at the subscription of the registry. The right to assign roles has a condition, which Azure itself
enforces, in both of its halves, for what is given and for what is taken away:

- the role is AcrPull or Container Registry Repository Reader;
- the principal is a service principal or managed identity, never a person or a group;
- where `allowedPrincipals` is not empty, the principal is one of these (their object ids, 90 at the most).

`registries/write` is given only with `trustedServices`. [The threat model](threat-model.md#what-is-not-defended) says
what either still allows.
"""

_IMAGES = """\
## Looking at images: `access-images.bicep`

Off by default, for single registries. **Whoever holds it can pull every image of the registry**: Azure has no right to
look at a manifest or a tag that is not also a right to pull. Which role counts follows from the registry's role
assignment mode: AcrPull in legacy mode, Container Registry Repository Reader in ABAC mode. The right to list the
repositories of a registry in ABAC mode (Container Registry Repository Catalog Lister) is not asked for; all that is
lost are the names of repositories like the one that is missing.
"""


def page() -> str:
    """docs/permissions.md."""
    return "\n".join(
        [
            _HEAD,
            _READ,
            *_table(READ, "the checks that then say `unknown`"),
            "The checks are those of one scenario in which the right matters; where there are none, another reading "
            "tells the same there.",
            "",
            _WRITE,
            *_table(WRITE, "given only with"),
            _IMAGES,
            *_table(IMAGES, "given only where"),
            "Scenarios in which the cause is not found without it, though it is with it:",
            "",
            *_only_with_images(),
            "",
        ]
    )


def _table(rights: tuple[Right, ...], last: str) -> list[str]:
    lines = [f"| action | used by | without it | {last} |", "|---|---|---|---|"]
    for right in rights:
        kind = " (data action)" if right.data else ""
        cells = (f"`{right.action}`{kind}", ", ".join(right.used_by), right.without, _last(right))
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _last(right: Right) -> str:
    if right.module != "access-read":
        return f"`{right.only_if}`" if right.only_if else "always"
    if right in EXAMINING:
        return "none: only the doctor asks"
    name = shown_by(right)
    after = run_without(name, right.action)
    unknown = newly_unknown(run_without(name), after)
    if not after.report["findings"]:
        return "all: no container group is known"
    if len(unknown) > _SEVERAL:
        return f"{len(unknown)} of them"
    return ", ".join(f"[{check}](checks/{check}.md)" for check in unknown) or "none"


def _only_with_images() -> list[str]:
    """Each scenario whose root cause goes with what the registry says of the image."""
    causes: dict[str, list[str]] = {}
    for name in NAMES:
        cause = run(name).report["root_cause"]
        if cause is not None and run_without(name).report["root_cause"] != cause:
            causes.setdefault(cause, []).append(name)
    return [f"- [{cause}](checks/{cause}.md): {len(names)}" for cause, names in sorted(causes.items())]
