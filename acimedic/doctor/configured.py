"""What the settings, the policy and the routes say, one by one and together (pure)."""

import re
from collections.abc import Sequence

from acimedic.doctor.finding import Finding, command, ok, provision, unknown, wrong
from acimedic.doctor.installed import NOWHERE, Installed
from acimedic.policy import Consent, InvalidPolicy, NoPolicy, Policy
from acimedic.settings import Settings, contradictions

_EXAMPLE = "cp docs/policy.example.json policy.json"
_POLICY = "acimedic doctor, until it has no fault; then azd up"
_NAMED = re.compile(r"(?:AZURE|ACIMEDIC)_[A-Z0-9_]{1,80}")
# What azd deploys under another name, or makes itself.
_OF_AZD = {
    "ACIMEDIC_MODE": ("ACIMEDIC_REMEDIATION", "off|review|auto"),
    "ACIMEDIC_SUBSCRIPTIONS": ("ACIMEDIC_FURTHER_SUBSCRIPTIONS", "ID,ID"),
    "ACIMEDIC_MAIL_ENDPOINT": ("ACIMEDIC_MAIL", "true"),
    "ACIMEDIC_MAIL_FROM": ("ACIMEDIC_MAIL", "true"),
    "ACIMEDIC_MAIL_TO": ("ACIMEDIC_MAIL_TO", "ADDRESS"),
    "ACIMEDIC_EVENTS_TOPIC": ("ACIMEDIC_PUBLISH", "true"),
    "ACIMEDIC_REGISTRIES": ("ACIMEDIC_REGISTRIES", "HOST,HOST"),
    "ACIMEDIC_RETENTION_DAYS": ("ACIMEDIC_RETENTION_DAYS", "90"),
    "ACIMEDIC_APPROVAL_HOURS": ("ACIMEDIC_APPROVAL_HOURS", "24"),
    "ACIMEDIC_INCIDENTS_PER_HOUR": ("ACIMEDIC_INCIDENTS_PER_HOUR", "200"),
    "ACIMEDIC_URL": ("ACIMEDIC_URL", "https://HOST"),
}
_MADE = {"ACIMEDIC_AUDIT_KEY", "ACIMEDIC_APPROVAL_KEY", "ACIMEDIC_HASH_KEY", "ACIMEDIC_DEADLETTERS", "AZURE_CLOUD"}


def set_right(fault: str, here: Installed) -> str:
    """The command that puts a setting right: the last one that the fault names is the one that is missing or wrong.

    Of the deployed app it is azd that sets what azd deploys; on a laptop the shell does.
    """
    named = _NAMED.findall(fault.partition(":")[0])
    name = named[-1] if named else "NAME"
    if not here.site:
        return f"export {name}=VALUE"
    if name in _MADE:
        return provision()
    if name in _OF_AZD:
        return provision(*_OF_AZD[name])
    place = ("--name", here.site, "--resource-group", here.group or "GROUP")
    return command("az", "functionapp", "config", "appsettings", "set", *place, "--settings", f"{name}=VALUE")


def unreadable(faults: Sequence[str], here: Installed = NOWHERE) -> tuple[Finding, ...]:
    """Settings that could not be read at all: nothing else is looked at, for it would be about something else."""
    return (
        *(wrong("settings", fault, set_right(fault, here)) for fault in faults),
        unknown("the rest", "it was not looked at: put the settings right first"),
    )


def judge_settings(settings: Settings, missing: Sequence[str] = (), here: Installed = NOWHERE) -> tuple[Finding, ...]:
    """What contradicts itself. missing: what else whoever keeps incidents would refuse to begin without."""
    said = [*missing, *contradictions(settings)]
    if settings.mode != "observe" and settings.url is None:
        said.append(
            f"ACIMEDIC_MODE is {settings.mode} and ACIMEDIC_URL is not set: no message leads to where one decides"
        )
    if said:
        return tuple(wrong("settings", fault, set_right(fault, here)) for fault in said)
    served = ", ".join(settings.subscriptions) or "every subscription that it sees"
    kept = f"closed incidents are kept for {settings.retention_days} days"
    through = "" if settings.gateway is None else "; all of it through a gateway, over a make-believe Azure"
    return (ok("settings", f"mode {settings.mode}; served: {served}; {kept}{through}"),)


def judge_policy(consent: Consent) -> tuple[Finding, ...]:
    """Whether the policy can be followed, and goes with the mode and with the subscriptions that are served."""
    policy, mode = consent.policy, consent.mode
    match policy:
        case InvalidPolicy():
            return tuple(wrong("policy", f"the policy is not followed: {fault}", _POLICY) for fault in policy.faults)
        case NoPolicy():
            if mode == "observe":
                return (ok("policy", "there is none, and nothing is changed"),)
            said = f"ACIMEDIC_MODE is {mode} and there is no policy: plans are shown, and none can be carried out"
            return (wrong("policy", said, f"{_EXAMPLE}, and write your own registries into it; then azd up"),)
        case Policy():
            return _followed(policy, consent)


def _followed(policy: Policy, consent: Consent) -> tuple[Finding, ...]:
    said = _out_of_line(policy, consent.subscriptions)
    if said is not None:
        repair = "azd env set ACIMEDIC_FURTHER_SUBSCRIPTIONS ID,ID, or correct the policy; then azd up"
        return (wrong("policy", said, repair),)
    what = f"pairs: {len(policy.pairs)}; {', '.join(policy.remedies)}; changes an hour: {policy.changes_per_hour}"
    idle = "; mode observe, so nothing is changed" if consent.mode == "observe" else ""
    return (ok("policy", f"it is valid: {what}{idle}"),)


def _out_of_line(policy: Policy, served: tuple[str, ...]) -> str | None:
    """How the subscriptions of a policy and those that are served do not go together; None where they do.

    A policy names those of registries and identities too, in which nothing has to be served.
    """
    if not served:
        return None
    held = {each.subscription.lower() for pair in policy.pairs for each in (pair.registry, pair.who)}
    strangers = [each for each in policy.subscriptions if each.lower() not in {*served, *held}]
    if strangers:
        return (
            f"the policy names {strangers[0]}, which is not among the subscriptions of ACIMEDIC_SUBSCRIPTIONS and "
            "holds neither a registry nor an identity of the policy"
        )
    if not any(each.lower() in served for each in policy.subscriptions):
        return "the policy names none of the subscriptions of ACIMEDIC_SUBSCRIPTIONS, so that nothing is ever changed"
    return None
