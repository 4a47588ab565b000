"""Files of other libraries: JSON or YAML, read as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from augspec.errors import AugspecError
from augspec.importing.albumentations import albumentations
from augspec.importing.keras import keras
from augspec.importing.result import Imported
from augspec.language.limits import MAX_BYTES

__all__ = ["read"]


def read(data: bytes, *, white: float = 255.0) -> Imported:
    """Return the policy of a file's bytes: an Albumentations dict, or a config of Keras, told by what stands in it.

    Args:
        data: JSON, or YAML where PyYAML is installed.
        white: what its fills call white: 255 for uint8 images, 1 for floats.

    Raises:
        AugspecError: it is neither.
    """
    document = _plain(data)
    try:
        if isinstance(document, Mapping) and "transform" in document:
            return albumentations(document, white=white)
        return keras(document)
    except TypeError:
        raise AugspecError(
            "this file is neither what Albumentations' to_dict() writes (an entry `transform`), nor a config of Keras "
            "(an entry `class_name`). Objects of torchvision and Kornia are imported from Python: augspec.importing"
        ) from None


def _plain(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise AugspecError(f"a file of more than {MAX_BYTES} bytes is not read")
    text = data.decode("utf-8-sig", errors="replace")
    try:
        data.decode("utf-8-sig")
        found = json.loads(text)
        return json.loads(found) if isinstance(found, str) else found  # the text of model.to_json(), dumped again
    except UnicodeDecodeError:
        raise AugspecError("the file is not UTF-8") from None
    except RecursionError:
        raise AugspecError("the file is nested too deeply") from None
    except json.JSONDecodeError as error:
        return _yaml(text, error)


def _yaml(text: str, error: json.JSONDecodeError) -> Any:
    where = f"the file is not JSON (line {error.lineno}, column {error.colno})"
    try:
        import yaml  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise AugspecError(f'{where}; for YAML, install PyYAML: pip install "augspec[cli]"') from None
    try:
        return yaml.safe_load(text)  # plain data: no tag of Python's is ever followed
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        at = "" if mark is None else f" (line {mark.line + 1}, column {mark.column + 1})"
        raise AugspecError(f"{where}, and not YAML of plain values{at}; tags of Python are never followed") from None
