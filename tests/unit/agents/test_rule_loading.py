"""A user's own agent, found by module and class."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonome.agents.rules.loading import load_agent
from autonome.domain.errors import SettingError

SOURCE = '''
from decimal import Decimal

from autonome.agents.rules import Entries, Frame, RuleAgent, Signals, crosses_above, ema


class Mine(RuleAgent):
    """Buy above the average."""

    risk = None

    def signals(self, frame: Frame) -> Signals:
        return Signals(long=Entries(enter=crosses_above(frame.close, ema(frame.close, 20))))


class Second(Mine):
    pass


class Demanding(Mine):
    def __init__(self, bars):
        super().__init__()


class Unwritten(RuleAgent):
    pass


class Failing(Mine):
    def __init__(self):
        raise ValueError("no mood")


class Odd(Mine):
    leverage = "5"


NUMBER = 3
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one module, in which the command is run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "rules_of_a_user.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "broken_rules.py").write_text("import nothing_like_this\n", encoding="utf-8")
    (tmp_path / "wrong_rules.py").write_text("1 / 0\n", encoding="utf-8")
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_a_class_of_the_current_folder_is_found(folder: Path) -> None:
    agent = load_agent("rules_of_a_user:Mine")
    assert agent.name == "Mine"
    assert agent.description == "Buy above the average."


REFUSED = {
    "rules_of_a_user": ("expected an agent as module:Class", "my_agents:EmaCross"),
    ":Mine": ("expected an agent as module:Class", "my_agents:EmaCross"),
    "rules_of_a_user:": ("expected an agent as module:Class", "my_agents:EmaCross"),
    "nowhere:Mine": ("expected a module 'nowhere', found none; the current folder", "nowhere.py"),
    "nowhere.inner:Mine": ("expected a module 'nowhere.inner', found none", "nowhere.py"),
    "broken_rules:Mine": ("ModuleNotFoundError: No module named 'nothing_like_this'", "Correct"),
    "wrong_rules:Mine": ("ZeroDivisionError: division by zero", "python -c 'import wrong_rules'"),
    "rules_of_a_user:mine": (
        "expected a class 'mine' in rules_of_a_user, found nothing of that name.",
        "It has Demanding, Failing, Mine, Odd, Second, Unwritten.",
    ),
    "rules_of_a_user:Failing": ("it failed: ValueError: no mood", "Correct its __init__."),
    "rules_of_a_user:Odd": ("Odd: expected leverage as a Decimal, found '5'", 'Decimal("5")'),
    "./rules_of_a_user:Mine": ("expected a module as names joined by dots", "my_agents"),
    ".rules_of_a_user:Mine": ("expected a module as names joined by dots", "without a folder"),
    "rules_of_a_user:NUMBER": ("to be a subclass of RuleAgent, found 3", "It has Demanding"),
    "rules_of_a_user:Decimal": ("to be a subclass of RuleAgent", "It has Demanding"),
    "rules_of_a_user:Demanding": ("without arguments", "give every setting a value"),
    "rules_of_a_user:Unwritten": ("abstract", "Write signals(self, frame)"),
    "json:loads": ("to be a subclass of RuleAgent", "It has no subclass of RuleAgent."),
}


@pytest.mark.parametrize("reference", REFUSED)
def test_what_cannot_be_an_agent_is_refused_with_the_next_step(
    folder: Path, reference: str
) -> None:
    problem, remedy = REFUSED[reference]
    with pytest.raises(SettingError) as refused:
        load_agent(reference)
    assert problem in refused.value.problem
    assert remedy in refused.value.remedy


def test_the_folder_that_was_searched_is_named(folder: Path) -> None:
    with pytest.raises(SettingError, match=r"were searched") as refused:
        load_agent("nowhere:Mine")
    assert str(folder) in refused.value.problem
