"""All rules, by their ids: W1xx pixels, W2xx order, W3xx idle parts, W4xx mirrors, W5xx evaluation."""

from __future__ import annotations

from augspec.lint.evaluation import EVALUATION
from augspec.lint.finding import Rule
from augspec.lint.idle import IDLE
from augspec.lint.mirrors import MIRRORS
from augspec.lint.order import ORDER
from augspec.lint.pixels import PIXELS

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*PIXELS, *ORDER, *IDLE, *MIRRORS, *EVALUATION)
