"""`python spec/tests/pin_presets.py` pins the draws of presets that are new; what is pinned stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

from test_presets import data_hash, drawn

import augspec

FILE = Path(__file__).parent / "expected/preset_draws.json"

if __name__ == "__main__":
    pinned = json.loads(FILE.read_text())
    new = {name: {"sha256": data_hash(name), "draws": drawn(name)} for name in augspec.presets() if name not in pinned}
    rows = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in sorted((pinned | new).items())]
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")
