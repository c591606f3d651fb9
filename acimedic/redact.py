"""What must not leave in an error text: addresses of persons, ids of callers, passwords, keys and tokens.

Azure's own messages carry them: `The client 'name@example.com' with object id '…' does not have authorization`.
Platform addresses stay: checks need them.
"""

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Rule:
    """What is taken out. words: of which whatever the pattern finds holds one, folded as by `_folded`; and `needs`.

    A text without them is not searched for it: to look for a word costs a hundredth of that.
    """

    pattern: re.Pattern[str]
    instead: str
    words: tuple[str, ...]
    needs: str = ""


RULES = (
    Rule(_USER, r"\1:(removed)@", ("://",), "@"),
    Rule(_USER_OF_HOST, r"\1:(removed)@", (":",), "@"),
    Rule(_MAIL, "(address removed)", ("@",)),
    Rule(_CALLER, r"\1 '(removed)' with object id '(removed)'", ("' with object id '",)),
    Rule(_MEMBER, r"\1\2(removed)", ("password", "secret", "token", "key", "auth"), '"'),
    Rule(_MEMBER_OF_PYTHON, r"\1(removed)", ("password':", "secret':", "token':", "key':", "auth':")),
    Rule(_HEADER, r"\1(removed)", ("password:", "passwd:", "pwd:", "secret:", "token:", "key:")),
    Rule(_COOKIE, r"\1(removed)", ("cookie:",)),
    Rule(_OPTION, r"\1 (removed)", ("password", "secret", "key", "token"), "--"),
    Rule(_CLIENT, r"\1 (removed)", ("mysql", "mariadb", "sshpass", "login"), "-p"),
    Rule(_CLIENT_USER, r"\1:(removed)", ("curl", "wget"), "-u"),
    Rule(_TOKEN, "(removed)", ("eyj",)),
    Rule(_SIGN_IN, r"\1 (removed)", ("bearer", "basic")),
    Rule(_IN_ADDRESS, r"\1(removed)", ("code=", "key=", "access_token=")),
    Rule(_KEY, r"\1=(removed)", ("sig=", "pwd=", "_pass=", "password=", "passwd=", "secret=", "token=", "key=")),
)
"""In this order: what one leaves, the next one searches."""


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
    folded = _folded(text)  # of the text as it came: what is put in the place of a secret makes no word of a rule
    for rule in RULES:
        if rule.needs not in folded:
            continue
        for word in rule.words:
            if word in folded:
                text = rule.pattern.sub(rule.instead, text)
                break
    return text


def _folded(text: str) -> str:
    """The text in small letters, and a plain one for each that `re.IGNORECASE` takes for it: ı and İ, ſ, the kelvin."""
    small = text.lower()
    if small.isascii():
        return small
    return small.replace("\u0307", "").replace("ı", "i").replace("ſ", "s")  # a small İ is an i and a dot
