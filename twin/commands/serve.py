"""`lacss serve`: the dashboards."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `serve`."""
    app.command("serve")(_serve)


def _serve(
    port: Annotated[int, typer.Option(help="Where the dashboards listen.")] = 8501,
    address: Annotated[str, typer.Option(help="Loopback only.")] = "127.0.0.1",
) -> None:
    """Serve the dashboards until Ctrl-C."""
    import signal
    import threading

    from process_models.errors import StoreError
    from twin.running.children import Child
    from twin.running.dashboards import checked_address, command, require_free, wait_until_up
    from twin.settings import Settings

    settings = Settings.from_environment()
    arguments = command(checked_address(address), require_free(address, port))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Child("dashboards", arguments, settings.home / "log" / "dashboards.log") as child:

        def gone() -> bool:
            return stop.is_set() or child.ended is not None

        if wait_until_up(address, port, 60.0, gone):
            typer.echo(f"dashboards: http://{address}:{port}  (Ctrl-C ends them)")
        while not gone():
            stop.wait(0.5)
        if not stop.is_set():
            raise StoreError(f"the dashboards ended with code {child.ended}, see {child.log}")
