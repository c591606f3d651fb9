"""`python -P -m acimedic.cli.preflight_hook [--strict] FILE…`: `acimedic preflight` as a hook of pre-commit.

pre-commit passes whatever files were changed: what is no template is passed over, and what is said of one without
findings is not printed.

Source: https://pre-commit.com/#creating-new-hooks
"""

import sys
from collections.abc import Sequence

from acimedic.cli.running import NotRunError
from acimedic.cli.template_files import preflight, template_for
from acimedic.cli.trouble import CannotRunError
from acimedic.report.plain import plain

_CANNOT_RUN = 2
_STRICT = "--strict"


def main(words: Sequence[str]) -> int:
    """0 where no template has a finding, 1 where one has, 2 where one could not be checked.

    A word that is not `--strict` is the name of a file, whatever it begins with.
    """
    options = [_STRICT] if _STRICT in words else []
    worst = 0
    templates: dict[str, None] = {}
    for name in words:
        if name == _STRICT:
            continue
        try:
            template = template_for(name)
        except CannotRunError as error:
            worst = _failed(str(error))
            continue
        if template is not None:
            templates[template] = None
    for template in templates:
        worst = max(worst, _checked(template, options))
    return worst


def _checked(template: str, options: Sequence[str]) -> int:
    try:
        done = preflight(template, options)
    except NotRunError as error:
        return _failed(f"{template} could not be checked: {error}")
    if done.code:
        sys.stdout.write(done.output.decode("utf-8", "replace"))
        sys.stdout.flush()
        sys.stderr.write(done.errors.decode("utf-8", "replace"))
    return done.code


def _failed(why: str) -> int:
    sys.stderr.write(f"acimedic: {plain(why)}\n")
    return _CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
