"""A pipeline bound to nothing yet: plan, drawing program, and the three pure functions made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from augspec.draw import constants, sample_draws
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.normalize import normalize
from augspec.plan.build import build
from augspec.plan.fuse import fuse
from augspec.plan.program import Draw, Fixed, program
from augspec.plan.stages import Leaf, Plan, Type, leaves
from augspec.random.keys import KeyWords
from augspec_backends.generic.labels import LABEL, LABELS, classes_of, soft_labels
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers, levels_out
from augspec_backends.generic.options import Options
from augspec_backends.generic.pixels import Pixels
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.signature import Signature
from augspec_backends.generic.stages import output_size
from augspec_backends.generic.targets import Passage, Target, targets_of
from augspec_backends.generic.targets.target import repeated

__all__ = ["Pipeline", "Runner"]


@dataclass(frozen=True)
class Pipeline:
    """What one list of ops draws and does.

    Attributes:
        policy: the normalized policy.
        plan: as `explain` shows it.
        fused: with fewer stages; what runs.
        draws: the drawing program.
        fixed: the constants.
        mixer: the op that mixes samples of a batch, if there is one.
    """

    policy: Policy
    plan: Plan
    fused: Plan
    draws: tuple[Draw, ...]
    fixed: tuple[Fixed, ...]
    mixer: Leaf | None

    @property
    def rows(self) -> int:
        """Return how many times as many boxes and keypoints come out as go in."""
        return 1 if self.mixer is None else self.mixer.op.rows

    @classmethod
    def of(cls, policy: Policy, *, training: bool) -> Pipeline:
        """Return the training or the evaluation pipeline of a policy."""
        full = normalize(policy)
        ops, written = (full.ops, policy.ops) if training else (full.eval or (), policy.eval or ())
        name = "ops" if training else "eval"
        plan = build(ops, name, written=written)
        fused = fuse(plan)
        mixer = next((leaf for leaf in leaves(fused.stages) if leaf.op.across), None)
        return cls(full, plan, fused, *program(ops, name, written=written), mixer)


class Runner:
    """The pure functions of a pipeline for one signature: everything static is decided here.

    Args:
        pipeline: what to do.
        signature: to what.
        options: as what.
    """

    def __init__(self, pipeline: Pipeline, signature: Signature, options: Options) -> None:
        self.pipeline, self.signature, self.options = pipeline, signature, options

    def channels_last(self) -> Runner:
        """Return the same runner for arrays with channels last."""
        return Runner(self.pipeline, self.signature, replace(self.options, layout="NHWC"))

    @property
    def size(self) -> tuple[int, int]:
        """Return the (height, width) of the result."""
        return output_size(self.pipeline.fused.stages, self.signature.height, self.signature.width)

    @property
    def classes(self) -> int:
        """Return how many entries a soft label has."""
        return classes_of(self.signature.shape_of(LABEL), self.pipeline.policy)

    @property
    def compacts(self) -> bool:
        """Return whether boxes that are not valid are dropped, with what belongs to them."""
        return self.pipeline.policy.targets.boxes.compact and self.signature.has("boxes")

    @property
    def rows(self) -> int:
        """Return how many times as many boxes and keypoints come out as go in."""
        return self.pipeline.rows

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets that are present, besides the image."""
        return tuple(target for target in targets_of(self.pipeline.policy.targets) if self.signature.has(target.name))

    def draw(self, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None) -> dict[str, Array]:
        """Return the drawn parameters; `key` is int32 (4,), ids are (B,)."""
        words = KeyWords(*(key[i : i + 1] for i in range(4)))
        return sample_draws(xp, self.pipeline.draws, words, id_lo, id_hi)

    def prepare(self, xp: Namespace, draws: Mapping[str, Array], zeros: Array) -> dict[str, Array]:
        """Return what pixels need, from draws; `zeros` is (B,) int32."""
        sig = self.signature
        if sig.frames is not None:
            zeros = repeated(xp, zeros, sig.frames)
            draws = {path: repeated(xp, array, sig.frames) for path, array in draws.items()}
        everything = {**constants(xp, self.pipeline.fixed, zeros), **draws}
        return self.preparation(xp, everything, zeros).run(self.pipeline.fused.stages, sig.height, sig.width)

    def preparation(self, xp: Namespace, everything: Mapping[str, Array], zeros: Array) -> Preparation:
        """Return what prepares parameters, one row for each image."""
        sig, settings = self.signature, self.pipeline.policy.targets
        return Preparation(
            xp,
            everything,
            zeros,
            domain=sig.domain,
            points=sig.has("boxes") or sig.has("keypoints"),
            mask=any(target.pixels for target in self.targets),
            frames=sig.frames or 1,
            shared_noise=settings.frames.noise == "shared",
        )

    def pixels(self, xp: Namespace, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return the moved targets in the caller's own form."""
        numbers = self._numbers(xp)
        start = self._enter(xp, arrays)
        stages = self.pipeline.fused.stages
        run = Pixels(
            xp,
            numbers,
            self.pipeline.policy.targets,
            value_range=self.options.value_range,
            end=stages[-1] if stages else None,
        )
        end = run.run(stages, start, params)
        return self._leave(xp, end, start, arrays)

    def everything(
        self, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None, arrays: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Draw, prepare and apply in one function, for compilers."""
        draws = self.draw(xp, key, id_lo, id_hi)
        return self.pixels(xp, self.prepare(xp, draws, id_lo * 0), arrays)

    def _numbers(self, xp: Namespace) -> FixedNumbers | FloatNumbers | None:
        if self.signature.domain == "fixed":
            return FixedNumbers(xp)
        if self.signature.domain == "float":
            if self.signature.dtype == "uint16":
                return FloatNumbers(xp, 0.0, 65535.0)
            wide = self.signature.dtype == "float64"
            return FloatNumbers(xp, *self.options.value_range, dtype="float64" if wide else "float32")
        return None

    def _enter(self, xp: Namespace, arrays: Mapping[str, Array]) -> dict[str, Array]:
        sig, go = self.signature, self._passage(xp)
        image = go.channels_last(go.rows(arrays["image"]))
        if sig.domain == "float":
            image = xp.astype(image, "float64" if sig.dtype == "float64" else "float32")
        state = {"image": image}
        for target in self.targets:
            state.update(target.enter(go, arrays))
        if sig.has(LABELS):
            state[LABELS] = go.rows(arrays[LABELS])
        if sig.has(LABEL):
            state[LABEL] = go.each(soft_labels(xp, arrays[LABEL], self.classes))
        return state

    def _leave(
        self, xp: Namespace, state: Mapping[str, Array], start: Mapping[str, Array], arrays: Mapping[str, Array]
    ) -> dict[str, Array]:
        sig, go = self.signature, self._passage(xp)
        image = state["image"]
        if sig.domain == "fixed" and xp.dtype(image) != "float32":
            image = levels_out(xp, image)
        elif sig.domain == "float":
            image = self._back(xp, image)
        out = {"image": go.lead(go.declared(image))}
        for target in self.targets:
            out.update(target.leave(go, dict(state), dict(start), arrays))
        if sig.has(LABELS):
            out[LABELS] = go.lead(state[LABELS])
        if sig.has(LABEL):
            out[LABEL] = go.once(state[LABEL])
        return out

    def _passage(self, xp: Namespace) -> Passage:
        return Passage(xp, self.signature, self.options, self.pipeline.policy.targets, self.size)

    def _back(self, xp: Namespace, image: Array) -> Array:
        """Return a float-domain image in the caller's dtype; ops of the kind "type" always give floats."""
        if self.signature.dtype == "uint16":
            if self._gives_floats():
                return image
            return xp.astype(xp.clip(xp.floor(image + 0.5), 0.0, 65535.0), "uint16")
        return xp.astype(image, self.signature.dtype)

    def dtype_out(self) -> str:
        """Return the dtype of the resulting image."""
        dtype = self.signature.dtype
        return "float32" if self._gives_floats() and dtype in ("uint8", "uint16") else dtype

    def _gives_floats(self) -> bool:
        stages = self.pipeline.fused.stages
        return bool(stages) and isinstance(stages[-1], Type)
