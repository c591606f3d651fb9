"""What can be wrong with the definition of a group, each as one mutation of a healthy one."""

from dataclasses import dataclass

from tests.preflight.fixing import (
    GROUP,
    HOST,
    OTHER,
    PASSWORD,
    PULLER,
    Change,
    both,
    credentials,
    entry,
    image,
    looped,
    properties,
    renamed,
    without,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A mutation of the healthy group.

    check: what finds it. touched: what its correction may change. left: what a person has to do, by the checks that
    still find something.
    """

    name: str
    change: Change
    check: str
    touched: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


IMAGE = "properties.containers[0].properties.image"
CREDENTIALS = "properties.imageRegistryCredentials"
FIRST = f"{CREDENTIALS}[0]"
_MALFORMED = "image-reference-malformed"
_SERVER = "credential-server-malformed"
_KIND = "credential-type-ambiguous"
_COUNT = "credential-count-exceeds-containers"
_ON_GROUP = "credential-identity-not-on-group"
_SYSTEM = "credential-identity-is-system-assigned"
_ONE = {"name": "app", "properties": {"image": "contoso.azurecr.io/app:1"}}
_SYSTEM_ONLY: Change = lambda group: group.update(identity={"type": "SystemAssigned"})  # noqa: E731 - one of a table
_BOTH_IDENTITIES: Change = lambda group: group["identity"]["userAssignedIdentities"].update({OTHER: {}})  # noqa: E731

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="scheme in the image", change=image("https://contoso.azurecr.io/app:1"), check=_MALFORMED, touched=(IMAGE,)
    ),
    Fault(name="docker scheme", change=image("docker://contoso.azurecr.io/app:1"), check=_MALFORMED, touched=(IMAGE,)),
    Fault(name="upper case", change=image("contoso.azurecr.io/Team/App:V1"), check=_MALFORMED, touched=(IMAGE,)),
    Fault(name="blank behind the image", change=image("contoso.azurecr.io/app:1 "), check=_MALFORMED, touched=(IMAGE,)),
    Fault(name="all of it", change=image(" https://contoso.azurecr.io/App:1\n"), check=_MALFORMED, touched=(IMAGE,)),
    Fault(name="image by a parameter", change=image("[parameters('image')]"), check=_MALFORMED, left=(_MALFORMED,)),
    Fault(
        name="image with a parameter in it",
        change=image("[concat('https://contoso.azurecr.io/App:', parameters('prefix'))]"),
        check=_MALFORMED,
        touched=(IMAGE,),
    ),
    Fault(name="blank tag", change=image("contoso.azurecr.io/app:"), check=_MALFORMED, left=(_MALFORMED,)),
    Fault(name="name to fill in", change=image("IMAGE_NAME"), check=_MALFORMED, left=(_MALFORMED,)),
    Fault(name="variable", change=image("contoso.azurecr.io/app:$(tag)"), check=_MALFORMED, left=(_MALFORMED,)),
    Fault(name="two words", change=image("contoso.azurecr.io/my app"), check=_MALFORMED, left=(_MALFORMED,)),
    Fault(name="image of a page", change=image("https://hub.docker.com/r/x"), check=_MALFORMED, left=(_MALFORMED,)),
    Fault(name="no host", change=image("team/app:1"), check="image-host-missing", touched=(IMAGE,)),
    Fault(name="scheme and no host", change=image("https://app:1"), check=_MALFORMED, touched=(IMAGE,)),
    Fault(
        name="no host and two registries that may be meant",
        change=both(image("app:1"), credentials(entry(), entry("fabrikam.azurecr.io"))),
        check="image-host-missing",
        left=("image-host-missing",),
    ),
    Fault(name="no server", change=credentials(entry(None)), check="credential-server-missing", touched=(FIRST,)),
    Fault(
        name="no server for a password",
        change=credentials(entry(None, **PASSWORD)),
        check="credential-server-missing",
        touched=(f"{FIRST}.server",),
    ),
    Fault(
        name="no server and two registries that may be meant",
        change=both(image("fabrikam.azurecr.io/side:1", 1), credentials(entry(None))),
        check="credential-server-missing",
        left=("credential-server-missing",),
    ),
    Fault(name="blank server", change=credentials(entry("")), check=_SERVER, touched=(f"{FIRST}.server",)),
    Fault(
        name="scheme in the server",
        change=credentials(entry("https://contoso.azurecr.io")),
        check=_SERVER,
        touched=(f"{FIRST}.server",),
    ),
    Fault(
        name="path and port in the servers",
        change=credentials(entry("contoso.azurecr.io/v2/"), entry("fabrikam.azurecr.io:443")),
        check=_SERVER,
        touched=(f"{FIRST}.server", f"{CREDENTIALS}[1].server"),
    ),
    Fault(
        name="server by a variable",
        change=credentials(entry("[variables('address')]")),
        check=_SERVER,
        touched=(f"{FIRST}.server",),
    ),
    Fault(
        name="credentials by a variable",
        change=properties(imageRegistryCredentials="[variables('credentials')]"),
        check=_SERVER,
        touched=(CREDENTIALS,),
    ),
    Fault(name="credentials by a loop", change=looped, check=_SERVER, touched=(CREDENTIALS, "properties.copy")),
    Fault(
        name="credentials by a variable with a secret",
        change=properties(imageRegistryCredentials="[variables('withSecret')]"),
        check=_SERVER,
        left=(_SERVER,),
    ),
    Fault(
        name="variable in the server", change=credentials(entry("${ACR}.azurecr.io")), check=_SERVER, left=(_SERVER,)
    ),
    Fault(
        name="other spelling of the names",
        change=renamed,
        check=_SERVER,
        touched=("properties.IMAGEREGISTRYCREDENTIALS[0].Server", "properties.CONTAINERS[0].properties.Image"),
    ),
    Fault(
        name="both kinds",
        change=credentials(entry(identity=PULLER, **PASSWORD)),
        check=_KIND,
        touched=(f"{FIRST}.username", f"{FIRST}.password"),
    ),
    Fault(
        name="both kinds for another registry",
        change=both(
            image("registry.example.com/side:1", 1),
            credentials(entry(), entry("registry.example.com", identity=PULLER, **PASSWORD)),
        ),
        check=_KIND,
        touched=(f"{CREDENTIALS}[1].identity",),
    ),
    Fault(name="both kinds, no id", change=credentials(entry(identity="x", **PASSWORD)), check=_KIND, left=(_KIND,)),
    Fault(
        name="neither kind",
        change=credentials(entry(username="", password="")),
        check=_KIND,
        touched=(f"{FIRST}.username", f"{FIRST}.password", f"{FIRST}.identity"),
    ),
    Fault(
        name="neither kind, and a parameter that is yet to be given",
        change=credentials(entry(username="[parameters('blank')]")),
        check=_KIND,
        left=(_KIND,),
    ),
    Fault(
        name="neither kind and two identities",
        change=both(_BOTH_IDENTITIES, credentials(entry(username=""))),
        check=_KIND,
        left=(_KIND,),
    ),
    Fault(
        name="a password and no user name",
        change=credentials(entry(username="", password="[parameters('secret')]")),
        check=_KIND,
        left=(_KIND,),
    ),
    Fault(
        name="idle credentials",
        change=credentials(entry(), entry("old.azurecr.io"), entry("docker.io", **PASSWORD)),
        check=_COUNT,
        touched=(CREDENTIALS,),
    ),
    Fault(
        name="one registry twice",
        change=both(properties(containers=[_ONE]), credentials(entry(), entry("CONTOSO.azurecr.io"))),
        check=_COUNT,
        touched=(CREDENTIALS,),
    ),
    Fault(
        name="one registry twice, once with a password",
        change=both(properties(containers=[_ONE]), credentials(entry(HOST, **PASSWORD), entry())),
        check=_COUNT,
        touched=(CREDENTIALS,),
    ),
    Fault(
        name="one registry with two users",
        change=both(
            properties(containers=[_ONE]),
            credentials(entry(HOST, username="a", password="b"), entry(HOST, **PASSWORD)),
        ),
        check=_COUNT,
        left=(_COUNT,),
    ),
    Fault(
        name="old api-version",
        change=lambda group: group.update(apiVersion="2019-12-01"),
        check="credential-identity-needs-newer-api",
        touched=("apiVersion",),
    ),
    Fault(
        name="old api-version by a parameter",
        change=lambda group: group.update(apiVersion="[parameters('old')]"),
        check="credential-identity-needs-newer-api",
        left=("credential-identity-needs-newer-api",),
    ),
    Fault(
        name="system in words",
        change=credentials(entry(identity="system")),
        check=_SYSTEM,
        touched=(f"{FIRST}.identity",),
    ),
    Fault(
        name="the group itself as the identity",
        change=credentials(entry(identity=f"[resourceId('{GROUP}', 'demo-web')]")),
        check=_SYSTEM,
        touched=(f"{FIRST}.identity",),
    ),
    Fault(
        name="system and nothing else",
        change=both(_SYSTEM_ONLY, credentials(entry(identity="system"))),
        check=_SYSTEM,
        left=(_SYSTEM,),
    ),
    Fault(name="no identity on the group", change=without("identity"), check=_ON_GROUP, touched=("identity",)),
    Fault(
        name="null for the identity",
        change=lambda group: group.update(identity=None),
        check=_ON_GROUP,
        touched=("identity",),
    ),
    Fault(name="system on the group", change=_SYSTEM_ONLY, check=_ON_GROUP, touched=("identity.",)),
    Fault(
        name="identity by a variable",
        change=lambda group: group.update(identity="[variables('attached')]"),
        check=_ON_GROUP,
        touched=("identity",),
    ),
    Fault(
        name="another identity on the group",
        change=credentials(entry(identity=OTHER)),
        check=_ON_GROUP,
        touched=(f"identity.userAssignedIdentities.{OTHER}",),
    ),
    Fault(
        name="the identity's client id",
        change=credentials(entry(identity="00000000-0000-0000-0000-00000000000a")),
        check=_ON_GROUP,
        left=(_ON_GROUP,),
    ),
    Fault(
        name="an identity for Docker Hub",
        change=both(image("docker.io/team/side:1", 1), credentials(entry(), entry("docker.io"))),
        check="credential-identity-for-non-acr",
        left=("credential-identity-for-non-acr",),
    ),
    Fault(
        name="no credentials",
        change=lambda group: group["properties"].pop("imageRegistryCredentials"),
        check="credential-missing",
        touched=(CREDENTIALS,),
    ),
    Fault(name="no entry", change=credentials(), check="credential-missing", touched=(CREDENTIALS,)),
    Fault(
        name="a registry more",
        change=image("fabrikam.azurecr.io/side:1", 1),
        check="credential-missing",
        touched=(CREDENTIALS,),
    ),
    Fault(
        name="no credentials and no identity",
        change=both(without("identity"), credentials()),
        check="credential-missing",
        left=("credential-missing",),
    ),
    Fault(
        name="misspelt server",
        change=credentials(entry("contosso.azurecr.io")),
        check="credential-server-mismatch",
        touched=(f"{FIRST}.server",),
    ),
    Fault(
        name="a server of another domain",
        change=credentials(entry("contoso.azurecr.com", **PASSWORD)),
        check="credential-server-mismatch",
        touched=(f"{FIRST}.server",),
    ),
    Fault(
        name="a password for another registry",
        change=credentials(entry("docker.io", **PASSWORD)),
        check="credential-server-mismatch",
        left=("credential-server-mismatch",),
    ),
    Fault(
        name="a retired Windows",
        change=both(properties(osType="Windows"), image("contoso.azurecr.io/app:ltsc2016")),
        check="windows-version-unsupported",
        left=("windows-version-unsupported",),
    ),
    Fault(
        name="old, twice, with a scheme, and not attached",
        change=both(
            without("identity"),
            lambda group: group.update(apiVersion="2018-10-01"),
            properties(containers=[_ONE]),
            credentials(entry("https://contoso.azurecr.io", identity=OTHER), entry("old.azurecr.io", **PASSWORD)),
        ),
        check=_SERVER,
        touched=("apiVersion", "identity", CREDENTIALS),
    ),
)
