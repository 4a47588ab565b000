"""One JSON policy declares an image augmentation; it compiles to a pure function on NumPy, PyTorch, TensorFlow and JAX."""

from augspec._version import __version__ as __version__
from augspec.bind import backends as backends
from augspec.bind import compile as compile
from augspec.bind import get_backend as get_backend
from augspec.draws import Draws as Draws
from augspec.errors import AugspecError as AugspecError
from augspec.errors import BackendUnavailable as BackendUnavailable
from augspec.errors import PolicyError as PolicyError
from augspec.errors import SampleError as SampleError
from augspec.errors import Unsupported as Unsupported
from augspec.language.policy import Policy as Policy
from augspec.load import dump as dump
from augspec.load import dumps as dumps
from augspec.load import load as load
from augspec.load import loads as loads
from augspec.normalize import normalize as normalize
from augspec.random.keys import Key as Key
from augspec.random.keys import sample_id as sample_id
from augspec.registry import ops as ops

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
    "compile",
    "dump",
    "dumps",
    "get_backend",
    "load",
    "loads",
    "normalize",
    "ops",
    "sample_id",
]
