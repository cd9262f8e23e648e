"""The scripted server itself: whole answers and streams, and a nasty model that repeats itself."""

from __future__ import annotations

import json

import pytest
from openai import AsyncOpenAI
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import ModelRequest, UserPromptPart
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from autonome.agents.llm.answer import Answer
from autonome.agents.prompts import Prompt
from autonome.ledger.types import json_dumps
from autonome.testing.model_server import ModelServer
from autonome.testing.models import Answers, Call, nasty_model
from integration.llm.turns import turn


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_a_client_that_asks_for_a_stream_gets_one() -> None:
    call = Call(name="holding", arguments={"reason": "calm"})
    with ModelServer(
        [Answers(text="A calm market, " * 10, calls=(call,), tokens=(7, 5))]
    ) as server:
        client = AsyncOpenAI(base_url=server.url, api_key="none", max_retries=0)
        model = OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))
        messages = [ModelRequest(parts=[UserPromptPart("Well?")])]
        async with client, model_request_stream(model, messages) as stream:
            pieces = [event async for event in stream]
            answer = stream.get()
    assert server.requests[0].body["stream"] is True
    assert len(pieces) > 5
    assert answer.text == "A calm market, " * 10
    assert answer.tool_calls[0].args == json.dumps({"reason": "calm"}, separators=(",", ":"))
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (7, 5)


def _nasty_turn(seed: int) -> Answer:
    market = "<market>\n[BTC] mark 60000.5 | 24h +1 %\n\n[ETH] mark 3000 | 24h -1 %\n</market>"
    prompt = Prompt(system="You trade.", user=market, digest="00", version="test")
    answer, _ = turn(nasty_model(seed, may_stall=False), prompt=prompt, most_answer_bytes=100_000)
    return answer


@pytest.mark.parametrize("seed", range(12))
def test_every_turn_of_a_nasty_model_has_an_outcome_that_can_be_kept(seed: int) -> None:
    answer = _nasty_turn(seed)
    assert answer.payload["state"] == ("COMPLETED" if answer.failure is None else "FAILED")
    assert json_dumps(answer.payload).encode()
    assert answer.cost >= 0
    assert answer.spent.tokens >= answer.tokens >= 0
    assert _nasty_turn(seed).calls == answer.calls
