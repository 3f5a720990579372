"""Run the pages on this machine."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import uvicorn
from fastapi import FastAPI

from tetrapylon.errors import TetrapylonError
from tetrapylon.model import Structure, Tier
from tetrapylon.web import computed
from tetrapylon.web.app import create_app
from tetrapylon.web.asked import Look
from tetrapylon.web.clocks import read_clocks
from tetrapylon.web.settings import GRADED_MOST

BACKLOG = 128
"""Connections that wait while the server starts."""
SWITCH_S = 0.0005
"""How long one thread computes while another waits (s): files go out at once while figures are worked out."""
LOCAL = ("127.0.0.1", "::1", "localhost")


def serve(
    location: str, host: str = "127.0.0.1", port: int = 8016, open_browser: bool = True, *,
    tiers: Sequence[Tier] = (Tier.PUBLIC,), ready: Callable[[str], None] | None = None,
    stop_after: float | None = None,
) -> None:  # fmt: skip
    """Serve a record until interrupted.

    Parameters
    ----------
    location : a .gpkg file or a PostGIS address. host, port : where to listen; port 0 takes a free one. open_browser :
    open the first page when it answers. tiers : whose values may leave. ready : told the address. stop_after : seconds
    after which to end; None: when interrupted.

    Raises
    ------
    NotFound, RecordDamaged : there is no record there. TetrapylonError : the port is taken.
    """
    hosts = (host,) if host in LOCAL else ("*",)
    app = create_app(location, tiers=tiers, hosts=hosts)
    listening = _listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", server_header=False, lifespan="off", timeout_graceful_shutdown=2)
    )
    sys.setswitchinterval(SWITCH_S)
    app.state.reading.look_ahead(partial(_look_ahead, app))
    if ready:
        ready(address)
    if stop_after is not None:
        timer = threading.Timer(stop_after, lambda: setattr(server, "should_exit", True))
        timer.daemon = True
        timer.start()
    if open_browser:
        threading.Thread(target=_open_when_up, args=(server, address), daemon=True).start()
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)  # whoever hears the address may ask at once
    except OSError as error:
        listening.close()
        raise TetrapylonError(
            f"Cannot listen on {host}:{port}: {error.strerror}.", hint="Choose another --port."
        ) from error
    return listening


def _look_ahead(app: FastAPI) -> None:
    """Work out what the first page will ask for, while the browser still opens."""
    look = Look(app.state.reading, read_clocks(None, None))
    with suppress(TetrapylonError):  # the page itself will say what is wrong
        structures = [c.uid for c in look.view.claims(Structure)]
        if len(structures) <= GRADED_MOST:
            computed.worked(look, structures)


def _open_when_up(server: uvicorn.Server, address: str) -> None:
    import time

    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    webbrowser.open(address)
