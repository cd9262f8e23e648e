"""What is asked of an endpoint beyond messages, and what is kept of who served it."""

from __future__ import annotations

from decimal import Decimal

from autonome.agents.llm.settings import Dialect
from autonome.agents.tools import tools_of
from autonome.domain.value import changed
from autonome.testing.models import Answers
from integration.llm.turns import HOLDS, PROMPT, enters, turn


def test_openrouter_is_told_the_provider_the_effort_and_to_report_what_it_costs() -> None:
    answer, server = turn(
        [changed(HOLDS, provider="Groq")],
        dialect=Dialect.OPENROUTER,
        upstream="groq",
        reasoning_effort="high",
        temperature=Decimal("0.3"),
        tool_choice="required",
    )
    body = server.requests[0].body
    assert body["provider"] == {"order": ["groq"], "allow_fallbacks": False}
    assert body["reasoning"] == {"effort": "high"}
    assert body["usage"] == {"include": True}
    assert body["temperature"] == Decimal("0.3")
    assert body["tool_choice"] == "required"
    assert body["max_tokens"] == 8_192
    assert answer.payload["provider"] == "Groq"
    assert answer.payload["model"] == "maker/model-1"


def test_another_endpoint_is_told_nothing_that_only_openrouter_knows() -> None:
    answer, server = turn([HOLDS], reasoning_effort="low")
    body = server.requests[0].body
    assert body["reasoning_effort"] == "low"
    assert body["max_tokens"] == 8_192
    assert not {"provider", "reasoning", "usage", "temperature"} & body.keys()
    assert server.requests[0].path == "/v1/chat/completions"
    assert answer.payload["provider"] == "local"


def test_the_tools_that_are_sent_list_the_symbols_of_the_arena() -> None:
    _, server = turn([HOLDS])
    tools = [tool["function"] for tool in server.requests[0].body["tools"]]
    assert [tool["name"] for tool in tools] == [tool.name for tool in tools_of(("BTC", "ETH"))]
    assert tools[0]["parameters"]["properties"]["symbol"]["enum"] == ["BTC", "ETH"]


def test_the_record_holds_every_message_and_step() -> None:
    first = Answers(
        text="I look.", reasoning="hm", calls=(enters(),), tokens=(100, 10), cost=Decimal(0)
    )
    answer, server = turn(
        [first, changed(HOLDS, tokens=(200, 20), cost=None, provider="Second")],
        dialect=Dialect.OPENROUTER,
    )
    payload = answer.payload
    assert payload["promptHash"] == PROMPT.digest
    assert payload["state"] == "COMPLETED"
    messages = payload["messages"]
    assert isinstance(messages, list)
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert messages[0]["content"] == PROMPT.system
    assert messages[2]["reasoning"] == "hm"
    assert messages[2]["toolCalls"][0]["name"] == "create_position"
    assert messages[3]["content"] == server.requests[1].messages[-1]["content"]
    steps = payload["steps"]
    assert isinstance(steps, list)
    assert [step["tokens"] for step in steps] == [
        {"input": 100, "output": 10},
        {"input": 200, "output": 20},
    ]
    assert [step["servedBy"] for step in steps] == ["Local", "Second"]
    assert payload["usage"] == {"inputTokens": 300, "outputTokens": 30}
    assert answer.tokens == 330
