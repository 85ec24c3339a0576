"""`kind = "opcua"`: any server's variables by the mapping file, or the numbered records of a plant.

[[source]]
name = "line-1"
kind = "opcua"
address = "opc.tcp://plc:4840"
server_fingerprint = "AB:CD:..."

[[source.map]]
channel = "Line/{station}/{characteristic}"
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.live.opcua.addresses import check_channel
from twin.live.opcua.follower import Follower
from twin.live.opcua.pki import KeyPair, client_pair
from twin.live.opcua.reach import Reach
from twin.live.opcua.security import ClientSecurity
from twin.live.opcua.session import LOST, connect, disconnect
from twin.live.opcua.subscription import Monitoring
from twin.live.opcua.transfer_source import TransferSource
from twin.live.sourcing import Edge, Source, SourceConfig
from twin.live.sourcing.template import ChannelPattern

__all__ = ["MappedSource", "opcua_source"]

_TIMEOUT_S = 10.0


class MappedSource:
    """Variables of any OPC UA server.

    Parameters
    ----------
    url : str
        The server.
    patterns : sequence of ChannelPattern
        Node ids or paths of browse names, see `twin.live.opcua.addresses`.
    security : ClientSecurity
        How it is reached.
    monitoring : Monitoring
        How it is watched.
    history : bool
        Whether gaps are filled from the server's history, where it has one.
    """

    def __init__(
        self,
        url: str,
        patterns: tuple[ChannelPattern, ...],
        *,
        security: ClientSecurity | None = None,
        monitoring: Monitoring | None = None,
        history: bool = True,
    ) -> None:
        self._url = url
        self._patterns = patterns
        self._security = security or ClientSecurity()
        self._monitoring = monitoring or Monitoring()
        self._history = history
        self._reach = Reach()
        self._security.check(url)

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set.

        Raises
        ------
        ConnectionError
            When the server cannot be reached, is gone or is silent.
        AccessError
            When its certificate is not the pinned one.
        """
        client = await connect(
            self._url, self._security, timeout_s=_TIMEOUT_S, watchdog_s=3600.0
        )  # the subscription has a watchdog of its own
        try:
            follower = Follower(
                client, out, self._patterns, self._monitoring, self._reach, history=self._history
            )
            await follower.run(stop)
        except ConnectionError as error:
            raise ConnectionError(f"{self._url}: {error}") from error
        except LOST as error:
            raise ConnectionError(f"{self._url} is gone: {error}") from error
        finally:
            with suppress(*LOST):
                await disconnect(client)


def opcua_source(config: SourceConfig) -> Source:
    """The source that an entry of `sources.toml` describes.

    Raises
    ------
    InputError
        When a setting breaks a rule.
    """
    options = config.options
    security = _security(config)
    own = {key: options[key] for key in _monitoring_keys(options)}
    monitoring = Monitoring(**own)
    if options.get("transfer", False):
        return TransferSource(config.address, security, timeout_s=3.0 * monitoring.keepalive_s)
    patterns = tuple(dict.fromkeys(row.channel for row in config.maps))
    if not patterns:
        raise InputError(f"source {config.name}: needs [[source.map]], or transfer = true")
    for pattern in patterns:
        check_channel(pattern)
    return MappedSource(
        config.address,
        patterns,
        security=security,
        monitoring=monitoring,
        history=options.get("history", True),
    )


def _monitoring_keys(options: Any) -> list[str]:
    return [key for key in Monitoring.__dataclass_fields__ if key in options]


def _security(config: SourceConfig) -> ClientSecurity:
    options = config.options
    folder = Path(options.get("folder", "."))
    given = options.get("server_certificate_file")
    pinned = bool(given or options.get("server_fingerprint"))
    return ClientSecurity.of(
        server_certificate=None if given is None else folder / given,
        pin=options.get("server_fingerprint", ""),
        pair=_pair(config, folder) if pinned else None,
        user=config.username,
        password_file=config.password_file,
        insecure=config.insecure,
    )


def _pair(config: SourceConfig, folder: Path) -> KeyPair:
    if (config.certificate_file is None) != (config.key_file is None):
        raise InputError(f"source {config.name}: certificate_file and key_file belong together")
    if config.certificate_file is None or config.key_file is None:
        return client_pair(folder)
    uri = config.options.get("application_uri", "urn:lacss-twin:client")
    return KeyPair(config.certificate_file, config.key_file, str(uri))
