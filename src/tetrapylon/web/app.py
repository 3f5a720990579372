"""The application: routes, files, errors and headers put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from tetrapylon import __version__
from tetrapylon.model import Tier
from tetrapylon.web import errors, pages
from tetrapylon.web.describing import describe
from tetrapylon.web.ogc.router import router as services
from tetrapylon.web.reading import Reading
from tetrapylon.web.security import Guard
from tetrapylon.web.settings import WebSettings

STATIC = Path(__file__).parent / "static"


def create_app(location: str, *, tiers: Sequence[Tier] = (Tier.PUBLIC,), hosts: Sequence[str] = ()) -> FastAPI:
    """Pages and services over a record; reading only.

    Parameters
    ----------
    location : a .gpkg file or a PostGIS address. tiers : whose values may leave. hosts : further names under which
        this machine may be asked; "*" for any.

    Raises
    ------
    NotFound, RecordDamaged : there is no record there.
    """
    settings = WebSettings(location, tuple(tiers), (*WebSettings.hosts, *hosts))
    app = FastAPI(
        title=f"Tetrapylon: {settings.name}", version=__version__, openapi_url=None, docs_url=None, redoc_url=None,
        description="Claims on record, as of two clocks.",
    )  # fmt: skip
    app.openapi_version = "3.0.3"
    app.state.reading = Reading(settings)
    app.include_router(pages.router())
    app.include_router(services)
    describe(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.add_handlers(app)
    app.add_middleware(Guard, hosts=settings.hosts)
    return app
