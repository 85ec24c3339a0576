"""`lacss plant`: the reference plant as an OPC UA server."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.output import JSON_OPTION, emit

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `plant`."""
    app.command("plant")(_plant)


def _plant(
    seed: Annotated[
        int | None, typer.Option(help="Of the plant; default the one that is here, else 1.")
    ] = None,
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0 takes a free one.")] = 0,
    speed: Annotated[
        float, typer.Option(help="Plant seconds a second; inf: as fast as it is read.")
    ] = 1.0,
    history_days: Annotated[
        float, typer.Option(help="A new plant has been running for so long.")
    ] = 7.0,
    until: Annotated[str, typer.Option(help="Time with offset at which the records end.")] = "",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Serve the reference plant over OPC UA until Ctrl-C.

    The first line on stdout names the URL. What the plant knows and the twin does not is written
    to plant/truth.json in LACSS_HOME.
    """
    import asyncio

    from twin.live.plant_service import PlantService
    from twin.settings import Settings
    from twin.site import moment, site_line, site_recipe

    settings = Settings.from_environment()
    service = PlantService.of(
        settings.home, site_line(settings), site_recipe(settings), seed=seed,
        history_days=history_days, speed=speed,
        until=moment("until", until) if until else None,
    )

    def ready(url: str) -> None:
        if as_json:
            emit({"url": url, "source": service.plant.source, "started_at": service.started_at})
        else:
            typer.echo(f"{url} serves {service.plant.source}, running since {service.started_at}")

    asyncio.run(service.serve(port, ready))
