"""What the settings, the policy and the routes say, one by one and together (pure)."""

from collections.abc import Sequence

from acimedic.doctor.finding import Finding, ok, unknown, wrong
from acimedic.policy import Consent, InvalidPolicy, NoPolicy, Policy
from acimedic.settings import Settings, contradictions

_SETTING = "az functionapp config appsettings set --name APP --resource-group GROUP --settings NAME=VALUE"
_POLICY = "write the policy (docs/policy.example.json shows a whole one), name it in ACIMEDIC_POLICY, and deploy"


def unreadable(faults: Sequence[str]) -> tuple[Finding, ...]:
    """Settings that could not be read at all: nothing else is looked at, for it would be about something else."""
    return (
        *(wrong("settings", fault, _SETTING) for fault in faults),
        unknown("the rest", "it was not looked at: put the settings right first"),
    )


def judge_settings(settings: Settings, missing: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What contradicts itself. missing: what else whoever keeps incidents would refuse to begin without."""
    faults = [wrong("settings", fault, _SETTING) for fault in (*missing, *contradictions(settings))]
    if settings.mode != "observe" and settings.url is None:
        said = f"ACIMEDIC_MODE is {settings.mode} and ACIMEDIC_URL is not set: no message leads to where one decides"
        faults.append(wrong("settings", said, _SETTING))
    if faults:
        return tuple(faults)
    served = ", ".join(settings.subscriptions) or "every subscription that it sees"
    kept = f"closed incidents are kept for {settings.retention_days} days"
    through = "" if settings.gateway is None else "; all of it through a gateway, over a make-believe Azure"
    return (ok("settings", f"mode {settings.mode}; served: {served}; {kept}{through}"),)


def judge_policy(consent: Consent) -> tuple[Finding, ...]:
    """Whether the policy can be followed, and goes with the mode and with the subscriptions that are served."""
    policy, mode = consent.policy, consent.mode
    match policy:
        case InvalidPolicy():
            return tuple(
                wrong("policy", f"the policy is not followed: {fault}", "correct the policy, and deploy")
                for fault in policy.faults
            )
        case NoPolicy():
            if mode == "observe":
                return (ok("policy", "there is none, and nothing is changed"),)
            said = f"ACIMEDIC_MODE is {mode} and there is no policy: plans are shown, and none can be carried out"
            return (wrong("policy", said, _POLICY),)
        case Policy():
            return _followed(policy, consent)


def _followed(policy: Policy, consent: Consent) -> tuple[Finding, ...]:
    strangers = [each for each in policy.subscriptions if consent.subscriptions and each not in consent.subscriptions]
    if strangers:
        said = f"the policy names {strangers[0]}, which is not among the subscriptions of ACIMEDIC_SUBSCRIPTIONS"
        return (wrong("policy", said, "bring ACIMEDIC_SUBSCRIPTIONS and the policy into line, and deploy"),)
    what = f"pairs: {len(policy.pairs)}; {', '.join(policy.remedies)}; changes an hour: {policy.changes_per_hour}"
    idle = "; mode observe, so nothing is changed" if consent.mode == "observe" else ""
    return (ok("policy", f"it is valid: {what}{idle}"),)
