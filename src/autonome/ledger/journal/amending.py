"""What operators changed of how an arm is run, written in one transaction behind its epoch."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from autonome.ledger.codec import encoder, json_text
from autonome.ledger.journal.port import Amendment, BookingStatus, Run
from autonome.ledger.journal.statement import insert_sql
from autonome.ledger.tables import arm_policies

__all__ = ["amended", "goes_on"]

_ARM: Final = 'SELECT FROM "Arms" WHERE "modelId" = %s AND epoch = %s FOR NO KEY UPDATE'
_SETTINGS: Final = 'UPDATE "Arms" SET settings = %s::jsonb WHERE "modelId" = %s'
_MODEL: Final = 'UPDATE "Models" SET "openRouterModelName" = %s WHERE id = %s'


def goes_on(connection: psycopg.Connection[Any], run: Run) -> bool:
    """Say whether a run is not over, and let no newer one begin before the transaction ends."""
    return bool(connection.execute(_ARM, run).rowcount)


def amended(connection: psycopg.Connection[Any], amendment: Amendment) -> BookingStatus:
    """Write an amendment in the transaction of ``connection``, unless a newer run has begun."""
    model_id = amendment.model_id
    if not goes_on(connection, Run(model_id, amendment.epoch)):
        return BookingStatus.STALE_EPOCH
    sql = insert_sql(arm_policies, 1, replaces=False, gate="") + " ON CONFLICT DO NOTHING"
    for each in amendment.policies:
        connection.execute(sql.encode(), encoder(arm_policies)(each))
    if amendment.settings is not None:
        connection.execute(_SETTINGS, [json_text(amendment.settings), model_id])
    if amendment.model is not None:
        connection.execute(_MODEL, [amendment.model, model_id])
    return BookingStatus.BOOKED
