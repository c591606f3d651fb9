"""What kind of registry an image is asked of, from a name that may be masked or malformed."""

import re
from typing import Literal, TypeAlias

from acimedic.image import parse_image
from acimedic.masks import is_masked
from acimedic.model.image import DOCKER_HUB, ImageReference

__all__ = ["Host", "host_of", "marks_of_image"]

Host: TypeAlias = Literal["acr", "hub", "hub-implied", "mcr", "public", "private", "unknown"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PUBLIC = frozenset(
    {
        *("ghcr.io", "quay.io", "gcr.io", "k8s.gcr.io", "registry.k8s.io", "public.ecr.aws", "lscr.io", "nvcr.io"),
        *("docker.elastic.co", "registry.gitlab.com", "registry.access.redhat.com", "docker.pkg.github.com"),
    }
)
"""Registries that serve images to anybody, though not every image of theirs."""

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{0,30}:/{1,2}", re.IGNORECASE)
_ACR = re.compile(r"\.azurecr\.(?:io|us|cn)$")
_PLACEHOLDER = re.compile(r"[{}\[\]$%()]")
_BRACES = re.compile(r"(?<![${#])\{[\w -]{1,60}\}(?!\})")
_OFFICIAL = _words(
    "adminer alpine amazonlinux busybox caddy cassandra centos consul couchdb debian docker eclipse-mosquitto"
    " elasticsearch fedora ghost golang grafana haproxy hello-world httpd influxdb java jenkins joomla kibana"
    " logstash mariadb maven memcached mongo mono mysql nextcloud nginx node openjdk perl php postgres python r-base"
    " rabbitmq redis registry ruby rust solr sonarqube swarm telegraf tomcat traefik ubuntu vault wordpress"
    " zookeeper"
)
_REGISTRY_LIKE = re.compile(r"acr|cr$|registry|reg\d{0,3}$", re.IGNORECASE)
_WINDOWS = re.compile(r"windows|nanoserver|servercore|ltsc20|dotnet/framework|\bwin\d*\b|iis", re.IGNORECASE)
_OTHER_PROCESSOR = re.compile(r"(?<![a-z0-9])(?:arm64|aarch64|arm32|arm|armv[78]|armhf)(?![a-z0-9])", re.IGNORECASE)
_MOVED = re.compile(r"^(?:(?:index\.)?docker\.io/)?(?:microsoft|bitnami)/", re.IGNORECASE)
"""Publishers whose images are no longer where they were: Microsoft's are at mcr.microsoft.com since 2018-2021
(https://techcommunity.microsoft.com/blog/appsonazureblog/microsoft-syndicates-container-catalog/377441), most of
Bitnami's at bitnamilegacy since 2025 (https://github.com/bitnami/containers/issues/83267)."""


def host_of(image: str) -> Host:
    """The kind of registry, by the first segment; `unknown` where that is hidden or a variable."""
    first, slash, _ = _SCHEME.sub("", image.strip()).partition("/")
    name = first.partition(":")[0].lower() if slash else ""
    if _ACR.search(name):
        return "acr"
    if name in DOCKER_HUB:
        return "hub"
    if name == "mcr.microsoft.com" or name.endswith(".mcr.microsoft.com"):
        return "mcr"
    if name in _PUBLIC or name.endswith(".pkg.dev"):
        return "public"
    if is_masked(first) or _PLACEHOLDER.search(first) or len(image.strip()) < 2 or " " in first:
        return "unknown"
    return "private" if slash and ("." in first or ":" in first or first == "localhost") else "hub-implied"


def marks_of_image(image: str) -> frozenset[str]:
    """What an image's name suggests, beside its registry: see the rules that weigh these marks."""
    host = host_of(image)
    marks = {f"host:{host}"}
    reference = parse_image(image)
    if not isinstance(reference, ImageReference) and not reference.masked:
        # `{registry}/app` is how many a person hides a name, and now and then a variable that was left over.
        hidden = reference.kind == "variable" and _BRACES.search(image) and "$" not in image
        marks.add("malformed:braces" if hidden else f"malformed:{reference.kind}")
    if isinstance(reference, ImageReference):
        marks.add("by:digest" if reference.digest else "by:tag" if reference.tag else "by:latest")
    if _MOVED.match(image):
        marks.add("image:moved")
    if _WINDOWS.search(image):
        marks.add("image:windows")
    if _OTHER_PROCESSOR.search(image):
        marks.add("image:other-processor")
    if host == "hub-implied":
        marks.add(_hub_mark(image))
    return frozenset(marks)


def _hub_mark(image: str) -> str:
    first, slash, _ = image.partition("/")
    if slash:
        return "hub:like-a-registry" if _REGISTRY_LIKE.search(first) else "hub:of-a-publisher"
    return "hub:official" if first.partition(":")[0].partition("@")[0] in _OFFICIAL else "hub:nobody's"
