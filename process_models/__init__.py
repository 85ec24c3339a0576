"""What the process does, in numbers: arrays in, results out.

No clock, no files, no user interface and no simulator live here. Next door, `twin` puts these
models into time and onto disk, and `dashboards` shows what they say.
"""
