"""Kernels written once over a namespace; they make a new backend work on its first day."""
