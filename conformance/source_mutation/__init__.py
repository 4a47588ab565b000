"""Change one place of the source at a time and see whether a law or a test notices: what the suite does not see.

A tool of the checkout, not of the wheel. `docs/mutation_score.md` is its page, and says how it is run.
"""
