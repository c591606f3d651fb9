"""What was asked for, and everything about it that contradicts itself: found before Azure is asked anything."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from azure_cli import RefusedError, flag, listed

_SUBSCRIPTION = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_REGISTRY = re.compile(
    r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/,=\s]+/providers/Microsoft\.ContainerRegistry/registries/[a-z0-9]{5,50}",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"[A-Za-z0-9-]{1,40}")
_SHORTEST_KEY = 32
_T = TypeVar("_T")
_MODES = ("off", "review", "auto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """name: of the azd environment. subscription: where the app goes. watched: all that are watched, that one first.
    also_read: further ones, of registries alone. images: registries whose manifests may be read, by resource id.
    client_id: of an app registration that is there; empty to have one made. vaulted: whether keys lie in a vault.
    mails: whether mail is sent. networked: whether the app reaches the network through a subnet.
    """

    name: str
    subscription: str
    location: str
    remediation: str
    watched: tuple[str, ...]
    also_read: tuple[str, ...]
    images: tuple[str, ...]
    authentication: bool
    client_id: str
    vaulted: bool
    teams: bool
    mails: bool
    networked: bool

    @property
    def repairs(self) -> bool:
        """Whether anything may be changed."""
        return self.remediation != "off"

    @property
    def reach(self) -> tuple[str, ...]:
        """Every subscription that the app gets rights in."""
        return tuple(dict.fromkeys((*self.watched, *self.also_read)))


def read_choices(environment: Mapping[str, str], root: Path) -> Choices:
    """What the environment asks for. root: where policy.json and routes.json are.

    Raises RefusedError with every fault.
    """
    faults: list[str] = []
    choices = Choices(
        name=_well_formed(
            environment, "AZURE_ENV_NAME", _ENVIRONMENT, "letters, digits and hyphens, 40 at most", faults
        ),
        subscription=_well_formed(
            environment, "AZURE_SUBSCRIPTION_ID", _SUBSCRIPTION, "the id of a subscription", faults
        ),
        location=environment.get("AZURE_LOCATION", "").replace(" ", "").lower(),
        remediation=environment.get("ACIMEDIC_REMEDIATION", "").strip() or "off",
        watched=(
            environment.get("AZURE_SUBSCRIPTION_ID", "").strip().lower(),
            *_ids(environment, "ACIMEDIC_FURTHER_SUBSCRIPTIONS", faults),
        ),
        also_read=_ids(environment, "ACIMEDIC_ALSO_READ", faults),
        images=_registries(environment, faults),
        authentication=_flag(environment, "ACIMEDIC_AUTHENTICATION", True, faults),
        client_id=environment.get("ACIMEDIC_AUTH_CLIENT_ID", "").strip(),
        vaulted=_flag(environment, "ACIMEDIC_KEY_VAULT", True, faults),
        teams=_flag(environment, "ACIMEDIC_TEAMS", False, faults),
        mails=_flag(environment, "ACIMEDIC_MAIL", False, faults),
        networked=bool(environment.get("ACIMEDIC_SUBNET_ID", "").strip()),
    )
    faults += _contradictions(choices, environment, root)
    if faults:
        raise RefusedError(*faults)
    return choices


def _contradictions(choices: Choices, environment: Mapping[str, str], root: Path) -> list[str]:
    faults = []
    if choices.remediation not in _MODES:
        faults.append(f"ACIMEDIC_REMEDIATION is '{choices.remediation}'; it is one of {', '.join(_MODES)}")
    if not choices.location:
        faults.append("AZURE_LOCATION is not set: `azd env set AZURE_LOCATION REGION`")
    if choices.repairs and not choices.vaulted:
        faults.append("ACIMEDIC_KEY_VAULT is false: what repairs needs a Key Vault for the keys of approvals")
    if choices.repairs and not choices.authentication:
        faults.append("ACIMEDIC_AUTHENTICATION is false: what repairs needs to know who decides")
    if choices.repairs and not (root / "policy.json").is_file():
        faults.append(
            "there is no policy.json: it says what may be changed (docs/policy.example.json is a complete one)"
        )
    if choices.teams and not choices.vaulted:
        faults.append("ACIMEDIC_TEAMS needs a Key Vault: the address of the workflow is a secret")
    if not choices.vaulted and len(environment.get("ACIMEDIC_AUDIT_KEY", "").strip()) < _SHORTEST_KEY:
        faults.append(
            f"without a Key Vault ACIMEDIC_AUDIT_KEY is needed, {_SHORTEST_KEY} characters or more: "
            "export it in the shell that runs azd"
        )
    told = environment.get("ACIMEDIC_MAIL_TO", "").strip() or (root / "routes.json").is_file()
    if choices.mails and not told:
        faults.append("ACIMEDIC_MAIL is true, and nobody is written to: set ACIMEDIC_MAIL_TO, or write a routes.json")
    return faults


def _well_formed(
    environment: Mapping[str, str], name: str, form: re.Pattern[str], words: str, faults: list[str]
) -> str:
    value = environment.get(name, "").strip()
    if not form.fullmatch(value.lower() if form is _SUBSCRIPTION else value):
        faults.append(f"{name} is '{value}'; it is {words}")
    return value.lower() if form is _SUBSCRIPTION else value


def _ids(environment: Mapping[str, str], name: str, faults: list[str]) -> tuple[str, ...]:
    found = tuple(each.lower() for each in _list(environment, name, faults))
    faults += [f"{name} holds '{each}'; it is a list of subscription ids" for each in found if not _is_id(each)]
    return found


def _is_id(value: str) -> bool:
    return _SUBSCRIPTION.fullmatch(value) is not None


def _registries(environment: Mapping[str, str], faults: list[str]) -> tuple[str, ...]:
    name = "ACIMEDIC_IMAGE_REGISTRIES"
    found = tuple(_list(environment, name, faults))
    faults += [
        f"{name} holds '{each}'; it is a list of resource ids" for each in found if not _REGISTRY.fullmatch(each)
    ]
    return found


def _list(environment: Mapping[str, str], name: str, faults: list[str]) -> list[str]:
    return _or(lambda: listed(environment, name), [], faults)


def _flag(environment: Mapping[str, str], name: str, default: bool, faults: list[str]) -> bool:
    return _or(lambda: flag(environment, name, default=default), default, faults)


def _or(read: Callable[[], _T], otherwise: _T, faults: list[str]) -> _T:
    try:
        return read()
    except RefusedError as error:
        faults += [fault for fault in error.faults if fault not in faults]
        return otherwise
