"""What other libraries offer and what it is here: `words.toml`, and docs/peers.md that is written from it.

`python -m augspec_conformance.peer_ops` writes the page.
"""
