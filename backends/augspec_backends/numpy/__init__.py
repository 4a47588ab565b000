"""The NumPy backend: the readable reference, always installed."""
