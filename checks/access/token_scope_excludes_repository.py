"""The registry token with which the group signs in may not read this repository.

Cause: the token's scope map has no `content/read` for the repository.
Evidence: the actions of the token's scope map, wildcards evaluated.
Fix: add the repository to the scope map.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions
"""

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from checks.access.token_disabled_or_expired import token_of

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions"
CHANGES = ("microsoft.containerregistry/registries/scopemaps/",)


def check(pull: Pull) -> Verdict:
    """Whether the scope map names the repository."""
    registry, token = token_of(pull)
    repository = pull.well_formed().repository
    actions = need(token.actions)
    if token.reads(repository, actions):
        return Pass(f"the scope map of token '{token.name}' lets it read '{repository}'")
    return Fail(
        summary=f"Token '{token.name}' of registry '{registry.name}' may not read repository '{repository}': its "
        "scope map "
        f"'{token.scope_map}' does not say so.",
        fix=in_words(
            "Add the repository to the token's scope map.",
            f"az acr scope-map update --registry {q(registry.name)} --name {q(token.scope_map or '')} "
            f"--add-repository {q(repository)} content/read metadata/read",
        ),
        evidence=(Fact(f"actions of scope map '{token.scope_map}'", ", ".join(actions) or "none", token.source),),
    )
