"""Connections: an HTTP client for each endpoint, and each model as the library sees it."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from openai import AsyncOpenAI
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIChatModelSettings
from pydantic_ai.models.openrouter import OpenRouterModel, OpenRouterModelSettings
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from autonome.agents.llm.settings import Dialect, Endpoint, LlmSettings
from autonome.agents.llm.wire import WIRE, Wire, http_client

__all__ = ["Connections"]

_NO_KEY = "put-on-at-the-wire"
"""What the libraries hold instead of a key."""
_OPENAI_HOST = "api.openai.com"


class Connections:
    """The open connections of an arena; one object serves all arms of one event loop."""

    def __init__(self) -> None:
        """Open nothing yet: connections are made when they are used."""
        self._clients: dict[Endpoint, AsyncOpenAI] = {}
        self._models: dict[tuple[Endpoint, str], OpenAIChatModel] = {}
        self._whole: set[Endpoint] = set()
        """Endpoints that refused to stream."""

    async def __aenter__(self) -> Connections:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()
        self._models.clear()

    def streams(self, endpoint: Endpoint) -> bool:
        """Say whether an endpoint may be asked for an answer in pieces."""
        return endpoint.streams and endpoint not in self._whole

    def stream_no_more(self, endpoint: Endpoint) -> None:
        """Ask an endpoint for whole answers from now on."""
        self._whole.add(endpoint)

    async def request(
        self,
        settings: LlmSettings,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolDefinition],
        *,
        room: int,
        wire: Wire,
    ) -> ModelResponse:
        """Return the answer to one request, with ``room`` tokens at most.

        Where ``wire`` hears words, it comes as a stream; what is returned is the same either way.
        Nothing is repeated here; whatever goes wrong is raised as the libraries raise it, and
        ``wire`` tells how far the request came. Cancelling closes its connection.
        """
        token = WIRE.set(wire)
        try:
            return await model_request(
                self._model(settings.endpoint, settings.model),
                messages,
                model_settings=_asked(settings, room, streams=wire.heard is not None),
                model_request_parameters=ModelRequestParameters(function_tools=list(tools)),
            )
        finally:
            WIRE.reset(token)

    def _model(self, endpoint: Endpoint, name: str) -> OpenAIChatModel:
        model = self._models.get((endpoint, name))
        if model is None:
            model = self._models[endpoint, name] = _built(name, endpoint, self._client(endpoint))
        return model

    def _client(self, endpoint: Endpoint) -> AsyncOpenAI:
        client = self._clients.get(endpoint)
        if client is None:
            client = self._clients[endpoint] = AsyncOpenAI(
                base_url=endpoint.base_url,
                api_key=_NO_KEY,
                max_retries=0,
                http_client=http_client(endpoint.origin[1]),
            )
        return client


def _built(name: str, endpoint: Endpoint, client: AsyncOpenAI) -> OpenAIChatModel:
    if endpoint.dialect is Dialect.OPENROUTER:
        return OpenRouterModel(name, provider=OpenRouterProvider(openai_client=client))
    if endpoint.origin[1] == _OPENAI_HOST:
        return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
    # The older name of the limit is the one that every server of models knows.
    profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    provider = OpenAICompatibleProvider(endpoint.name, openai_client=client, profile=profile)
    return OpenAIChatModel(name, provider=provider)


def _asked(settings: LlmSettings, room: int, *, streams: bool) -> ModelSettings:
    """Return the settings of one request, in the library's words."""
    common = ModelSettings(max_tokens=room, tool_choice=settings.tool_choice)
    if streams:
        # Past the library: the wire puts the pieces together.
        common["extra_body"] = {"stream": True, "stream_options": {"include_usage": True}}
    if settings.temperature is not None:
        common["temperature"] = float(settings.temperature)
    effort = settings.reasoning_effort
    # The type checker takes every optional key of the library's settings for a required one.
    if settings.endpoint.dialect is not Dialect.OPENROUTER:
        plain = OpenAIChatModelSettings(**common)  # type: ignore[typeddict-item]
        if effort is not None:
            plain["openai_reasoning_effort"] = effort
        return plain
    asked = OpenRouterModelSettings(**common)  # type: ignore[typeddict-item]
    asked["openrouter_usage"] = {"include": True}
    if settings.upstream is not None:
        asked["openrouter_provider"] = {"order": [settings.upstream], "allow_fallbacks": False}
    if effort is not None:
        asked["openrouter_reasoning"] = {"effort": effort}
    return asked
