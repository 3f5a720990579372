"""Reading the record for many requests: one connection per thread, what was read kept until the record changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tetrapylon.model import Entity, Party
from tetrapylon.record.frame import Frame, public_columns, read_frame
from tetrapylon.record.record import Record
from tetrapylon.record.shown import Remember, RememberingView, ShownView, first_known, hidden_things, version
from tetrapylon.record.view import View
from tetrapylon.web.clocks import Clocks
from tetrapylon.web.memo import Memo
from tetrapylon.web.settings import WebSettings
from tetrapylon.workflow.telling import Named, names_of

T = TypeVar("T")

KEPT_CLAIMS = 1_000_000
"""Claims and results of views that are kept, all views together."""
PATIENCE_S = 1.0
"""How long work ahead waits for a first page (s), which would else share the processor with it."""
FILES_S = 0.25
"""How long the files of the first page have the processor to themselves (s)."""
KEPT_FEATURES = 4_000_000
"""Features of layers that are kept, all layers together."""


class Reading:
    """Gives views and layers of one record. Never writes."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self._local = threading.local()
        self._views = Memo(KEPT_CLAIMS)
        self._frames = Memo(KEPT_FEATURES)
        self._ahead: threading.Thread | None = None
        self._first_page = threading.Event()
        self.record()

    def look_ahead(self, work: Callable[[], None]) -> None:
        """Work something out in a thread of its own: once the first page is made, or when nobody asks for one."""

        def wait_and_work() -> None:
            if self._first_page.wait(PATIENCE_S):
                time.sleep(FILES_S)
            work()

        self._ahead = threading.Thread(target=wait_and_work, daemon=True)
        self._ahead.start()

    def first_page_made(self) -> None:
        """Say that the first page no longer needs the processor."""
        self._first_page.set()

    @property
    def looking_ahead(self) -> bool:
        """Whether that work still goes on: a page may rather be sent without it than wait."""
        return self._ahead is not None and self._ahead.is_alive()

    def record(self) -> Record:
        """This thread's connection.

        Raises
        ------
        NotFound, RecordDamaged
        """
        record: Record | None = getattr(self._local, "record", None)
        if record is None:
            record = self._local.record = Record.open(self.settings.location, read_only=True)
        return record

    def view(self, clocks: Clocks) -> ShownView:
        """What the pages show."""
        return ShownView(
            self.record(), tiers=self.settings.tiers, on=clocks.on, known=clocks.known, remember=self._keeper(clocks)
        )

    def whole(self, clocks: Clocks) -> View:
        """Everything in the file: only for what must not be computed from less, such as the gate."""
        return RememberingView(self.record(), on=clocks.on, known=clocks.known, remember=self._keeper(clocks))

    def _keeper(self, clocks: Clocks) -> Remember:
        record = self.record()
        record.forget_receipts()
        key = (version(record), clocks.on, clocks.known)
        return lambda what, make: self._views.get((key, what), make)

    def computed(self, clocks: Clocks, what: str, make: Callable[[], T]) -> T:
        """A result computed from a view, kept until the record changes."""
        key = (version(self.record()), clocks.on, clocks.known, what)
        kept: T = self._views.get(key, make)
        return kept

    def frame(self, entity: type[Entity]) -> Frame:
        """A layer as arrays, with the columns that may leave."""
        record = self.record()
        names = ("uid", *public_columns(entity, self.settings.tiers))
        key = (version(record), entity.name())
        frame: Frame = self._frames.get(key, lambda: read_frame(record, entity, tiers=self.settings.tiers, names=names))
        return frame

    def first_day(self) -> str | None:
        """The day the first cited claim was known."""
        record = self.record()
        day: str | None = self._frames.get((version(record), "first day"), lambda: first_known(record))
        return day

    def namer(self) -> Callable[[tuple[str, ...]], list[Named]]:
        """Gives what people call things, in the order asked; those not on record are left out."""
        record = self.record()
        known: dict[str, Named] = self._frames.get((version(record), "names"), dict)
        hidden = self.hidden()

        def names(uids: tuple[str, ...]) -> list[Named]:
            missing = [uid for uid in uids if uid not in known]
            if missing:
                known.update(names_of(record, missing))
            found = [known[uid] for uid in uids if uid in known]
            return [Named(n.uid, n.entity, n.uid[:8]) if n.uid in hidden else n for n in found]

        return names

    def hidden(self) -> frozenset[str]:
        """Things about which some claim may not be shown at all."""
        record = self.record()
        found: frozenset[str] = self._frames.get(
            (version(record), "hidden"), lambda: hidden_things(record, self.settings.tiers)
        )
        return found

    def parties(self, clocks: Clocks) -> dict[str, str]:
        """Names of the parties that own feeds or are quoted, by uid."""
        found: dict[str, str] = self.computed(
            clocks, "parties", lambda: {c.uid: c.body.label for c in self.view(clocks).claims(Party, ever=True)}
        )
        return found

    def head(self) -> int:
        """Number of the last entry of the store."""
        return version(self.record())
