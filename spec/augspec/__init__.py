"""One JSON policy declares an image augmentation, a pure function on NumPy, PyTorch, TensorFlow and JAX."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from augspec._version import __version__ as __version__
from augspec.bind import backends as backends
from augspec.bind import compile as compile  # noqa: A004 (the word of the field)
from augspec.bind import get_backend as get_backend
from augspec.check import check as check
from augspec.difference import diff as diff
from augspec.errors import AugspecError as AugspecError
from augspec.errors import BackendUnavailable as BackendUnavailable
from augspec.errors import PolicyError as PolicyError
from augspec.errors import SampleError as SampleError
from augspec.errors import Unsupported as Unsupported
from augspec.explain import explain as explain
from augspec.lint import lint as lint
from augspec.load import dump as dump
from augspec.load import dumps as dumps
from augspec.load import load as load
from augspec.load import loads as loads
from augspec.load import parse as parse
from augspec.normalize import normalize as normalize
from augspec.presets import presets as presets
from augspec.registry import ops as ops
from augspec.schema import schema as schema
from augspec.statistics import stats as stats
from augspec.vendors import vendor_ops as vendor_ops

if _TYPE_CHECKING:
    from augspec.draws import Draws as Draws
    from augspec.language.policy import Policy as Policy
    from augspec.random.keys import Key as Key
    from augspec.random.keys import sample_id as sample_id

__all__ = [
    "AugspecError",
    "BackendUnavailable",
    "Draws",
    "Key",
    "Policy",
    "PolicyError",
    "SampleError",
    "Unsupported",
    "__version__",
    "backends",
    "check",
    "compile",
    "diff",
    "dump",
    "dumps",
    "explain",
    "get_backend",
    "lint",
    "load",
    "loads",
    "normalize",
    "ops",
    "parse",
    "presets",
    "sample_id",
    "schema",
    "stats",
    "vendor_ops",
]

# These need NumPy or pydantic, which are most of the cost of an import; all else imports them when it is
# called. A name that is also a module's (`load`, `ops`) must be bound here at once: importing the module
# later would replace it.
_LATER = {
    "Draws": "augspec.draws",
    "Key": "augspec.random.keys",
    "Policy": "augspec.language.policy",
    "sample_id": "augspec.random.keys",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'augspec' has no attribute {name!r}")
    import importlib

    value = globals()[name] = getattr(importlib.import_module(_LATER[name]), name)
    return value


def __dir__() -> list[str]:
    return [*__all__, *(name for name in globals() if name not in __all__)]
