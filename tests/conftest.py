"""What every test has: a home of its own, so that nothing is kept where whoever runs the tests keeps things."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        for name in ("ACIMEDIC_STORE", "ACIMEDIC_MODE", "ACIMEDIC_POLICY", "ACIMEDIC_SUBSCRIPTIONS"):
            patch.delenv(name, raising=False)
        yield
