"""bind: find a backend by name and hand it the policy."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from augspec.errors import BackendUnavailable, nearest

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["backends", "capabilities", "compile", "get_backend"]

_BUILT_IN = {
    name: f"augspec_backends.{name}.backend:Backend" for name in ("host", "jax", "numpy", "tensorflow", "torch")
}
_INSTALL = {name: f'pip install "augspec[{name}]"' for name in ("host", "jax", "tensorflow", "torch")}


def backends() -> tuple[str, ...]:
    """Return the names of all known backends, sorted; their frameworks may still be missing."""
    return tuple(sorted(set(_registered()) | set(_BUILT_IN)))


def _registered() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {entry.name: entry.value for entry in entry_points(group="augspec.backends")}


def get_backend(name: str) -> Any:
    """Import a backend and return an instance.

    Args:
        name: a name from `backends()`, or `module:attribute`.

    Raises:
        BackendUnavailable: the name is unknown, or its framework is missing.
    """
    module, _, attribute = _target(name).partition(":")
    attribute = attribute or "Backend"
    try:
        home = importlib.import_module(module)
    except ImportError as error:
        raise BackendUnavailable(name, f"cannot be imported ({error})", _INSTALL.get(name, "")) from error
    found = getattr(home, attribute, None)
    if found is None:
        raise BackendUnavailable(name, f"the module {module!r} has no {attribute!r}", fix=nearest(attribute, dir(home)))
    backend = found() if isinstance(found, type) else found
    missing = [part for part in ("name", "capabilities", "compile") if not hasattr(backend, part)]
    if missing:
        raise BackendUnavailable(
            name, f"{attribute!r} is no backend: it has no {', '.join(missing)}", fix="Derive it from GenericBackend."
        )
    return backend


def _target(name: str) -> str:
    """Return `module:attribute` of a backend."""
    if not isinstance(name, str):
        raise BackendUnavailable(repr(name), f"a backend is a name ({', '.join(backends())}) or 'module:attribute'")
    target = _registered().get(name, _BUILT_IN.get(name, name if ":" in name else None))
    if target is None:
        raise BackendUnavailable(
            name, f"no such backend; known are {', '.join(backends())}", fix=nearest(name, backends())
        )
    return target


def capabilities(name: str) -> tuple[Any, str]:
    """Return what a backend can do, and the line that installs what is missing here; empty if nothing is.

    A backend whose package has a module `capabilities` beside it is asked without its framework.

    Raises:
        BackendUnavailable: the name is unknown, or nothing but the backend itself can tell, and it is missing.
    """
    home = _target(name).partition(":")[0].rpartition(".")[0]
    try:
        found = importlib.import_module(f"{home}.capabilities").CAPABILITIES if home else None
    except (ImportError, AttributeError):
        found = None
    if found is None:
        return get_backend(name).capabilities, ""
    missing = found.framework and importlib.util.find_spec(found.framework) is None
    return found, (_INSTALL.get(name, f"pip install {found.framework}") if missing else "")


def compile(policy: Policy, backend: str = "numpy", **options: Any) -> Any:  # noqa: A001 (the field's word)
    """Bind a policy to a backend and return the augmenter, a pure function of (key, sample, index).

    Args:
        policy: what `augspec.load` returns.
        backend: "numpy", "host", "torch", "tensorflow", "jax", another registered name, or `module:attribute`.
        **options: `layout` ("NHWC" or "NCHW"; default the framework's habit), `value_range` of float images
            (default (0, 1)), `box_format` ("xyxy", "xywh", "cxcywh", "yxyx", "cxcywhr"), `box_units` ("pixels",
            "normalized"), `keypoint_format` ("xy", "index"), `mode` ("auto", "eager", "compiled"; TensorFlow
            also "graph"), `frames` (true where a sample is a stack of images that share one draw: (T, H, W, C) and
            (B, T, H, W, C), or (T, C, H, W) and (B, T, C, H, W), with masks, boxes and keypoints for every frame).

    Raises:
        BackendUnavailable: with the line that installs what is missing.
        Unsupported: an option that the backend does not have.
    """
    from augspec.language.policy import Policy

    if not isinstance(policy, Policy):
        raise TypeError(f"compile() takes a Policy (from augspec.load, loads or parse), got {type(policy).__name__}")
    return get_backend(backend).compile(policy, **options)
