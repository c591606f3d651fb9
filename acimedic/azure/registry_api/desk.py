"""Asking a registry about one repository, whichever way one is let in."""

from urllib.parse import quote

from acimedic.azure.registry_api.doors import Door, grants
from acimedic.azure.registry_api.line import Answer, Line, NotLetInError
from acimedic.manifest import ACCEPT


class Desk:
    """The registry's desk for one repository: a line to it, and a door.

    Paths: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
    """

    def __init__(self, line: Line, door: Door, repository: str) -> None:
        self._line = line
        self._door = door
        self._pull = f"repository:{repository}:pull"
        self.repository = repository
        self.path = f"/v2/{quote(repository)}"

    async def manifest(self, version: str) -> Answer:
        """A manifest, by tag or digest."""
        return await self.get(f"{self.path}/manifests/{quote(version, safe=':')}", self._pull, accept=ACCEPT)

    async def blob(self, digest: str) -> Answer | None:
        """A small blob; None if the registry keeps it where we do not go."""
        token = await self._door.token(self._pull)
        return await self._line.get_blob(f"{self.path}/blobs/{quote(digest, safe=':')}", token)

    async def may_not_pull(self) -> bool:
        """Whether our token says that it does not grant the pull, so that what is not shown may be there."""
        return grants(await self._door.token(self._pull), self.repository, "pull") is False

    async def get(self, path: str, scope: str, *, accept: str = "application/json") -> Answer:
        """Read something with a token for the scope. Raises NotLetInError if the registry keeps us out."""
        answer = await self._line.get(path, token=await self._door.token(scope), accept=accept)
        if answer.status == 401:
            token = await self._door.token_after(scope, answer)
            if token is not None:
                answer = await self._line.get(path, token=token, accept=accept)
        if answer.status in {401, 403}:
            raise NotLetInError(answer.words)
        return answer
