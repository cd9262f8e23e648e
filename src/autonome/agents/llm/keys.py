"""The ring of keys: several per endpoint, taken in turn, each only ever for its own host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from autonome.agents.llm.answer import FailureKind
from autonome.agents.llm.settings import Endpoint, Origin
from autonome.domain.errors import SettingError

__all__ = ["FIRST_PAUSE_S", "PAUSE_S", "Key", "KeyRing"]

PAUSE_S: Final = 3_600
"""Seconds after which a key without credit is tried again: somebody may have paid."""
FIRST_PAUSE_S: Final = 60
"""Seconds after which a bad key is tried again: an endpoint may err. They double up to
``PAUSE_S`` while it is called bad each time."""


class Key:
    """A secret and the host that it is for; only ``Authorization`` ever shows it."""

    __slots__ = ("_secret", "label", "origin")

    def __init__(self, label: str, secret: str, origin: Origin) -> None:
        """Keep a secret; an empty one stands for an endpoint that asks for none."""
        self.label = label
        """What the record calls it: the endpoint's name and the key's number."""
        self.origin = origin
        self._secret = secret

    def __repr__(self) -> str:
        """Name the key, never its secret."""
        return f"Key({self.label!r})"

    @property
    def header(self) -> str | None:
        """Return the value of ``Authorization``, ``None`` where no key is asked for."""
        return f"Bearer {self._secret}" if self._secret else None

    def hidden_in(self, body: bytes) -> bytes:
        """Return an answer without the secret, should the endpoint repeat it."""
        return body.replace(self._secret.encode(), b"[key]") if self._secret else body

    def hidden_so_far(self, text: str) -> str:
        """Return the beginning of an answer without the secret, nor an end that may become it."""
        if not self._secret:
            return text
        hidden = text.replace(self._secret, "[key]")
        return hidden[: max(len(hidden) - len(self._secret), 0)]


class KeyRing:
    """The keys of every endpoint; arms of one arena share it."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        """Keep no key yet; ``clock`` counts seconds and never goes back."""
        self._clock = clock
        self._keys: dict[str, tuple[Key, ...]] = {}
        self._next: dict[str, int] = {}
        self._aside: dict[Key, tuple[float, FailureKind]] = {}
        self._pauses: dict[Key, int] = {}
        """Seconds of the last pause of a key that was called bad ever since it was good."""

    def add(self, endpoint: Endpoint, secrets: Sequence[str]) -> None:
        """Register the keys of an endpoint; they belong to its host from now on.

        Raises:
            SettingError: a key is empty or no plain text, or belongs to another host already.
        """
        kept = list(self._keys.get(endpoint.name, ()))
        for secret in secrets:
            label = f"{endpoint.name}#{len(kept) + 1}"
            if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
                raise SettingError(
                    f"expected key {label!r} as printable text without spaces, found another form",
                    remedy="Copy the key again, without quotes or line ends.",
                )
            key = Key(label, secret, endpoint.origin)
            self._refuse_two_hosts(key)
            kept.append(key)
        self._keys[endpoint.name] = tuple(kept)

    def count(self, endpoint: Endpoint) -> int:
        """Return how many keys an endpoint has."""
        return len(self._keys.get(endpoint.name, ()))

    def take(self, endpoint: Endpoint) -> Key | FailureKind:
        """Return the next key in turn, or why every one of them is set aside.

        Raises:
            SettingError: the endpoint's keys were registered for another host.
        """
        keys = self._keys.get(endpoint.name)
        if keys is None:
            return Key(f"{endpoint.name}#0", "", endpoint.origin)
        if keys and keys[0].origin != endpoint.origin:
            raise SettingError(
                f"expected endpoint {endpoint.name!r} at {keys[0].origin}, to which its keys"
                f" belong, found it at {endpoint.origin}",
                remedy="Give the endpoint a name of its own, and keys of its own.",
            )
        first = self._next.get(endpoint.name, 0)
        for place in range(first, first + len(keys)):
            key = keys[place % len(keys)]
            if self._is_free(key):
                self._next[endpoint.name] = (place + 1) % len(keys)
                return key
        reasons = {self._aside[key][1] for key in keys}
        no_credit = FailureKind.NO_CREDIT
        return no_credit if no_credit in reasons else FailureKind.BAD_KEY

    def set_aside(self, key: Key, why: FailureKind) -> None:
        """Take a key out of turn for a while, for want of credit or because it is bad.

        Several arms may hear at once that one key is bad: that counts as once.
        """
        pause_s = PAUSE_S
        if why is FailureKind.BAD_KEY:
            if not self._is_free(key):
                return
            last_s = self._pauses.get(key)
            pause_s = FIRST_PAUSE_S if last_s is None else min(2 * last_s, PAUSE_S)
            self._pauses[key] = pause_s
        self._aside[key] = (self._clock() + pause_s, why)

    def accepted(self, key: Key) -> None:
        """Take note that a key is good: the next pause is the first one again."""
        self._pauses.pop(key, None)

    def _is_free(self, key: Key) -> bool:
        return key not in self._aside or self._aside[key][0] <= self._clock()

    def _refuse_two_hosts(self, key: Key) -> None:
        for other in (each for keys in self._keys.values() for each in keys):
            if other.header == key.header and other.origin != key.origin:
                raise SettingError(
                    f"expected key {key.label!r} for one host, found it for {other.origin} too",
                    remedy="Make a key of its own for each host.",
                )
