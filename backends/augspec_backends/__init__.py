"""The backends of augspec: one package per framework, with the same file names in each, over `generic` kernels."""
