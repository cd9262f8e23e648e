"""Frames: events as the bytes of a stream (WHATWG HTML, server-sent events), made once for all."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec.json import encode

from autonome.ledger.listening import StoredEvent

__all__ = ["OPENING", "Frame", "frame_of", "heartbeat", "position", "resync"]

_RETRY_MS: Final = 1_000
"""After this a browser comes back that has lost its stream."""

OPENING: Final = b"retry: %d\n" % _RETRY_MS


class Frame(NamedTuple):
    """One event, ready to be sent, with what decides who gets it."""

    id: int
    kind: str
    model_id: str | None
    content: bytes


def frame_of(event: StoredEvent) -> Frame:
    """Return the frame of an event."""
    head = encode({"at": event.at, "modelId": event.model_id})
    # Both are objects; the payload of an event is never empty.
    data = head[:-1] + b"," + event.payload.encode()[1:]
    content = b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.kind.encode(), data)
    return Frame(event.id, event.kind, event.model_id, content)


def position(last: int | None) -> bytes:
    """Return the lines that tell a reader where it stands; a browser keeps it without a word."""
    return b"\n" if last is None else b"id: %d\n\n" % last


def heartbeat(last: int | None) -> bytes:
    """Return a comment that keeps a quiet stream open, with where it stands."""
    return b": heartbeat\n" + position(last)


def resync(last: int | None) -> bytes:
    """Return the event that tells a reader to fetch everything anew, and goes on from there."""
    return b"event: resync\ndata: {}\n" + position(last)
