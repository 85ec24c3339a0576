"""The command `lacss`: collects the commands, and turns errors into one line and an exit code."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from importlib import metadata
from typing import Annotated

import typer

from process_models.errors import LacssError
from twin import commands

__all__ = ["build", "main"]


def build() -> typer.Typer:
    """The application with the commands of `twin.commands`, in alphabetical order.

    A module there that has `register(app)` is a command; the others are parts of one.
    """
    app = typer.Typer(
        name="lacss",
        help="Digital twin and statistical process control of a LACSS lithium-anode line.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for module in sorted(info.name for info in pkgutil.iter_modules(commands.__path__)):
        register = getattr(importlib.import_module(f"twin.commands.{module}"), "register", None)
        if register is not None:
            register(app)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lacss {metadata.version('lacss-twin')}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and end.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Options of `lacss` itself; the commands have their own."""


def main() -> None:
    """Run the command; an error of ours is one line on stderr and exit code 1."""
    try:
        build()()
    except LacssError as error:
        text = " ".join(str(error).split())
        typer.echo(f"lacss: {text if len(text) <= 390 else text[:389] + '…'}", err=True)
        sys.exit(1)
    except MemoryError as error:
        text = " ".join(str(error).split())[:200]
        typer.echo(f"lacss: needs more memory than this machine has: {text}", err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a disk that is full, a folder that may not be written
        what = f"{error.filename}: " if error.filename else ""
        typer.echo(f"lacss: {what}{error.strerror or error}"[:390], err=True)
        sys.exit(1)
