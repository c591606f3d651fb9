"""The tail of a failed pull."""

# ruff: noqa: E501  (errors are quoted whole)

import pytest

from acimedic.errors import event_tail, parse

HEAD = 'Failed to pull image "a.azurecr.io/x:1": rpc error: code = Unknown desc = Error response from daemon: '

TAILS = [
    (
        "Get https://a/v2/: denied: client with IP '20.1.2.3' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
        "firewall",
        "20.1.2.3",
    ),
    (
        "Get https://a/v2/x/manifests/1: unauthorized: authentication required, visit https://aka.ms/acr/authorization",
        "unauthorized",
        None,
    ),
    ("unauthorized: AAD token validation failed", "token-validation", None),
    ('manifest unknown: manifest tagged by "1" is not found', "manifest-unknown", "1"),
    ("manifest for a.azurecr.io/x:1 not found: manifest unknown", "manifest-unknown", "1"),
    ("name unknown: The repository with name x is not known", "name-unknown", None),
    ("unknown: The operation is disallowed.", "disallowed", None),
    ("toomanyrequests: You have reached your pull rate limit. You may increase the limit", "rate-limit", None),
    ("TOOMANYREQUESTS: too many requests to source registry for cache rule dockerhub", "throttled", "dockerhub"),
    ("received unexpected HTTP status: 429 Too Many Requests", "throttled", None),
    (
        "pull access denied for contoso/app, repository does not exist or may require 'docker login'",
        "denied-or-absent",
        "contoso/app",
    ),
    ("Get https://a/v2/: dial tcp: lookup a.azurecr.io on 168.63.129.16:53: no such host", "dns", "a.azurecr.io"),
    ("net/http: request canceled (Client.Timeout exceeded while awaiting headers)", "timeout", None),
    ("dial tcp 20.1.2.3:443: i/o timeout", "timeout", None),
    ("dial tcp 20.1.2.3:443: connect: connection refused", "unreachable", None),
    ("no matching manifest for linux/amd64 in the manifest list entries", "no-matching-platform", "linux/amd64"),
    ("something else", "other", None),
]


@pytest.mark.parametrize(("tail", "kind", "detail"), TAILS)
def test_a_tail_is_told_by_its_words(tail: str, kind: str, detail: str | None) -> None:
    """The kind, the image, and the address, tag or host that the tail gives."""
    found = event_tail(HEAD + tail)
    assert found is not None
    assert (found.kind, found.detail, found.image) == (kind, detail, "a.azurecr.io/x:1")


@pytest.mark.parametrize(
    "text", ['Back-off pulling image "x"', 'pulling image "x"', "Started container", "", "name unknown to me"]
)
def test_other_events_have_no_tail(text: str) -> None:
    """They tell of no refusal."""
    assert event_tail(text) is None


def test_the_failed_one_of_joined_events_is_read() -> None:
    """The rest of a joined message is not its tail."""
    found = event_tail(f'pulling image "y";{HEAD}unauthorized: authentication required;Back-off pulling image "z"')
    assert found is not None
    assert (found.kind, found.image) == ("unauthorized", "a.azurecr.io/x:1")


def test_the_code_of_grpc_is_no_code_of_azure() -> None:
    """`rpc error: code = Unknown desc = …` is one message, whose tail says how the registry refused."""
    said = (
        'Failed to pull image "contoso.azurecr.io/app/web:1": rpc error: code = Unknown desc = Error response from '
        "daemon: Get https://contoso.azurecr.io/v2/app/web/manifests/1: unauthorized: authentication required"
    )
    chain = parse(said)
    assert [link.code for link in chain.links] == [None]
    tail = event_tail(chain.links[0].message)
    assert tail is not None
    assert tail.kind == "unauthorized"
