"""The web server of the app: Streamlit's, behind strict headers, with two addresses for machines.

`planner app` starts it with `python -m app run app/server.py`, which is Streamlit's command; settings stand in
`app/.streamlit/config.toml` and may be given as Streamlit's options or environment variables. `/api/version` says which
code answers, `/healthz` whether it does and how much it has to do.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config, file_util
from streamlit.auth_util import get_secrets_auth_section

from app.serving import patience
from app.serving.gate import Gate, Shares, Visitors
from app.serving.security import Gatekeeper, Headers, Pages, front, policy
from app.serving.visitors import Anybody, Named, SignedIn
from app.session.sessions import Sessions, life
from app.session.store import folder
from app.shell import addresses
from app.shell.versions import versions
from app.tasks import jobs
from planner.access import identity

TABS = int(os.environ.get("PLANNER_APP_TABS", "200"))
"""Browser tabs that may be open at once."""
TABS_EACH = int(os.environ.get("PLANNER_APP_TABS_EACH", "20"))
"""Browser tabs that one person may have open at once, where people are known."""
PROOF = "PLANNER_APP_PROXY_SECRET"
"""Environment variable with what a reverse proxy shows in the header X-Planner-Secret."""
SWITCH = 0.001
"""Seconds that one thread computes before another may: answers wait for the thread that sends them, and it for them."""
LOADED = ("app.shell.page_frame", "app.views.start", "app.views.plan", "app.views.data", "app.views.method")
"""Modules that the first visitor would otherwise wait for."""


async def version(_: Request) -> JSONResponse:
    """Which code answers."""
    return JSONResponse(versions(), headers={"cache-control": "no-store"})


async def health(_: Request) -> JSONResponse:
    """That it answers, and how much work is under way and waiting."""
    return JSONResponse({"status": "ok", **jobs.load()}, headers={"cache-control": "no-store"})


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Load what every visitor needs while nobody waits; open the browser if that is wanted."""
    sys.setswitchinterval(SWITCH)
    patience.more_files()
    threading.Thread(target=_load, name="planner-load", daemon=True).start()
    host = config.get_option("browser.serverAddress")
    where = f"http://{host}:{config.get_option('server.port')}{BASE}/"
    sys.stderr.write(f"The planner is open at {where} (Ctrl-C ends it).\n")
    if not config.get_option("server.headless"):
        threading.Timer(0.5, webbrowser.open, (where,)).start()
    yield


def _load() -> None:
    """Import the pages and start a worker; what is loaded now is never garbage and need not be looked at again."""
    jobs.warm()  # it loads in its own process meanwhile
    importlib.import_module("app.shell.opening").look_ahead()
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _option(name: str) -> Any:
    """A setting of the server."""
    return config.get_option(f"server.{name}")


BASE = "/" + str(_option("baseUrlPath")).strip("/") if str(_option("baseUrlPath")).strip("/") else ""


def _visitors() -> Visitors:
    """How people are known here: by signing in, by a header of a proxy, or not at all."""
    patterns = identity.patterns_of(os.environ.get(identity.PEOPLE, ""))
    headers = _option("trustedUserHeaders")
    if headers:
        return Named(BASE, next(iter(headers)), patterns, os.environ.get(PROOF, ""))
    if get_secrets_auth_section():
        return SignedIn(BASE, Sessions(folder("sessions") / "signed_out.json", life()), patterns)
    return Anybody(BASE)


INDEX = front(Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8"), BASE)

app = st.App(
    Path(__file__).resolve().with_name("main.py"),
    routes=[Route(f"{BASE}/api/version", version), Route(f"{BASE}/healthz", health)],
    middleware=[
        Middleware(Headers, policy(INDEX, st.__version__)),
        Middleware(Gatekeeper, _option("allowedHosts"), _option("corsAllowedOrigins"), BASE, TABS),
        Middleware(Gate, _visitors(), Shares(tabs=TABS_EACH), BASE),
        Middleware(Pages, INDEX, addresses.PAGES, addresses.FIRST, BASE),
    ],
    lifespan=lifespan,
)
