"""The ring of keys: turns, pauses, and one host for each key."""

from __future__ import annotations

import pytest

from autonome.agents.llm.answer import FailureKind
from autonome.agents.llm.keys import FIRST_PAUSE_S, PAUSE_S, Key, KeyRing
from autonome.agents.llm.settings import Endpoint
from autonome.domain.errors import SettingError

ONE = Endpoint(name="one", base_url="https://one.example/v1")
TWO = Endpoint(name="two", base_url="https://two.example/v1")


class Clock:
    """Seconds that pass when they are told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(ring: KeyRing, endpoint: Endpoint = ONE) -> str:
    key = ring.take(endpoint)
    assert isinstance(key, Key)
    return key.label


def test_keys_are_taken_in_turn() -> None:
    ring = KeyRing(clock=Clock())
    ring.add(ONE, ["a", "b"])
    ring.add(TWO, ["c"])
    assert [taken(ring), taken(ring), taken(ring)] == ["one#1", "one#2", "one#1"]
    assert taken(ring, TWO) == "two#1"


def test_a_key_that_was_set_aside_is_tried_again_after_the_pause() -> None:
    clock = Clock()
    ring = KeyRing(clock=clock)
    ring.add(ONE, ["a", "b"])
    first = ring.take(ONE)
    assert isinstance(first, Key)
    ring.set_aside(first, FailureKind.NO_CREDIT)
    assert [taken(ring), taken(ring)] == ["one#2", "one#2"]
    clock.now += PAUSE_S
    assert {taken(ring), taken(ring)} == {"one#1", "one#2"}


def called_bad(ring: KeyRing, clock: Clock, *, after_s: float) -> None:
    """Let the only key be called bad, once it may be taken after so many seconds and not before."""
    clock.now += after_s - 1
    assert ring.take(ONE) is FailureKind.BAD_KEY
    clock.now += 1
    key = ring.take(ONE)
    assert isinstance(key, Key)
    ring.set_aside(key, FailureKind.BAD_KEY)


def test_a_bad_key_is_tried_again_after_a_minute_that_doubles_up_to_an_hour() -> None:
    clock = Clock()
    ring = KeyRing(clock=clock)
    ring.add(ONE, ["a"])
    key = ring.take(ONE)
    assert isinstance(key, Key)
    ring.set_aside(key, FailureKind.BAD_KEY)
    for after_s in (60, 120, 240, 480, 960, 1_920, 3_600, 3_600):
        called_bad(ring, clock, after_s=after_s)


def test_the_pause_of_a_key_that_proved_good_begins_anew() -> None:
    clock = Clock()
    ring = KeyRing(clock=clock)
    ring.add(ONE, ["a"])
    key = ring.take(ONE)
    assert isinstance(key, Key)
    ring.set_aside(key, FailureKind.BAD_KEY)
    called_bad(ring, clock, after_s=60)
    ring.accepted(key)
    called_bad(ring, clock, after_s=120)
    called_bad(ring, clock, after_s=60)


def test_a_key_that_many_call_bad_at_once_pauses_as_if_one_had() -> None:
    clock = Clock()
    ring = KeyRing(clock=clock)
    ring.add(ONE, ["a"])
    keys = [ring.take(ONE) for _ in range(8)]
    for key in keys:
        assert isinstance(key, Key)
        ring.set_aside(key, FailureKind.BAD_KEY)
    clock.now += FIRST_PAUSE_S
    assert taken(ring) == "one#1"


def test_a_key_without_credit_waits_the_hour_whoever_calls_it_bad() -> None:
    clock = Clock()
    ring = KeyRing(clock=clock)
    ring.add(ONE, ["a"])
    key = ring.take(ONE)
    assert isinstance(key, Key)
    for why in (FailureKind.BAD_KEY, FailureKind.NO_CREDIT, FailureKind.BAD_KEY):
        ring.set_aside(key, why)
    clock.now += PAUSE_S - 1
    assert ring.take(ONE) is FailureKind.NO_CREDIT
    clock.now += 1
    assert taken(ring) == "one#1"


def test_a_ring_without_a_free_key_says_why() -> None:
    ring = KeyRing(clock=Clock())
    ring.add(ONE, ["a", "b"])
    for why in (FailureKind.BAD_KEY, FailureKind.NO_CREDIT):
        key = ring.take(ONE)
        assert isinstance(key, Key)
        ring.set_aside(key, why)
    assert ring.take(ONE) is FailureKind.NO_CREDIT


@pytest.mark.parametrize(
    "url", ["https://evil.example/v1", "http://one.example/v1", "https://one.example:8443/v1"]
)
def test_an_endpoint_at_another_host_gets_no_key(url: str) -> None:
    ring = KeyRing(clock=Clock())
    ring.add(ONE, ["a-secret"])
    with pytest.raises(SettingError) as refused:
        ring.take(Endpoint(name="one", base_url=url))
    assert "a-secret" not in f"{refused.value} {refused.value.remedy}"


def test_a_key_belongs_to_one_host() -> None:
    ring = KeyRing(clock=Clock())
    ring.add(ONE, ["a-secret"])
    with pytest.raises(SettingError) as refused:
        ring.add(TWO, ["a-secret"])
    assert "a-secret" not in str(refused.value)
    assert ring.count(TWO) == 0


@pytest.mark.parametrize("secret", ["", "two words", "line\n", "schlüssel"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(SettingError) as refused:
        KeyRing(clock=Clock()).add(ONE, [secret])
    assert not secret or repr(secret) not in str(refused.value)


def test_an_endpoint_without_keys_is_asked_without_one() -> None:
    key = KeyRing(clock=Clock()).take(ONE)
    assert isinstance(key, Key)
    assert key.header is None
