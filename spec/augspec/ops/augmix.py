"""The combinator `augmix`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from augspec.language.dirichlet import Dirichlet
from augspec.language.distributions import Beta, Integers
from augspec.language.limits import MAX_MEMBERS, MAX_STEPS
from augspec.language.parameters import Depth, Mixture, Parameter
from augspec.ops.base import Combinator, bounds

if TYPE_CHECKING:
    from augspec.ops.base import AnyOp

__all__ = ["AugMix"]


class AugMix(Combinator):
    """Mix the image with chains of ops that all begin at it: (1 − m) · image + m · Σ wᵢ · chainᵢ(image).

    AugMix (Hendrycks et al. 2020). Each step of a chain chooses one member anew, all equally likely, with its own
    parameters. The weights of the chains are drawn from Dirichlet(alpha, …, alpha) as `weights` and sum to exactly
    one; m is drawn from Beta(alpha, alpha), or is what `share` says. Weights lie in steps of 2⁻¹⁵.

    There is no one geometry in a mixture of pictures that moved differently: if a member can move pixels, samples with
    masks, boxes or keypoints are refused. Labels stay as they are, and no member may change the size.
    """

    chooses: ClassVar[bool] = True
    keeps_size: ClassVar[bool] = True
    computes: ClassVar[bool] = True

    op: Literal["augmix"]
    ops: "Annotated[tuple[AnyOp, ...], Field(min_length=1, max_length=MAX_MEMBERS)]"
    """The members."""

    chains: Annotated[int, Field(ge=1, le=MAX_STEPS, description="How many chains are mixed.")] = 3
    depth: Depth = Integers(integers=(1, 3))
    """How many steps each chain has, drawn for each by itself."""

    alpha: Annotated[
        float, Field(ge=0.05, le=50, description="Concentration of the chains' weights, and of the share.")
    ] = 1.0
    share: Mixture | None = None
    """How much of the result the chains are, the rest is the image; Beta(alpha, alpha) if it is not given."""

    @property
    def anew(self) -> bool:
        """Return True: every step of every chain is another draw."""
        return True

    @property
    def steps(self) -> int:
        """Return how many steps a chain has at most."""
        return int(bounds(self.depth)[1])

    def turns(self) -> int:
        """Return the steps of all chains: step s of chain c is turn c · steps + s."""
        return self.chains * self.steps

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the share, the weights of the chains and their depths."""
        share = Beta(beta=(self.alpha, self.alpha)) if self.share is None else self.share
        yield "share", Parameter("mixture"), share, 1
        weights = Dirichlet(self.chains, self.alpha) if self.chains > 1 else 1.0
        yield "weights", Parameter("mixture"), weights, self.chains
        yield "depth", Parameter("depth"), self.depth, self.chains

    def neutral(self) -> Mapping[str, float] | None:
        """Return a share of 0: nothing of the chains."""
        return {"share": 0.0}

    def refused(self) -> tuple[str, ...]:
        """Return the targets that would have to follow several chains at once."""
        return self.touches()
