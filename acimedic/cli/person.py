"""Who sits at the terminal, as far as the sign-in says: an object id, and nothing else of a person."""

import base64
import binascii
import json
from uuid import UUID

from azure.core.exceptions import ClientAuthenticationError

from acimedic.approver import Approver
from acimedic.azure.session import sign_in
from acimedic.lifecycle.tools import Tools


async def who_is_here(tools: Tools) -> Approver | None:
    """Who is signed in to Azure here; None behind a gateway, where nobody is, and where the token does not say.

    The token is our own and came from the sign-in itself, so that its claims are read, not verified.
    """
    if tools.gateway:
        return None
    async with sign_in(tools.settings) as credential:
        try:
            token = await credential.get_token(f"{tools.settings.arm}/.default")
        except ClientAuthenticationError:
            return None
    return _named(token.token)


def _named(token: str) -> Approver | None:
    part = token.split(".")[1:2]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part[0] + "=" * (-len(part[0]) % 4)))
        return Approver(str(UUID(claims["oid"])))
    except (LookupError, ValueError, TypeError, AttributeError, binascii.Error):
        return None
