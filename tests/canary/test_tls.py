"""Nothing in the code has a word about TLS that could weaken it, in whatever way it is written."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = frozenset(
    {
        *("verify_ssl", "connection_verify", "check_hostname", "verify_mode", "verify_flags"),
        *("ssl_context", "CERT_NONE", "CERT_OPTIONAL", "_create_unverified_context", "create_unverified_context"),
        *("OP_LEGACY_SERVER_CONNECT", "disable_warnings", "assert_hostname", "cert_reqs", "PYTHONHTTPSVERIFY"),
    }
)
"""What has to do with trust in a server: whoever names one of them weakens it, or says something that goes without."""
PASSED = frozenset({"verify", "ssl"})
"""Words of our own as well: these are looked for among what a call or a dict is given alone."""


OWN = {"acimedic/__main__.py: verify", "acimedic/lifecycle/activities.py: verify"}
"""A command and an activity of ours, which look whether a change has helped."""


def about_trust(tree: ast.AST) -> Iterator[str]:
    """The names of that kind that a file imports, passes, sets, asks for by text or calls."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str(name)) if name in PASSED | NAMES:
                yield name
            case ast.Dict(keys=keys):
                yield from (key.value for key in keys if isinstance(key, ast.Constant) and key.value in PASSED)
            case ast.Attribute(attr=name) | ast.alias(name=name) | ast.Name(id=name) if name in NAMES:
                yield name
            case ast.Constant(value=str(name)) if name in NAMES:
                yield name


@pytest.mark.parametrize(
    "code",
    [
        "session.get(url, verify=False)",
        "TCPConnector(ssl=False)",
        "context.check_hostname = False",
        "context.verify_mode = ssl.CERT_NONE",
        "options = {'connection_verify': 0}",
        "options = {'verify': 0}",
        "setattr(context, 'verify_mode', 0)",
        "from ssl import _create_unverified_context as made",
        "os.environ['PYTHONHTTPSVERIFY'] = '0'",
    ],
)
def test_what_switches_tls_off_is_seen(code: str) -> None:
    assert list(about_trust(ast.parse(code)))


def test_nothing_speaks_of_trust_in_a_server() -> None:
    files = [ROOT / "function_app.py"]
    for folder in ("acimedic", "checks", "remediation", "infra", ".ci"):
        files += sorted((ROOT / folder).rglob("*.py"))
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in about_trust(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(files) > 300
    assert found - OWN == set()
