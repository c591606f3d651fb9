"""Takes the pictures in docs/images with a real browser, of the pages that `acimedic serve` shows.

Run by `python -m docs.pictures`; needs what tests/browser needs. Nothing compares them.
"""

import sys
import tempfile
from pathlib import Path

from tests.browser.browsing import PHONE, WIDE, Scheme, chromium, visit
from tests.browser.house import house

HERE = Path(__file__).parent / "images"
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main() -> None:
    """Write every picture."""
    with tempfile.TemporaryDirectory() as folder, house(Path(folder), over="cg-nightly") as at, chromium() as browser:
        pages = {
            "incidents": f"{at.address}/api/incidents",
            "incident": at.page(),
            "decision": at.decision(),
            "causes": f"{at.address}/api/checks",
        }
        for name, address in pages.items():
            for scheme in _SCHEMES:
                with visit(browser, scheme=scheme, size=WIDE) as tab:
                    tab.to(address)
                    tab.page.screenshot(path=HERE / f"{name}-{scheme}.png")
            with visit(browser, size=PHONE) as tab:
                tab.to(address)
                tab.page.screenshot(path=HERE / f"{name}-phone.png")
    sys.stdout.write(f"{len(list(HERE.glob('*.png')))} pictures in {HERE.name}\n")


if __name__ == "__main__":
    main()
