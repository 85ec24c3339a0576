"""`lacss certificate`: who this installation is to OPC UA servers, and whom its plant trusts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `certificate`."""
    app.command("certificate")(_certificate)


def _certificate(
    of: Annotated[
        Path | None, typer.Option("--of", help="Show the fingerprint of this DER or PEM file.")
    ] = None,
    trust: Annotated[
        Path | None, typer.Option(help="Let the client with this certificate read the plant here.")
    ] = None,
    plant: Annotated[
        bool, typer.Option("--plant", help="That of the reference plant, not of the client.")
    ] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="Make a new one; everybody has to pin it again.")
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Show the certificate of this installation, made at first use; servers have to trust it.

    What other people need is the file, and the fingerprint to compare it by another way.
    """
    from twin.live.opcua import pki
    from twin.settings import Settings

    home = Settings.from_environment().home
    if trust is not None:
        der = pki.read_certificate(trust)
        path = pki.trust(home, der)
    elif of is not None:
        der, path = pki.read_certificate(of), of
    else:
        pair = (pki.server_pair if plant else pki.client_pair)(home, renew=renew)
        der, path = pair.der, pair.certificate
    told = {
        "certificate": str(path), "fingerprint": pki.fingerprint(der),
        "valid_until": pki.valid_until(der), "trusted_clients": len(pki.trusted(home)),
    }  # fmt: skip
    if as_json:
        emit(told)
    else:
        rows = [(key.replace("_", " "), str(value)) for key, value in told.items()]
        table("Certificate", ("what", "is"), rows)
