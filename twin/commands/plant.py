"""`lacss plant`: the reference plant as an OPC UA server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit

if TYPE_CHECKING:
    from twin.live.opcua.guard import ServerSecurity

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `plant`."""
    app.command("plant")(_plant)


def _plant(
    seed: Annotated[
        int | None, typer.Option(help="Of the plant; default the one that is here, else 1.")
    ] = None,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 0,
    speed: Annotated[
        float, typer.Option(help="Plant seconds a second; inf: as fast as it is read.")
    ] = 1.0,
    history_days: Annotated[
        float, typer.Option(help="A new plant has been running for so long.")
    ] = 7.0,
    until: Annotated[str, typer.Option(help="Time with offset at which the records end.")] = "",
    script: Annotated[
        Path | None, typer.Option(help="TOML file with [[cause]] and [[fault]] of the plant.")
    ] = None,
    signals: Annotated[
        int, typer.Option(help="Plain variables besides, with history.", min=0, max=100_000)
    ] = 0,
    signals_hz: Annotated[
        int, typer.Option(help="Values of each a second.", min=1, max=1000)
    ] = 10,
    address: Annotated[str, typer.Option(help="To listen on.")] = "127.0.0.1",
    secure: Annotated[
        bool, typer.Option("--secure", help="No plain connections, on this machine either.")
    ] = False,
    users: Annotated[
        Path | None, typer.Option(help="File with name:password on every line.")
    ] = None,
    mqtt: Annotated[
        str, typer.Option(help="HOST:PORT of a broker here: JSON and Sparkplug B besides.")
    ] = "",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Serve the reference plant over OPC UA until Ctrl-C.

    The first line on stdout names the URL. What the plant knows and the twin does not is written
    to plant/truth.json in LACSS_HOME. Clients of an encrypted connection are trusted by
    lacss certificate --trust.
    """
    import asyncio

    from twin.live.plant_publisher import MqttAddress
    from twin.live.plant_service import PlantService, Serving
    from twin.settings import Settings
    from twin.site import moment, site_line, site_recipe

    settings = Settings.from_environment()
    broker = MqttAddress.parse(mqtt) if mqtt else None
    security = _security(settings.home, address, users, secure=secure)
    service = PlantService.of(
        settings.home, site_line(settings), site_recipe(settings), seed=seed,
        history_days=history_days, speed=speed, script=script,
        until=moment("until", until) if until else None,
    )

    def ready(url: str) -> None:
        told = {"url": url, "source": service.plant.source, "started_at": service.started_at,
                "fingerprint": security.fingerprint}  # fmt: skip
        if as_json:
            emit(told)
        else:
            typer.echo(f"{url} serves {service.plant.source}, running since {service.started_at}")

    asyncio.run(service.serve(Serving(port, security, signals, signals_hz, broker), ready))


def _security(home: Path, address: str, users: Path | None, *, secure: bool) -> ServerSecurity:
    from twin.live.opcua.guard import ServerSecurity, read_users
    from twin.live.opcua.pki import server_pair, trusted
    from twin.live.opcua.security import is_loopback

    return ServerSecurity(
        address=address, pair=server_pair(home), trusted=lambda: trusted(home),
        plain=is_loopback(address) and not secure,
        users={} if users is None else read_users(users),
    )
