"""Hand-written findings, one file per library with `VERDICTS` and a `NOTE` (Keras has a second one)."""
