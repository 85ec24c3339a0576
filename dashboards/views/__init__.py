"""One page a file: controls, one call into the rooms below, the empty state and a figure."""
