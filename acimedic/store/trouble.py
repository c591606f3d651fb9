"""What can go wrong with a store.

```
StoreError
├── StoreSettingError        the setting names no store; nothing was tried
├── StoreUnavailableError    not to be reached, locked, read-only, full, refused: try again later, or call a person
├── UnreadableError          what is kept is damaged, or was written by a newer version
└── NotWrittenError          the store works, and this write is not for it
    ├── AlreadyThereError    it happened before, otherwise: an approval used, another plan's step under this key
    ├── LostRaceError        somebody was faster: read again, decide again
    ├── NotThereError        no such incident, or it was deleted meanwhile
    └── UnfitError           too large, a time without a zone, or a person's name where an object id belongs
```
"""


class StoreError(Exception):
    """Something is wrong with the store or with what it was asked."""


class StoreSettingError(StoreError):
    """`ACIMEDIC_STORE` names no store; the message says what it takes."""


class StoreUnavailableError(StoreError):
    """The store could not be reached, or could not write. What was asked is done wholly or not at all."""


class UnreadableError(StoreError):
    """What is kept cannot be understood."""


class NotWrittenError(StoreError):
    """The store works, and refused this write."""


class AlreadyThereError(NotWrittenError):
    """It happened before, and not in this way."""


class LostRaceError(NotWrittenError):
    """What was to be changed has changed since it was read."""


class NotThereError(NotWrittenError):
    """There is no such incident (any more)."""


class UnfitError(NotWrittenError):
    """This value is not to be kept."""
