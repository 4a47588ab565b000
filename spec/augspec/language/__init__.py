"""The words of a policy: numbers and their units, distributions, documents."""
