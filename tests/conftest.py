"""Lets tests import `benchmarks`, which is run from the checkout and never installed."""

import sys
from pathlib import Path

# Last, and the packages that ship lie deeper: what is installed is still what is tested.
sys.path.append(str(Path(__file__).parent.parent))
