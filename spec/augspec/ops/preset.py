"""The macro `preset`."""

from typing import TYPE_CHECKING, Literal

from augspec.ops.base import Combinator, Macro
from augspec.ops.sequence import Sequence
from augspec.presets import fragment, names

__all__ = ["Preset"]

if TYPE_CHECKING:
    Name = str
else:
    Name = Literal[names()]


class Preset(Macro):
    """Apply a published recipe, such as `randaugment/torchvision`: data that come with augspec, and never change.

    It stands for a `sequence` of the preset's ops. `augspec presets` lists them, each with its source and with what
    differs from that; code that changes is another preset, with another name.
    """

    op: Literal["preset"]
    name: Name
    """Which one."""

    def expansion(self) -> Combinator:
        """Return the sequence."""
        return Sequence(op="sequence", id=self.id, p=self.p, ops=fragment(self.name))
