"""A make-believe `az` and `azd` on the path: they answer from a table, and what they are asked is noted.

The hooks are copied beside the app's package, so that a test has a policy of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.infra.programs import Answering, FailedError, put_programs, serving

REPOSITORY = Path(__file__).parents[2]
APP = "3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3"
OTHER = "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
PRINCIPAL = "11111111-1111-4111-8111-111111111111"
PULLER = "22222222-2222-4222-8222-222222222222"
CLIENT = "33333333-3333-4333-8333-333333333333"
SUFFIX = "z6okiqt5msmw4"  # uniqueString() of the subscription, the environment and the region below
GROUP = f"/subscriptions/{APP}/resourceGroups/rg-acimedic-prod"
TOPIC = f"{GROUP}/providers/Microsoft.EventGrid/systemTopics/evgs-acimedic-{SUFFIX}"
THEIRS = f"/subscriptions/{APP}/resourceGroups/rg-shared/providers/Microsoft.EventGrid/systemTopics/all-events"
FAR = (
    f"/subscriptions/{OTHER}/resourceGroups/rg-acimedic-prod-events/providers/Microsoft.EventGrid/systemTopics/"
    f"evgs-acimedic-{SUFFIX}"
)
REGISTRY = f"/subscriptions/{OTHER}/resourceGroups/rg-platform/providers/Microsoft.ContainerRegistry/registries/contoso"
PULL_IDENTITY = (
    f"/subscriptions/{APP}/resourceGroups/rg-orders/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-pull"
)
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acimedic1"
START = {
    "AZURE_ENV_NAME": "prod",
    "AZURE_SUBSCRIPTION_ID": APP,
    "AZURE_LOCATION": "westeurope",
    "ACIMEDIC_AUTH_CLIENT_ID": CLIENT,
}
MADE = START | {
    "AZURE_TENANT_ID": "44444444-4444-4444-8444-444444444444",
    "AZURE_RESOURCE_GROUP": "rg-acimedic-prod",
    "ACIMEDIC_SUFFIX": SUFFIX,
    "ACIMEDIC_APP_NAME": "func-acimedic",
    "ACIMEDIC_APP_ID": f"{GROUP}/providers/Microsoft.Web/sites/func-acimedic",
    "ACIMEDIC_ADDRESS": "https://func-acimedic.azurewebsites.net",
    "ACIMEDIC_PRINCIPAL_ID": PRINCIPAL,
    "ACIMEDIC_STORAGE_ID": STORAGE,
    "ACIMEDIC_DEADLETTER_CONTAINER": "dead-letters",
    "ACIMEDIC_VAULT": "kv-medic-1",
    "ACIMEDIC_GUARDED": "true",
    "ACIMEDIC_TOPICS": json.dumps([TOPIC]),
    "ACIMEDIC_REACH": json.dumps([APP]),
}
PROVIDERS = (
    "Microsoft.Authorization",
    "Microsoft.Consumption",
    "Microsoft.EventGrid",
    "microsoft.insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
    "Microsoft.Web",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """program: az or azd. files: what the files held that were named, and modes who could read them."""

    program: str
    words: list[str]
    files: list[object]
    modes: list[str]

    def said(self, *parts: str) -> bool:
        """Whether all parts were said."""
        return all(part in " ".join(self.words) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said to whatever holds all these parts, so many times. error: it fails, with this."""

    to: tuple[str, ...]
    value: object = None
    error: str = ""
    times: int = 1000


