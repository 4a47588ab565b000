"""augspec beside the installed peers: one command, paired runs, ratios."""
