"""`python -m tests.infra.checking`: everything about infra/ that can be checked without a Bicep compiler.

Exit code 0 where nothing is wrong, 1 where something is, 2 where the types of Azure's resources are not there and
`ACIMEDIC_REQUIRE` asks for them.
"""

import os
import sys
from pathlib import Path

from tests.infra.checking.azure_types import Book
from tests.infra.checking.folder import check_folder, second_reading

ROOT = Path(__file__).parents[3]
TYPES = ROOT.parent / "shared" / "payloads" / "a-specs" / "bicep-types"


def main() -> int:
    """Check infra/ and say what is wrong."""
    if not TYPES.is_dir():
        sys.stdout.write("the types of Azure's resources are not beside this checkout: bodies are not checked\n")
        if os.environ.get("ACIMEDIC_REQUIRE"):
            return 2
    outcome = check_folder(ROOT / "infra", Book(TYPES))
    for note in outcome.notes:
        sys.stdout.write(f"note: {note}\n")
    faults = (*second_reading(ROOT / "infra"), *outcome.faults)
    for fault in faults:
        sys.stdout.write(f"infra/{fault}\n")
    sys.stdout.write(f"{outcome.files} files, {outcome.resources} resources, {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
