"""AutoGraph: rewrites the Python that a user's `tf.function` reads; here there is nothing to rewrite."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import tensorflow as tf

from augspec.errors import AugspecError
from augspec_backends.generic.augmenter import Augmenter

__all__ = ["TensorFlowAugmenter"]


def _as_written(method: Callable[..., Any]) -> Callable[..., Any]:
    """Keep AutoGraph from converting a method, and from turning our errors into its own."""

    @wraps(method)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return method(*arguments, **options)
        except AugspecError as error:
            vars(error)["ag_pass_through"] = True
            raise

    plain: Callable[..., Any] = tf.autograph.experimental.do_not_convert(call)
    return plain


class TensorFlowAugmenter(Augmenter):
    """An augmenter that can be called inside a `tf.function`, converted by AutoGraph or not."""

    __call__ = _as_written(Augmenter.__call__)
    draw = _as_written(Augmenter.draw)
    apply = _as_written(Augmenter.apply)
