"""The ops of the language: one class per file, the file named by the op.

The registry (`augspec.registry`) finds every module of this package by itself; adding an op is adding a file.
"""
