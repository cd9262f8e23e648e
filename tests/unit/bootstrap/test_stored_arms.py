"""An arm as operators set it goes on, whatever its file has become."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonome.bootstrap.paper.recruiting import Recruiting
from autonome.bootstrap.paper.stored_arms import stored_agent
from autonome.domain.refusals import Denied
from autonome.testing.bookings import NOW
from unit.bootstrap.files import read
from unit.bootstrap.test_recruiting import LLM, adding

FILE = """
[endpoints.{name}]
url = "{url}"
dialect = "{dialect}"
keys = [{keys}]
[[arms]]
kind = "rules"
"""
URL = "http://127.0.0.1:9/v1"
HERE = "there is no key of endpoint 'local' in the environment"
GONE = "the arena's file has no endpoint 'local' at the address where it was"
UNFIT = "its settings do not fit endpoint 'local' any more: expected upstream on OpenRouter only"


def file(name: str = "local", url: str = URL, dialect: str = "openrouter", keys: str = "") -> str:
    return FILE.format(name=name, url=url, dialect=dialect, keys=keys)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (file(), None),
        (file(url="http://127.0.0.1:9/v2"), None),
        (file(dialect="openai"), UNFIT),
        (file(name="another"), GONE),
        (file(url="http://127.0.0.1:10/v1"), GONE),
        (file(keys='"LOCAL_KEY"'), HERE),
    ],
    ids=["the same", "another path", "another dialect", "gone", "another host", "no key"],
)
def test_an_arm_that_nobody_can_ask_any_more_says_why(
    tmp_path: Path, now: str, reason: str | None
) -> None:
    asked = {**LLM, "model": "maker/m", "upstream": "maker"}
    added = Recruiting(read(tmp_path, file())).recruit(adding(asked), at=NOW)
    assert not isinstance(added, Denied)
    stored = stored_agent(added.model, added.arm, read(tmp_path, now, {}))
    assert (stored.agent.name, stored.agent.variant) == (added.agent.name, added.agent.variant)
    assert (stored.unasked_reason or "").startswith(reason or "")
    assert (stored.unasked_reason is None) is (reason is None)
