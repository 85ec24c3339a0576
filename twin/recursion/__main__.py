"""Compile the exact engine once and for all: `python -m twin.recursion`, as `make setup` does."""

from __future__ import annotations

from twin.distributions import Lognormal
from twin.line import Arrivals, LineModel, StationModel, read_line
from twin.recursion import run_block
from twin.replication import Plan
from twin.settings import data_folder


def main() -> None:
    """Run the reference line and a plain one, so that what is compiled is kept."""
    plain = tuple(StationModel(name, Lognormal(240, 0.3), buffer=3) for name in "ab")
    tandem = LineModel("plain", Arrivals("saturated"), plain)
    for line in (read_line(data_folder() / "line.toml"), tandem):
        for keep in (False, True):
            run_block(line, Plan(hours=1.0, replications=2), range(2), keep_records=keep)


if __name__ == "__main__":
    main()