@dataclass(slots=True)
class Azure:
    """The folder of one test, and what its Azure answers. The first answer that fits, and is left, is given.

    calls: what was asked in the last run, in order. asks: who answers instead of the table.
    """

    folder: Path
    answers: list[Answer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    asks: Answering | None = None

    def __post_init__(self) -> None:
        shutil.copytree(REPOSITORY / "infra" / "hooks", self.folder / "infra" / "hooks")
        (self.folder / "acimedic").symlink_to(REPOSITORY / "acimedic")
        put_programs(self.folder)

    def answer(self, value: object, *to: str, times: int = 1000) -> None:
        """Answer whatever holds all these parts, so many times."""
        self.answers.append(Answer(to=to, value=value, times=times))

    def refuse(self, error: str, *to: str, times: int = 1000) -> None:
        """Fail whatever holds all these parts, so many times."""
        self.answers.append(Answer(to=to, error=error, times=times))

    def first(self, value: object, *to: str, times: int = 1000) -> None:
        """Answer so before anything that was said earlier."""
        self.answers.insert(0, Answer(to=to, value=value, times=times))

    def first_refuse(self, error: str, *to: str, times: int = 1000) -> None:
        """Fail so before anything that was said earlier."""
        self.answers.insert(0, Answer(to=to, error=error, times=times))

    def run(self, hook: str, *, stdin: int | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a hook as azd does. stdin: where answers come from; nobody is there otherwise."""
        self.calls = []
        with serving(self.folder, self._writing_down(self.asks or _table(self.answers))):
            return subprocess.run(
                [sys.executable, str(self.folder / "infra" / "hooks" / f"{hook}.py")],
                env={"PATH": str(self.folder / "bin"), "ACIMEDIC_HOOK_PAUSE": "0", "TMPDIR": _temporary()}
                | environment,
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )

    def _writing_down(self, answering: Answering) -> Answering:
        """The same, with every call noted, azd's among them: that has nothing to say."""

        def answer(program: str, words: Sequence[str]) -> str:
            named = [Path(word[1:]) for word in words if word.startswith("@")]
            files = [json.loads(path.read_text(encoding="utf-8")) for path in named]
            modes = [oct(path.stat().st_mode & 0o777) for path in named]
            self.calls.append(Call(program=program, words=[*words], files=files, modes=modes))
            return "" if program == "azd" else answering(program, words)

        return answer

    @property
    def remembered(self) -> dict[str, str]:
        """What azd was told to keep."""
        return {call.words[2]: call.words[3] for call in self.calls if call.program == "azd"}


def _table(answers: list[Answer]) -> Answering:
    """Answers of a table, each as often as it is left."""
    left = [answer.times for answer in answers]

    def answer(program: str, words: Sequence[str]) -> str:
        said = " ".join(words)
        for place, each in enumerate(answers):
            if left[place] and all(part in said for part in each.to):
                left[place] -= 1
                if each.error:
                    raise FailedError(f"ERROR: {each.error}")
                return "" if each.value is None else json.dumps(each.value)
        raise FailedError(f"no answer is known to: {program} {said}", 3)

    return answer


def _temporary() -> str:
    return os.environ.get("TMPDIR", "/tmp")  # noqa: S108 - the hook chooses a name there that nobody can guess


def in_order(folder: Path) -> Azure:
    """An Azure in which everything is in order, and nothing of ours is there yet."""
    azure = Azure(folder)
    azure.answer({"environmentName": "AzureCloud"}, "account show")
    azure.answer([{"name": "westeurope"}, {"name": "northeurope"}], "list-flexconsumption-locations")
    azure.answer({"value": [{"actions": ["*"], "notActions": []}]}, "Microsoft.Authorization/permissions")
    azure.answer([{"namespace": each, "registrationState": "Registered"} for each in PROVIDERS], "provider list")
    azure.answer(None, "provider register")
    azure.answer([], "system-topic list")
    azure.answer([], "keyvault list-deleted")
    azure.answer({"principalId": PULLER}, "identity show", PULL_IDENTITY)
    azure.answer({"appId": CLIENT}, "rest --method post", "/v1.0/applications")
    # A service principal that has to be made, and then to be closed.
    azure.answer([], "ad sp list", times=1)
    azure.answer([{"appId": CLIENT, "appRoleAssignmentRequired": False}], "ad sp list", times=1)
    azure.answer([{"appId": CLIENT, "appRoleAssignmentRequired": True}], "ad sp list")
    azure.answer(None, "ad ")
    return azure


def asked(azure: Azure, *parts: str) -> list[Call]:
    """The calls that held all these parts."""
    return [call for call in azure.calls if call.said(*parts)]
