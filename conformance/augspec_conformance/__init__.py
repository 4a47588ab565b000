"""Laws, oracle and probes that show whether a backend of augspec is pure."""
