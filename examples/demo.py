"""Augments photographs with one policy and lays the results out on a contact sheet.

python examples/demo.py                        # the photographs that scikit-image carries
python examples/demo.py --photos my/holidays   # your own
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import typer

import augspec
from augspec.cli.contact_sheet import contact_sheet
from augspec.cli.read import KINDS, photograph
from augspec.cli.tiles import row_of_tiles

POLICY = Path(__file__).parent / "policies" / "photos.json"


def main() -> None:
    parser = argparse.ArgumentParser(description="Augment photographs and lay them out on a contact sheet.")
    parser.add_argument("--photos", type=Path, help="a folder of your own photographs (the first six are shown)")
    parser.add_argument("--policy", type=Path, default=POLICY, help="a policy file (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws another sheet")
    parser.add_argument("-o", "--output", type=Path, default=Path("demo/contact_sheet.png"))
    options = parser.parse_args()

    try:
        make(options)
    except (augspec.AugspecError, OSError, typer.BadParameter) as error:
        raise SystemExit(f"error: {error}") from None


def make(options: argparse.Namespace) -> None:
    policy = augspec.load(options.policy)
    photos = folder(options.photos) if options.photos else from_skimage()
    if not photos:
        raise SystemExit(f"{options.photos}: no photographs ({', '.join(KINDS)})")
    rows = [row_of_tiles(policy, {"image": image}, seed=options.seed, name=name, draws=5) for name, image in photos]
    sheet = contact_sheet(
        rows,
        title=f"augspec: the policy {policy.name or options.policy.stem}",
        subtitle=f"seed {options.seed}  ·  policy {policy.canonical_hash()[:12]}  ·  equal on every backend",
    )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(options.output)

    print(f"The contact sheet: {options.output.resolve()}  ({sheet.width} x {sheet.height} pixels)")
    print("Next:")
    name, program = shown(options.policy), command_line()
    for command, what in (
        (f"{program} preview {name} photo.jpg -o grid.png", "the same for a photograph of yours"),
        (f"{program} explain {name} --stage draws", "what the policy draws, and how"),
        (f"{program} ops", "everything that a policy can say"),
    ):
        print(f"  {command:<{len(name) + len(program) + 35}}{what}")


def from_skimage() -> list[tuple[str, Any]]:
    from skimage import data

    return [(name, getattr(data, name)()) for name in ("chelsea", "coffee", "astronaut", "rocket")]


def folder(path: Path) -> list[tuple[str, Any]]:
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS)[:6]
    return [(file.stem, photograph(file, 640)) for file in files]  # no larger than a sheet can show


def command_line() -> str:
    """Return how to call `augspec` from here: by its name only where a shell would find it."""
    if shutil.which("augspec"):
        return "augspec"
    beside = Path(sys.executable).with_name("augspec")
    return shown(beside) if beside.exists() else f"{shown(Path(sys.executable))} -m augspec"


def shown(path: Path) -> str:
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    main()
