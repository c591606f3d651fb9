"""What a registry says of an image: is it there, for which platforms, how large; or what is there instead.

An image that is there takes at most four requests: two for a token, its manifest, and the one part of it that
names the platform or the size. Nothing is retried and nothing is read from it that could run.
"""

import asyncio
import re
from contextlib import suppress

from acimedic.azure.read_registries import PERMISSION
from acimedic.azure.registry_api.desk import Desk
from acimedic.azure.registry_api.doors import EntraDoor, OpenDoor, admitted
from acimedic.azure.registry_api.hosts import Asked, NotAsked, is_public_name, whom_to_ask
from acimedic.azure.registry_api.line import Line, NoSuchHostError, NotLetInError, UnansweredError
from acimedic.azure.registry_api.missing import missing
from acimedic.azure.registry_api.present import described
from acimedic.azure.session import Session
from acimedic.image import registry_host
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap
from acimedic.model.registry import Registry
from acimedic.model.testimony import Testimony

_PULL = {
    "legacy": "Microsoft.ContainerRegistry/registries/pull/read",
    "abac": "Microsoft.ContainerRegistry/registries/repositories/content/read",
}
# What registries themselves say to strangers; a refusal by something before them proves nothing of the image.
_OWN_WORD = re.compile(r"[0-9]{3} (UNAUTHORIZED|DENIED|MANIFEST_UNKNOWN|NAME_UNKNOWN)\b")
_VERSION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|sha(256|384|512):[0-9a-f]{64,128}")
_REPOSITORY = re.compile(r"(?=.{1,255}$)[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")


async def enter(session: Session, host: str) -> None:
    """Ask to be let in at a login server that Azure has named; `ask` tells what came of it.

    Where Resource Graph named it, which is minutes behind, the registry may have been deleted and its name taken by
    somebody else. The token is for the service that answers for all these names, nobody can have it from a registry of
    their own, and what it lets us in for is asked only where Resource Manager names the registry as well.
    """
    if registry_host(host).acr_endpoint == "login" and is_public_name(host):
        with suppress(NotLetInError, UnansweredError, NoSuchHostError):
            await admitted(session, Line(session, host))


async def ask(
    session: Session,
    image: ImageReference,
    *,
    registry: Registry | None,
    want_platform: tuple[str, str],
    seconds: float = 12.0,
) -> Testimony:
    """Ask a registry about an image.

    registry: the Azure registry whose login server the image names, as Resource Manager showed it; None for others,
    and for one that we cannot see. want_platform: of the host that pulls, such as `("linux", "amd64")`.
    """
    want = _want(image, registry)
    whom = whom_to_ask(image, registry, session.settings.registries)
    if not (_REPOSITORY.fullmatch(image.repository) and _VERSION.fullmatch(image.version)):
        return _gap(want, "not asked: no registry has an image of that name")
    try:
        async with asyncio.timeout(seconds):
            if isinstance(whom, NotAsked):
                return await _of_the_host(session, image, whom, want)
            return await _of_the_image(session, image, whom, want_platform)
    except TimeoutError:
        return _gap(want, f"not checked: no answer within {seconds:g} s")
    except NotLetInError as error:
        said = "the registry did not let us in"
        if registry is None and _OWN_WORD.match(str(error)):
            said = "private or absent, the registry does not say which"
        return _gap(want, f"not checked: {said}: {error}{_quarantine(registry, str(error))}")
    except UnansweredError as error:
        reason = str(error)
        if not reason.startswith("not asked: "):
            reason = f"not checked: {reason}{_quarantine(registry, reason)}"
        return _gap(want, reason)
    except NoSuchHostError as error:
        if registry is not None:
            # Resource Manager knows it, so the name exists: a private DNS zone may hide it from us, not from Azure.
            return _gap(want, f"not checked: the name {error} does not resolve from here")
        return Absent(what=f"registry host {error}", source="DNS")


def _want(image: ImageReference, registry: Registry | None) -> Gap:
    reading = f"manifest of {image}"
    if registry is None and image.is_acr:
        return Gap(reading=reading, reason="", permission=PERMISSION, scope="the subscription of the registry")
    if registry is None:
        return Gap(reading=reading, reason="")
    mode = "legacy" if isinstance(registry.mode, Gap) else registry.mode
    return Gap(reading=reading, reason="", permission=_PULL[mode], scope=registry.id)


def _quarantine(registry: Registry | None, said: str) -> str:
    """An image in quarantine answers "The operation is disallowed" when it is asked for by digest."""
    quarantined = registry is not None and (registry.quarantine or "").lower() == "enabled"
    return "; the registry has a quarantine policy" if quarantined and "disallowed" in said.lower() else ""


def _gap(want: Gap, reason: str) -> Gap:
    return Gap(reading=want.reading, reason=reason, permission=want.permission, scope=want.scope)


async def _of_the_host(session: Session, image: ImageReference, why: NotAsked, want: Gap) -> Testimony:
    """Not being able to see a registry proves nothing; that its name does not exist does. No token is involved."""
    if not why.invisible:
        return Gap(reading=want.reading, reason=why.reason)
    await Line(session, image.host.name).get("/v2/")
    return _gap(want, f"{why.reason}; that name exists")


async def _of_the_image(
    session: Session, image: ImageReference, whom: Asked, want_platform: tuple[str, str]
) -> Testimony:
    line = Line(session, whom.host)
    if whom.azure is None:
        return await _at(Desk(line, OpenDoor(line, whom.realm), image.repository), image, whom, want_platform)
    try:
        return await _at(Desk(line, EntraDoor(session, line), image.repository), image, whom, want_platform)
    except NotLetInError:
        if not whom.azure.anonymous_pull:
            raise
    return await _at(Desk(line, OpenDoor(line, whom.realm), image.repository), image, whom, want_platform)


async def _at(desk: Desk, image: ImageReference, whom: Asked, want_platform: tuple[str, str]) -> Testimony:
    source = f"GET https://{whom.host}{desk.path}/manifests/{image.version}"
    answer = await desk.manifest(image.version)
    if answer.status == 404:
        return await missing(desk, image, whom, answer, source)
    if answer.status != 200:
        raise UnansweredError(answer.words)
    return await described(desk, answer, want_platform, source)
