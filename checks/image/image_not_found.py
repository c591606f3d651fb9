"""The registry has no such repository, tag or digest.

Cause: a misspelt name, a tag that was never pushed or was deleted, an image that was moved.
Evidence: the registry's own answer to a reader that may see the repository, or a container event that says `manifest
unknown` or `name unknown`. A registry that does not let us in proves nothing.
Fix: the nearest tag, or push the image.
Source: https://learn.microsoft.com/troubleshoot/azure/azure-container-registry/manifest-tag-not-found
"""

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.reading import Absent, Gap, NotKnownError
from acimedic.model.registry import Registry
from acimedic.model.testimony import Manifest, NotThere
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.pulls import idle_credentials
from acimedic.testimony import tail_fact, tails

ERRORS = ("InaccessibleImage", "manifest unknown", "name unknown")
DOCS = "https://learn.microsoft.com/troubleshoot/azure/azure-container-registry/manifest-tag-not-found"
CHANGES = ("microsoft.containerregistry/registries/artifacts/",)


def check(pull: Pull) -> Verdict:
    """Whether the registry, or a container event, says that it is not there."""
    reference = pull.well_formed()
    if reference.host_implied and pull.credential is None and idle_credentials(pull.evidence):
        return Skip("the image names no registry, which explains it")
    if isinstance(pull.registry, Registry) and (pull.registry.quarantine or "").lower() == "enabled":
        return Skip("the registry quarantines images, which would explain it")
    said = pull.evidence.testimony(str(reference))
    missing = tails(pull, "manifest-unknown", "name-unknown")
    match said:
        case NotThere(what=what, nearest=nearest, source=source):
            facts = (Fact(f"{what} in the registry", "not there", source), *(tail_fact(tail) for tail in missing))
            return _fail(pull, what, nearest, facts, sure=True)
        case Manifest(source=source) if not missing:
            return Pass(f"'{reference}' is in the registry", (Fact("manifest", said.digest or "read", source),))
        case Absent(what=host):
            return Skip(f"{host} does not exist")
        case Gap() if not missing:
            raise NotKnownError(said)
        case Manifest() | Gap():
            what = "repository" if missing[0].kind == "name-unknown" else "tag" if not reference.digest else "digest"
            facts = tuple(tail_fact(tail) for tail in missing)
            return _fail(pull, what, (), facts, sure=isinstance(said, Gap))


def _fail(pull: Pull, what: str, nearest: tuple[str, ...], facts: tuple[Fact, ...], *, sure: bool) -> Fail:
    reference = pull.well_formed()
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    return Fail(
        summary=f"The {what} of '{reference}', which {pull.where} is to pull, is not in registry "
        f"{reference.host}.{hint}",
        fix=in_words(
            "Name a tag that is there, or push the image." + hint,
            *_show_tags(pull),
        ),
        evidence=facts,
        confidence="confirmed" if sure else "likely",
    )


def _show_tags(pull: Pull) -> tuple[str, ...]:
    """The command that lists the tags, where Azure knows the registry."""
    if not isinstance(pull.registry, Registry):
        return ()
    name, repository = q(pull.registry.name), q(pull.well_formed().repository)
    return (f"az acr repository show-tags --name {name} --repository {repository} --orderby time_desc",)
