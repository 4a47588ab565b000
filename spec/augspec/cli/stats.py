"""`augspec stats`: what a policy does to samples, counted over many draws."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import augspec
from augspec.cli import talk
from augspec.cli.check import shape_of
from augspec.cli.options import Format, FormatOption, PolicyArgument, SeedOption
from augspec.cli.read import policy_file
from augspec.explanation.values import number
from augspec.statistics.result import Statistics, Summary

__all__ = ["stats"]


def stats(
    policy: PolicyArgument,
    samples: Annotated[int, typer.Option("--samples", min=1, max=10**6, help="How many draws.")] = 4096,
    shape: Annotated[str, typer.Option("--shape", metavar="480x640", help="Height x width of the images.")] = "480x640",
    seed: SeedOption = 0,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="OUT.PNG", help="Draw histograms too.")] = None,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """Count over many draws what a policy does: rates, parameters, what stays in sight, brightness."""
    checked = policy_file(policy)
    sides = shape_of(shape)
    if len(sides) != 2 or min(sides) < 1:
        raise typer.BadParameter(f"--shape {shape}: give height x width, such as 480x640")
    if plot is not None and plot.suffix.lower() != ".png":
        raise typer.BadParameter(f"--plot {plot}: give a file that ends in .png")
    found = augspec.stats(checked, samples=samples, shape=(sides[0], sides[1]), seed=seed)
    if format is Format.json:
        talk.json_out(found.to_dict())
    else:
        _print(found)
    if plot is not None:
        from augspec.cli.plot import panels
        from augspec.cli.plot import plot as draw

        plot.parent.mkdir(parents=True, exist_ok=True)
        draw(panels(found), f"{checked.title or policy}: {samples} draws, seed {seed}").save(plot)
        talk.note(f"histograms: {plot}")


def _print(found: Statistics) -> None:
    talk.out(("unchanged", "bold"), f"  {_percent(found.identity)} of {found.samples} samples")
    width = max((len(rate.place) for rate in found.ops), default=0)
    name = max((len(rate.op) for rate in found.ops), default=0)
    if found.ops:
        talk.out(("\nops", "bold"))
    for rate in found.ops:
        neutral = rate.applied - rate.changed
        tail = f", {_percent(neutral)} of all with parameters that change nothing" if neutral > 0.0005 else ""
        talk.out(f"  {rate.place:<{width}}  {rate.op:<{name}}  applied to {_percent(rate.applied)}", tail)
    if found.parameters:
        talk.out(("\nparameters", "bold"), ", where the op is applied (of candidates, all that are drawn)")
    longest = max((len(one.path) for one in found.parameters), default=0)
    for one in found.parameters:
        talk.out(f"  {one.path:<{longest}}  ", _summary(one.summary))
    height, wide = found.shape
    talk.out(("\nin sight", "bold"), f", images of {height}×{wide}, followed on {found.followed} samples")
    talk.out("  of the image  ", _summary(found.area, 100, " %"))
    talk.out("  random boxes  ", _summary(found.boxes, 100, " %"))
    talk.out(("\nbrightness", "bold"), ", change of the mean of a ramp of all greys, of 255 levels")
    talk.out("  ", _summary(found.brightness))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _summary(one: Summary, scale: float = 1.0, unit: str = "") -> str:
    if not one.count:
        return "never"
    mean, std, low, p5, median, p95, high = (
        number(scale * value, 3) for value in (one.mean, one.std, one.low, one.p5, one.median, one.p95, one.high)
    )
    return f"mean {mean}{unit} ± {std}, from {low} to {high}, median {median}, nine in ten within {p5} to {p95}"
