"""The host engine: what the NumPy backend computes, compiled to machine code by LLVM."""
