"""The auditor: recomputes an arena from its rows, and shares no code with what wrote them."""
