"""How things and claims are named: stable names for imported things, time-ordered ones for native things."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from functools import lru_cache

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "tetrapylon")


def thing_uid(authority: str, entity: str, local_id: str) -> str:
    """Uid of an imported thing: UUIDv5 (RFC 9562) of naming authority, entity and local id."""
    return _uuid5(_NAMESPACE.bytes, f"{authority}/{entity}/{local_id}")


def claim_uid(party: str, entity: str, subject: str) -> str:
    """Uid of a party's imported claim about a thing: the same on every import, so a re-import adds nothing."""
    return _uuid5(_namespace(party), f"{entity}/{subject}")


def new_uid() -> str:
    """Uid of a native thing, claim, feed or author: UUIDv7 (RFC 9562): milliseconds, then 74 random bits."""
    moment = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (moment & (1 << 48) - 1) << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return str(uuid.UUID(int=value))


@lru_cache(maxsize=1000)
def _namespace(uid: str) -> bytes:
    return uuid.UUID(uid).bytes


def _uuid5(namespace: bytes, name: str) -> str:
    text = hashlib.sha1(namespace + name.encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""First digit of the fourth group: its two upper bits are set to 10 (RFC 9562)."""
