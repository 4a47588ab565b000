"""Hand-written findings, one file per library with `VERDICTS` and a `NOTE`."""
