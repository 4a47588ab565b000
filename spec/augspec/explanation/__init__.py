"""The words in which `augspec.explain` shows stages and draws."""
