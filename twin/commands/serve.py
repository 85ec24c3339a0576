"""`lacss serve`: the dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from process_models.errors import InputError
from twin.commands.sqlite_note import tell_sqlite_fault

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `serve`."""
    app.command("serve")(_serve)


def _serve(
    port: Annotated[int, typer.Option(help="Where the dashboards listen.")] = 8501,
    address: Annotated[
        str, typer.Option(help="Loopback, or another once somebody can log in.")
    ] = "127.0.0.1",
    certificate: Annotated[Path | None, typer.Option(help="For HTTPS, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key, PEM.")] = None,
) -> None:
    """Serve the dashboards until Ctrl-C."""
    import signal
    import threading

    from process_models.errors import StoreError
    from twin.running.children import Child
    from twin.running.dashboards import checked_address, command, require_free, wait_until_up
    from twin.settings import Settings

    settings = Settings.from_environment()
    _check_pair(certificate, key)
    arguments = command(
        checked_address(address, settings), require_free(address, port),
        certificate=certificate, key=key,
    )  # fmt: skip
    _warn(address, certificate)
    tell_sqlite_fault()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Child("dashboards", arguments, settings.home / "log" / "dashboards.log") as child:

        def gone() -> bool:
            return stop.is_set() or child.ended is not None

        if wait_until_up(address, port, 60.0, gone):
            scheme = "http" if certificate is None else "https"
            typer.echo(f"dashboards: {scheme}://{address}:{port}  (Ctrl-C ends them)")
        while not gone():
            stop.wait(0.5)
        if not stop.is_set():
            raise StoreError(f"the dashboards ended with code {child.ended}, see {child.log}")


def _check_pair(certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        raise typer.BadParameter("--certificate and --key are given together")
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise InputError(f"{path}: no such file")


def _warn(address: str, certificate: Path | None) -> None:
    from twin.running.dashboards import is_near

    if certificate is None and not is_near(address):
        typer.echo(
            "warning: passwords travel unencrypted without --certificate and --key, unless a "
            "proxy in front does HTTPS", err=True,
        )  # fmt: skip
