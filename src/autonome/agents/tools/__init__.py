"""What a model may call: the tools as schemas, and the reading of its calls."""

from __future__ import annotations

from autonome.agents.tools.catalogue import tools_of
from autonome.agents.tools.reading import read_call
from autonome.agents.tools.tool import MarketDataRequest, Tool, Unusable

__all__ = ["MarketDataRequest", "Tool", "Unusable", "read_call", "tools_of"]
