"""A streamed answer put together: the very chat completion that would have come whole.

What the libraries read, what is recorded and what costs are taken from is one body either way;
words are heard as they come. Frames are those of server-sent events (WHATWG HTML, section 9.2),
pieces those of OpenAI's ``chat.completion.chunk``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import MsgspecError, Raw, Struct
from msgspec.json import Decoder

__all__ = ["StreamedAnswer", "Unreadable"]

_DATA: Final = b"data:"
_OVER: Final = b"[DONE]"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_ENCRYPTED: Final = "reasoning.encrypted"


class Unreadable(Exception):
    """The stream holds something that is no piece of an answer."""


class _Reported(Struct):
    usage: Raw


_REPORTED: Final = Decoder(_Reported)


class StreamedAnswer:
    """One answer, as far as its stream has come."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        """Begin with nothing; ``heard`` is told words as they come, thoughts and calls not."""
        self._heard = heard
        self._line = bytearray()
        """The beginning of the next line."""
        self._was_ended = False
        """Whether a carriage return came last: a line feed would belong to it."""
        self._data: list[bytes] = []
        """Lines of the frame that is not over."""
        self._head: dict[str, object] = {}
        self._usage: bytes | None = None
        self._error: object = None
        self._choice: dict[str, object] | None = None
        """What is said of the answer beside its message; ``None`` until it has begun."""
        self._message = _Parts()
        self._details: list[_Parts] = []
        self._calls: list[_Call] = []
        self.size = 0
        """Characters of what the model has said, thought and called so far."""
        self.is_over = False
        """Whether the endpoint has said that nothing follows, or what went wrong."""

    @property
    def is_whole(self) -> bool:
        """Say whether the answer has come to its end, or to an error."""
        return self.is_over or "finish_reason" in (self._choice or {})

    def feed(self, chunk: bytes) -> None:
        """Take what came next.

        Raises:
            Unreadable: it is no piece of an answer.
        """
        if not chunk:
            return
        was_ended, self._was_ended = self._was_ended, chunk.endswith(b"\r")
        if was_ended:
            chunk = chunk.removeprefix(b"\n")
        # Lines end in CR, LF or both; JSON holds neither.
        first, *others = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._line += first
        for other in others:
            self._take_line(bytes(self._line))
            self._line = bytearray(other)

    def end(self) -> None:
        """Take what was not ended by a line.

        Raises:
            Unreadable: it is no piece of an answer.
        """
        self.feed(b"\n\n")

    def body(self) -> bytes:
        """Return the answer as a chat completion, or the error that came instead, as JSON."""
        if self._error is not None:
            return _compact({"error": self._error})
        message: dict[str, object] = {
            "role": "assistant",
            "content": None,
            **self._message.whole(),
        }
        if self._details:
            message["reasoning_details"] = [each.whole() for each in self._details]
        if self._calls:
            message["tool_calls"] = [each.whole() for each in self._calls]
        choices = []
        if self._choice is not None:
            choices = [{"index": 0, "message": message, "finish_reason": None, **self._choice}]
        body = {**self._head, "object": "chat.completion", "choices": choices}
        text = _compact(body)
        # The cost stays the text that it came as.
        return text if self._usage is None else text[:-1] + b',"usage":' + self._usage + b"}"

    def _take_line(self, line: bytes) -> None:
        # Only a first line can begin with one; in another it would be no field either.
        line = line.removeprefix(_BYTE_ORDER_MARK)
        if line.startswith(_DATA):
            self._data.append(line[len(_DATA) :].strip())
        elif not line and self._data:
            data, self._data = b"\n".join(self._data), []
            if data == _OVER:
                self.is_over = True
            elif data:
                self._take(data)

    def _take(self, data: bytes) -> None:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise Unreadable from error
        event = _mapping(event)
        if event.get("error"):
            self._error, self.is_over = event["error"], True
            return
        usage, choices = event.pop("usage", None), event.pop("choices", None)
        if usage is not None:
            self._usage = _usage_text(data, usage)
        for name, each in event.items():
            # Some first pieces come before it is known who answers.
            if each not in (None, ""):
                self._head.setdefault(name, each)
        for choice in _list(choices):
            self._take_choice(_mapping(choice))

    def _take_choice(self, choice: dict[str, Any]) -> None:
        if choice.pop("index", 0) not in (0, None):
            return
        delta = choice.pop("delta", None)
        said = {name: each for name, each in choice.items() if each not in (None, "")}
        self._choice = {**(self._choice or {}), **said}
        for name, each in _mapping(delta or {}).items():
            if name == "tool_calls":
                for call in _list(each):
                    self._take_call(_mapping(call))
            elif name == "reasoning_details":
                for detail in _list(each):
                    self._take_detail(_mapping(detail))
            elif each is not None:
                self._take_part(name, each)

    def _take_part(self, name: str, each: object) -> None:
        self.size += self._message.add(name, each)
        if name == "content" and isinstance(each, str) and each:
            self._heard(each)

    def _take_detail(self, detail: dict[str, Any]) -> None:
        last = self._details[-1] if self._details else None
        if last is None or not _goes_on(last.fixed, detail):
            self._details.append(last := _Parts())
        for name, each in detail.items():
            if each is not None:
                self.size += last.add(name, each)

    def _take_call(self, piece: dict[str, Any]) -> None:
        function = _mapping(piece.pop("function", None) or {})
        name, arguments = function.get("name") or "", function.get("arguments") or ""
        if not (isinstance(name, str) and isinstance(arguments, str)):
            raise Unreadable
        call = self._call_at(piece.pop("index", None), piece.get("id"), name)
        if name != call.name:
            call.name += name
        call.arguments.append(arguments)
        call.others.update({key: each for key, each in piece.items() if each not in (None, "")})
        self.size += len(name) + len(arguments)

    def _call_at(self, place: object, call_id: object, name: str) -> _Call:
        """Return the call that a piece belongs to.

        Some endpoints number no call, or all of them 0: a name begins a new one where it has
        another id, or where the arguments before it are whole.
        """
        same = [each for each in self._calls if place is None or each.place == place]
        found = same[-1] if same else None
        if found is not None:
            known = found.others.get("id")
            is_other = bool(call_id and known and known != call_id)
            if not (name and (is_other or _is_whole("".join(found.arguments)))):
                return found
        self._calls.append(call := _Call(place))
        return call


class _Parts:
    """Fields that come in pieces: texts are joined, lists continued, others replaced."""

    _WHOLE: Final = frozenset({"role", "type", "id", "format", "signature"})

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self.fixed: dict[str, object] = {}

    def add(self, name: str, piece: object) -> int:
        """Take a piece, and return about how long it is."""
        if isinstance(piece, str) and name not in self._WHOLE:
            self._texts.setdefault(name, []).append(piece)
            return len(piece)
        before = self.fixed.get(name)
        if isinstance(before, list) and isinstance(piece, list):
            before += piece
        else:
            self.fixed[name] = piece
        return len(str(piece))

    def whole(self) -> dict[str, object]:
        """Return the fields; a text to which nothing came is absent."""
        texts = {name: "".join(pieces) for name, pieces in self._texts.items()}
        return {**self.fixed, **{name: text for name, text in texts.items() if text}}


class _Call:
    def __init__(self, place: object) -> None:
        self.place = place
        self.name = ""
        self.arguments: list[str] = []
        # An id that never comes is empty, as in an answer that comes whole: the library names it.
        self.others: dict[str, object] = {"id": "", "type": "function"}

    def whole(self) -> dict[str, object]:
        function = {"name": self.name, "arguments": "".join(self.arguments)}
        return {**self.others, "function": function}


def _goes_on(last: Mapping[str, object], detail: Mapping[str, object]) -> bool:
    """Say whether a piece of a thought goes on with the one before it: one place, type and id.

    An id may come with some of its pieces only. What is encrypted comes whole.
    """
    known, found = last.get("id"), detail.get("id")
    if detail.get("type") == _ENCRYPTED or (known and found and known != found):
        return False
    return all(last.get(name) == detail.get(name) for name in ("index", "type"))


def _is_whole(arguments: str) -> bool:
    try:
        json.loads(arguments)
    except (ValueError, RecursionError):
        return False
    return True


def _mapping(found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Unreadable
    return found


def _list(found: object) -> list[Any]:
    if found is None:
        return []
    if not isinstance(found, list):
        raise Unreadable
    return found


def _compact(body: object) -> bytes:
    try:
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:  # Half a surrogate pair can only be escaped.
        return json.dumps(body, separators=(",", ":")).encode()


def _usage_text(data: bytes, usage: Mapping[str, object]) -> bytes:
    try:
        return bytes(_REPORTED.decode(data).usage)
    except (MsgspecError, ValueError, RecursionError):
        return _compact(usage)
