"""`augspec apply`: a policy on a folder of images, files in and files out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import PolicyArgument, SeedOption
from augspec.cli.read import KINDS, check_photograph, photo_policy, photograph

__all__ = ["apply"]


def apply(
    policy: PolicyArgument,
    in_dir: Annotated[
        Path, typer.Argument(metavar="IN_DIR", help="A folder of images; folders in it are searched too.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT_DIR", help="Where the results go.")],
    seed: SeedOption = 0,
    epoch: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Another epoch draws anew.")] = 0,
    copies: Annotated[int, typer.Option(min=1, max=1000, help="How many different results of each image.")] = 1,
    backend: Annotated[str, typer.Option(help="numpy, torch, tensorflow or jax: the same bytes.")] = "numpy",
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
) -> None:
    """Augment every image of a folder into another folder, as PNG files.

    An image's id is its path within the folder: the same file gives the same result whatever lies beside it.
    Images are read as RGB of 8 bits: grey ones get three channels, transparency is left out.
    """
    checked = photo_policy(policy)
    augment = augspec.compile(checked, backend=backend, layout="NHWC")
    files = _images(in_dir, output)
    if output.exists() and not output.is_dir():
        raise typer.BadParameter(f"{output} is a file; OUT_DIR is a folder")
    if output.exists() and any(output.iterdir()) and not force:
        raise typer.BadParameter(f"{output} is not empty; give another folder, or --force")
    targets = _targets(files, in_dir, output, copies)
    for file in files:
        check_photograph(file)  # before anything is written
    key = augspec.Key(seed, epoch)
    with _progress() as progress:
        for file in progress.track(files, description="images"):
            image = photograph(file)
            for copy in range(copies):
                ids = [file.relative_to(in_dir).as_posix()]
                batch = augment.backend.namespace({}).constant(image[None], "uint8")
                result = augment(key.view(copy), batch, index=ids)
                _save(augment.backend.to_host(result)[0], targets[file][copy])
    talk.out(str(output))
    count = len(files) * copies
    talk.note(
        f"{count} image{'' if count == 1 else 's'}, seed {seed}, epoch {epoch}, policy {checked.canonical_hash()[:12]}"
    )


def _images(in_dir: Path, output: Path) -> list[Path]:
    if not in_dir.is_dir():
        raise typer.BadParameter(f"{in_dir} is not a folder")
    if output.resolve() == in_dir.resolve():
        raise typer.BadParameter("OUT_DIR is IN_DIR; inputs are never overwritten")
    files = sorted(
        file
        for file in in_dir.rglob("*")
        if file.suffix.lower() in KINDS and file.is_file() and output.resolve() not in file.resolve().parents
    )
    if not files:
        raise typer.BadParameter(f"no images in {in_dir} ({', '.join(KINDS)})")
    return files


def _targets(files: list[Path], in_dir: Path, output: Path, copies: int) -> dict[Path, list[Path]]:
    """Return where every result goes; refuses two results in one place, and results on top of inputs."""
    targets: dict[Path, list[Path]] = {}
    taken: dict[Path, Path] = {}
    inputs = {file.resolve() for file in files}
    for file in files:
        name = file.relative_to(in_dir).with_suffix("")
        names = [name if copies == 1 else name.with_name(f"{name.name}-{copy}") for copy in range(copies)]
        targets[file] = [output / entry.with_name(f"{entry.name}.png") for entry in names]
        for target in targets[file]:
            if target in taken:
                raise typer.BadParameter(f"{taken[target]} and {file} would both become {target}; rename one")
            if target.resolve() in inputs:
                raise typer.BadParameter(f"{target} is an input; inputs are never overwritten")
            taken[target] = file
    return targets


def _save(array: Any, target: Path) -> None:
    import numpy as np
    from PIL import Image

    if array.dtype != np.uint8:
        last = "the policy ends in normalize or to_float, whose result is no image of 8 bits"
        raise augspec.Unsupported("apply", last, "Leave it out.")
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(target)


def _progress() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = talk.console(stderr=True)
    return Progress(*columns, console=shown, disable=not shown.is_terminal)
