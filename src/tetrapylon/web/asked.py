"""What a request asks for: the clocks, the language, and through them a view of the record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request

from tetrapylon.model import LANGUAGES
from tetrapylon.record.shown import ShownView
from tetrapylon.record.view import View
from tetrapylon.web.clocks import DAY, Clocks, read_clocks
from tetrapylon.web.language import Language, choose
from tetrapylon.web.reading import Reading

_DAY = {"pattern": f"^({DAY})?$"}
On = Annotated[
    str | None,
    Query(max_length=40, description="Day on the ground, YYYY-MM-DD. Default: today.", json_schema_extra=_DAY),
]
Known = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As known on this day, or at this instant (YYYY-MM-DDThh:mm:ssZ). Default: today.",
        json_schema_extra={"pattern": f"^(({DAY})(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?)?$"},
    ),
]
Lang = Annotated[
    str | None, Query(max_length=10, description="Language of the page.", json_schema_extra={"enum": list(LANGUAGES)})
]


@dataclass(frozen=True)
class Look:
    """A look at the record through two clocks."""

    reading: Reading
    clocks: Clocks

    @cached_property
    def view(self) -> ShownView:
        """What may be shown."""
        return self.reading.view(self.clocks)

    @cached_property
    def whole(self) -> View:
        """Everything in the file."""
        return self.reading.whole(self.clocks)


@dataclass(frozen=True)
class Asked(Look):
    """One request, read."""

    request: Request
    language: Language
    lang: str | None

    def href(self, path: str, **more: object) -> str:
        """Address of a page with the clocks and language of this one."""
        return address(path, self.clocks, self.lang, **more)


def address(path: str, clocks: Clocks, lang: str | None, **more: object) -> str:
    """A path with clocks, language and more in its query; ``#`` starts a fragment."""
    path, _, fragment = path.partition("#")
    pairs = [*clocks.asked, *((("lang", lang),) if lang else ()), *more.items()]
    query = f"?{urlencode(pairs)}" if pairs else ""
    return quote(path) + query + (f"#{quote(fragment)}" if fragment else "")


def asked(request: Request, on: On = None, known: Known = None, lang: Lang = None) -> Asked:
    """Read the request.

    Raises
    ------
    ValueRangeError : not a date. VocabularyError : not a language of the pages.
    """
    reading: Reading = request.app.state.reading
    language = choose(lang, request.headers.get("accept-language", ""))
    return Asked(reading, read_clocks(on, known), request, language, lang)


Ask = Annotated[Asked, Depends(asked)]
Page = Annotated[int, Query(ge=1, le=100_000, description="Page of a long list.")]
