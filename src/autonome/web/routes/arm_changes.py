"""Arms that operators add, change and reset; never with a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from autonome.domain.choices import ArmKind
from autonome.ledger.queries.arm_list import ListedArm, arm_refs, listed_arms
from autonome.ledger.queries.facts import fact
from autonome.ledger.reader import Reader
from autonome.ledger.rows import Command, CommandKind, FactName
from autonome.web.asked import AskedOf, missing
from autonome.web.commanding import Commands
from autonome.web.errors import ApiError
from autonome.web.parameters import RowId
from autonome.web.payloads.arm_settings import ArmAdded, ArmChanged, EndpointShown
from autonome.web.payloads.control import CommandShown, ReasonAsked
from autonome.web.payloads.figures import Items

__all__ = ["add_arm", "edit_arm", "list_endpoints", "reset_arm", "router"]

router = APIRouter(tags=["arms"])
_ARMS = "/api/v1/arms"


@router.get("/endpoints", response_model=Items[EndpointShown])
async def list_endpoints(asked: AskedOf) -> Response:
    """List the servers of models that the arena's file knows, as whoever led it last read it."""
    items = [
        EndpointShown(
            name=name, base_url=each["baseUrl"], dialect=each["dialect"], keys=len(each["keys"])
        )
        for name, each in (await _endpoints(await asked.reader())).items()
    ]
    return await asked.answer_now(Items[EndpointShown](items=items))


@router.post("/arms", status_code=202, response_model=CommandShown)
async def add_arm(by: Commands, body: ArmAdded) -> Response:
    """Let one more arm compete from the next cycle on; its id is the id of the command."""
    command = by.command(CommandKind.ADD_ARM, body.reason, payload=body.asked)

    async def checked(reader: Reader) -> Command:
        if body.endpoint is not None:
            await _endpoint(reader, body.endpoint)
        if body.name in {each.name for each in await reader.all(arm_refs())}:
            raise ApiError(
                409,
                "name-taken",
                f"expected a name that no arm has, found {body.name!r}.",
                remedy="Choose another name.",
                field="name",
            )
        return command

    return await by.once(command, checked)


@router.patch("/arms/{id}", status_code=202, response_model=CommandShown)
async def edit_arm(by: Commands, id: RowId, body: ArmChanged) -> Response:  # noqa: A002
    """Change how an arm's model is asked, from its next question on.

    Its endpoint changes only together with the names of the variables that hold its keys.
    """
    command = by.command(
        CommandKind.EDIT_ARM, body.reason, model_id=id, payload={"settings": body.asked}
    )

    async def checked(reader: Reader) -> Command:
        arm = await _arm(reader, id)
        if arm.kind is not ArmKind.LLM:
            raise ApiError(
                409,
                "no-model",
                f"expected an arm that asks a model, found one of kind {arm.kind.value}.",
                remedy="Only how a model is asked can be changed.",
                field="id",
            )
        if body.endpoint is not None:
            known = await _endpoint(reader, body.endpoint)
            if sorted(body.keys or ()) != sorted(known["keys"]):
                raise ApiError(
                    400,
                    "bad-request",
                    f"expected the names of the variables whose keys endpoint {body.endpoint!r} may"
                    " get, as the arena's file has them; found others.",
                    remedy=f"Look at [endpoints.{body.endpoint}] in the arena's file.",
                    field="keys",
                )
        return command

    return await by.once(command, checked)


@router.post("/arms/{id}/reset", status_code=202, response_model=CommandShown)
async def reset_arm(by: Commands, id: RowId, body: ReasonAsked) -> Response:  # noqa: A002
    """Bring an arm that holds nothing back to its starting capital, by a deposit or withdrawal."""
    command = by.command(CommandKind.RESET, body.reason, model_id=id)

    async def checked(reader: Reader) -> Command:
        arm = await _arm(reader, id)
        if arm.positions:
            raise ApiError(
                409,
                "holds-positions",
                f"expected an arm that holds nothing, found {arm.positions} open positions.",
                remedy="Flatten it first: POST control/flatten.",
                field="id",
            )
        return command

    return await by.once(command, checked)


async def _arm(reader: Reader, model_id: str) -> ListedArm:
    arm = await reader.one(listed_arms(model_id=model_id))
    if arm is None:
        raise missing("an arm", model_id, code="unknown-model", where=_ARMS)
    return arm


async def _endpoints(reader: Reader) -> dict[str, Mapping[str, Any]]:
    """Return the endpoints of the arena's file by name, as its leader noted them."""
    noted = await reader.one(fact(FactName.RUN))
    listed: Any = None if noted is None else noted.said.get("endpoints")
    return {str(each["name"]): each for each in listed or ()}


async def _endpoint(reader: Reader, name: str) -> Mapping[str, Any]:
    known = await _endpoints(reader)
    if name not in known:
        raise ApiError(
            400,
            "bad-request",
            f"expected an endpoint of the arena's file ({', '.join(known) or 'none is known'}),"
            f" found {name!r}.",
            remedy=f"Add a table [endpoints.{name}] to the file, and start the arena again.",
            field="endpoint",
        )
    return known[name]
