"""What `lacss serve` starts: the gate and the login page in front of the pages."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit.starlette import App

from dashboards.gate import Gate
from dashboards.login import answer_login, show_login
from twin.access.login import provider_file
from twin.settings import Settings

__all__ = ["app"]


def _secrets() -> dict[str, Any]:
    """What `st.login` needs of the file that names the identity provider, and nothing else."""
    path = provider_file(Settings.from_environment().home)
    return {} if path is None else {"auth": tomllib.loads(path.read_text("utf-8"))["auth"]}


app = App(
    Path(__file__).with_name("app.py"),
    secrets=_secrets(),
    routes=[
        Route("/login", show_login, methods=["GET"]),
        Route("/login", answer_login, methods=["POST"]),
    ],
    middleware=[Middleware(Gate)],
)
