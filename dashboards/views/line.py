"""Line: is it running, what holds it back, how is today going?"""

from __future__ import annotations

from dashboards.components import page

__all__ = ["main"]


def main() -> None:
    """The line as it is now."""
    with page("Line", "Is it running, what holds it back, how is today going?"):
        pass


if __name__ == "__main__":
    main()
