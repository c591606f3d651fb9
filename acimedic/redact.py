"""What must not leave in an error text: addresses of persons, ids of callers, keys in connection strings.

Azure's own messages carry them: `The client 'name@example.com' with object id '…' does not have authorization`.
Platform addresses stay: checks need them.
"""

import re

_MAIL = re.compile(r"[\w.+#-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CALLER = re.compile(r"\b(client|user|caller|principal) '[^'\n]{1,200}' with object id '[^'\n]{1,200}'", re.IGNORECASE)
_KEY = re.compile(
    r"\b(sig|accountkey|sharedaccesskey|password|pwd|secret|client_secret|token)=[^&;\s'\"]{1,2000}", re.IGNORECASE
)


def redact(text: str) -> str:
    """The text without personal data and secrets."""
    if "@" in text:
        text = _MAIL.sub("(address removed)", text)
    if "'" in text:
        text = _CALLER.sub(r"\1 '(removed)' with object id '(removed)'", text)
    return _KEY.sub(r"\1=(removed)", text) if "=" in text else text
