"""`augspec preview`: a labelled contact sheet of one photograph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from augspec.cli import talk
from augspec.cli.options import PolicyArgument, SeedOption
from augspec.cli.read import photo_policy, photograph
from augspec.cli.targets import instances_file, mask_files, rows_files

__all__ = ["preview"]


def preview(
    policy: PolicyArgument,
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="An image file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The sheet, a PNG file.")] = Path("grid.png"),
    draws: Annotated[int, typer.Option(min=1, max=99, help="How many draws are shown.")] = 11,
    seed: SeedOption = 0,
    mask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE", help="An image of class numbers; NAME is one of targets.masks. Repeatable."
        ),
    ] = None,
    instance_masks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An image of instance numbers; 0 is background.")
    ] = None,
    boxes: Annotated[
        Path | None,
        # Help is markup, in which a bracket before a letter opens a style.
        typer.Option(
            metavar="FILE",
            help=r'JSON: [\[x0, y0, x1, y1], …], [\[cx, cy, w, h, degrees], …], or {"boxes": …, "keypoints": …}.',
        ),
    ] = None,
    keypoints: Annotated[Path | None, typer.Option(metavar="FILE", help=r"JSON: [\[x, y], …].")] = None,
    size: Annotated[int, typer.Option(min=48, max=1024, help="Side of a picture on the sheet, in pixels.")] = 256,
) -> None:
    """Draw a contact sheet: the photo, and what the policy makes of it.

    Photos larger than twice the size on the sheet are reduced first.
    """
    from augspec.cli.contact_sheet import contact_sheet
    from augspec.cli.tiles import row_of_tiles

    checked = photo_policy(policy)
    if output.suffix.lower() != ".png":
        raise typer.BadParameter(f"{output}: the sheet is a PNG file; end its name with .png")
    if output.exists() and output.samefile(photo):
        raise typer.BadParameter(f"{output} is the photo itself; give the sheet another name")
    whole = photograph(photo)
    image = photograph(photo, 2 * size)
    sample: dict[str, Any] = {"image": image}
    sample |= mask_files(mask or (), checked, image.shape[:2])
    sample |= rows_files(boxes, keypoints, image.shape[1] / whole.shape[1])
    if instance_masks is not None:
        sample["instance_masks"] = instances_file(instance_masks, image.shape[:2])
        counts = len(sample["instance_masks"]), len(sample.get("boxes", sample["instance_masks"]))
        if counts[0] != counts[1]:
            raise typer.BadParameter(
                f"instance masks: {counts[0]}, boxes: {counts[1]}; give every box its mask, in order"
            )
    tiles = row_of_tiles(checked, sample, seed=seed, name=photo.stem, draws=draws)
    columns = next(count for count in (4, 5, 6) if len(tiles) <= 4 * count or count == 6)
    columns = min(columns, len(tiles))
    sheet = contact_sheet(
        [tiles[start : start + columns] for start in range(0, len(tiles), columns)],
        title=checked.name or ("policy" if policy == "-" else Path(policy).stem),
        subtitle=f"{photo.name}  ·  seed {seed}  ·  policy {checked.canonical_hash()[:12]}",
        tile=size,
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(output)
    talk.out(str(output))
    talk.note(f"{draws} draws of {photo.name}, {sheet.width} × {sheet.height} pixels")
