"""The paper arena, put together: database, market, arms, models and the loop."""
