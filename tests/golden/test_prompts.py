"""The prompt of each variant for one fixed observation, word by word.

``pytest tests/golden/test_prompts.py --update-golden`` writes the files anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from autonome.agents.prompts import prompt_text
from autonome.domain.variants import VARIANT_IDS
from autonome.market.snapshot import Snapshot
from golden.prompt_scene import busy_standing, new_standing, prompt_of, scene

FOLDER = Path(__file__).parent / "prompts"
MOST_CHARACTERS = 12_000


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return scene()


@pytest.mark.parametrize("variant", VARIANT_IDS)
def test_a_prompt_is_what_the_golden_file_says(
    variant: str, snapshot: Snapshot, request: pytest.FixtureRequest
) -> None:
    found = prompt_text(prompt_of(variant, snapshot, busy_standing(snapshot)))
    golden = FOLDER / f"{variant.lower()}.txt"
    if request.config.getoption("--update-golden", default=False):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("variant", VARIANT_IDS)
def test_five_symbols_and_five_positions_fit(variant: str, snapshot: Snapshot) -> None:
    prompt = prompt_of(variant, snapshot, busy_standing(snapshot))
    assert len(prompt.system) + len(prompt.user) <= MOST_CHARACTERS


def test_the_folder_holds_one_file_a_variant() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {each.lower() for each in VARIANT_IDS}


def test_the_first_prompt_of_an_account_is_as_short_as_what_there_is_to_say(
    snapshot: Snapshot,
) -> None:
    user = prompt_of(VARIANT_IDS[0], snapshot, new_standing()).user
    assert user[user.index("<account>") :] == (
        "<account>\n"
        "NAV 10000.00 | return 0.00 % | today 0.00 % | drawdown 0.00 % | cash 10000.00"
        " | free collateral 10000.00 | exposure 0.00 x NAV\n"
        "trades 0\n"
        "positions: none\n"
        "</account>\n"
        "\n"
        "Decide now."
    )
