"""What must not leave in an error text: addresses of persons, ids of callers, passwords, keys and tokens.

Azure's own messages carry them: `The client 'name@example.com' with object id '…' does not have authorization`.
Platform addresses stay: checks need them.
"""

import re
from urllib.parse import unquote

_MAIL = re.compile(r"[\w.+#-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CALLER = re.compile(r"\b(client|user|caller|principal) '[^'\n]{1,200}' with object id '[^'\n]{1,200}'", re.IGNORECASE)
_KEY = re.compile(
    r"((?:\b|_)(?:sig|pwd)|_pass|password|passwd|secret|token|api[_-]?key|access[_-]?key|\b[a-z][a-z-]{2,40}key)"
    r"=[^&;\s'\"]{1,2000}",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"([?&](?:code|key|apikey|api-key|access_token)=)[^&\s'\"<>)]{1,2000}", re.IGNORECASE)
_MEMBER = re.compile(r"(password|secret|token|key|\bauth)(\\{0,8}\": {0,4}\\{0,8}\")[^\"\\]{1,2000}", re.IGNORECASE)
_MEMBER_OF_PYTHON = re.compile(r"((?:password|secret|token|key|\bauth)': {0,4}')[^'\n]{1,2000}", re.IGNORECASE)
_HEADER = re.compile(  # or a line of YAML; a value has a digit, or words about a password would go
    r"\b((?:[\w-]{0,40}[_-])?(?:password|passwd|pwd|secret|token|key):[ \t]{1,4}['\"]?)"
    r"(?=[^\s'\",;]{0,200}\d)[^\s'\",;]{6,2000}",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"\b((?:set-)?cookie:[ \t]{0,4})[^\s=;]{1,200}=[^\s;]{1,4000}(?:; ?[^\s=;]{1,200}=[^\s;]{1,4000}){0,50}",
    re.IGNORECASE,
)
_OPTION = re.compile(r"(--[a-z-]{0,40}(?:password|secret|key|token))[ =]{1,4}[^-\s]\S{0,2000}", re.IGNORECASE)
_USER = re.compile(r"(://[^/\s:@'\"]{0,100}):[^/\s@'\"]{1,500}@")
_HOST = r"(?:localhost\b|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
_USER_OF_HOST = re.compile(rf"(?<![^\s'\"(=,/])([^\s/:@'\"]{{1,100}}):(?!//)[^\s'\"]{{1,500}}@(?={_HOST})")
_SIGN_IN = re.compile(
    r"\b(bearer|basic)\s{1,4}(?!(?:realm|error|scope|service|token|auth|credential|challenge|scheme)[\w-]{0,20}\b)"
    r"[\w.~+/-]{8,4000}={0,2}"
    r"(?:\r?\n[ \t]{0,8}(?=[\w.~+/-]{0,200}\d)[\w.~+/-]{8,4000}={0,2}(?=[\s'\"]|$)){0,40}",  # and lines of one word
    re.IGNORECASE,
)
_CLIENT = re.compile(r"\b((?:mysql|mariadb|sshpass|login)\w{0,20}\b[^\n;&|]{0,500}?\s-p)\s?[^\s-]\S{0,500}")
_CLIENT_USER = re.compile(r"\b((?:curl|wget)\b[^\n;&|]{0,500}?\s(?:-u|--user)[ =]?[^\s:]{1,100}):\S{1,500}")
_TOKEN = re.compile(r"\beyJ[\w-]{5,5000}(?:\.[\w-]{0,5000}){0,4}")
_WORD = re.compile(r"(?<!\S)\S+")
_DEEPEST = 3  # an address within an address within an address


def redact(text: str) -> str:
    """The text without personal data and secrets."""
    return _decoded(_plain(text), _DEEPEST) if "%" in text else _plain(text)


def _decoded(text: str, deeper: int) -> str:
    """The text without what shows to be secret once percent signs are taken away; all other words stay as they are."""

    def shown(word: re.Match[str]) -> str:
        if "%" not in word[0] or (read := unquote(word[0])) == word[0]:
            return word[0]
        told = _plain(read)
        told = _decoded(told, deeper - 1) if deeper and "%" in told else told
        return word[0] if told == read else told

    return _WORD.sub(shown, text)


def _plain(text: str) -> str:
    if "@" in text:
        text = _USER.sub(r"\1:(removed)@", text)
        text = _USER_OF_HOST.sub(r"\1:(removed)@", text)
        text = _MAIL.sub("(address removed)", text)
    if "'" in text:
        text = _CALLER.sub(r"\1 '(removed)' with object id '(removed)'", text)
    if '"' in text:
        text = _MEMBER.sub(r"\1\2(removed)", text)
    if "': " in text or "':'" in text:
        text = _MEMBER_OF_PYTHON.sub(r"\1(removed)", text)
    if ": " in text or ":\t" in text:
        text = _COOKIE.sub(r"\1(removed)", _HEADER.sub(r"\1(removed)", text))
    if "--" in text:
        text = _OPTION.sub(r"\1 (removed)", text)
    if " -p" in text:
        text = _CLIENT.sub(r"\1 (removed)", text)
    if " -u" in text or " --user" in text:
        text = _CLIENT_USER.sub(r"\1:(removed)", text)
    if "eyJ" in text:
        text = _TOKEN.sub("(removed)", text)
    text = _SIGN_IN.sub(r"\1 (removed)", text)
    return _KEY.sub(r"\1=(removed)", _IN_ADDRESS.sub(r"\1(removed)", text)) if "=" in text else text
