"""Headers of every answer: nothing is fetched from elsewhere, nothing runs that is not a file of ours."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""``data:`` and ``blob:`` pictures are the map's own signs; they load nothing."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Guard:
    """Adds the headers, and answers only those who ask for this machine by a name it is known under.

    The second keeps a page from elsewhere from reading the record through a name that it points at this machine.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(h.lower() for h in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        head = scope["method"] == "HEAD"  # answered as GET without the body (RFC 9110, 9.3.2)
        if head:
            scope = {**scope, "method": "GET"}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            elif head:
                message = {**message, "body": b""}
            await send(message)

        if self._known(scope):
            await self.app(scope, receive, guarded)
        else:
            refusal = PlainTextResponse("This server does not answer to that name.\n", status_code=421)
            await refusal(scope, receive, guarded)

    def _known(self, scope: Scope) -> bool:
        asked = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"host"), "")
        name = asked.lower()
        name = name[: name.rfind("]") + 1] if name.startswith("[") else name.partition(":")[0]
        return "*" in self.hosts or name in self.hosts
