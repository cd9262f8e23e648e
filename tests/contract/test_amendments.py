"""What every journal does with what operators change of how an arm is run."""

from __future__ import annotations

from autonome.domain.value import changed
from autonome.ledger.journal.port import Amendment, BookingStatus
from autonome.ledger.rows import Arm, ArmPolicy, Model
from autonome.testing.bookings import NOW
from contract.kept import Kept, entered


def policy(model: Model, version: int, most: str) -> ArmPolicy:
    return ArmPolicy(
        model_id=model.id,
        version=version,
        name="standard",
        limits={"maxLeverage": most},
        at=NOW,
        who="token ops",
        reason="a test",
        command_id=f"c{version}",
    )


def test_an_amendment_is_written_once_and_as_a_whole(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    amendment = Amendment(
        model_id=model.id,
        epoch=epoch,
        policies=(policy(model, 1, "5"), policy(model, 2, "2")),
        settings={"temperature": "0.5"},
        model="another",
    )
    assert kept.journal.amend(amendment) is BookingStatus.BOOKED
    assert kept.journal.amend(amendment) is BookingStatus.BOOKED
    found = sorted(kept.read(ArmPolicy), key=lambda each: each.version)
    assert found == [*amendment.policies]
    [arm] = kept.read(Arm)
    assert arm.settings == {"temperature": "0.5"}
    assert [each.open_router_model_name for each in kept.read(Model)] == ["another"]


def test_an_amendment_of_an_older_run_is_refused_and_changes_nothing(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    amendment = Amendment(
        model_id=model.id, epoch=epoch, policies=(policy(model, 1, "5"),), settings={"old": 1}
    )
    kept.journal.begin_run(model.id, at=NOW)
    assert kept.journal.amend(amendment) is BookingStatus.STALE_EPOCH
    assert kept.journal.amend(changed(amendment, model_id="nobody")) is BookingStatus.STALE_EPOCH
    assert kept.read(ArmPolicy) == []
    assert [each.settings for each in kept.read(Arm)] != [{"old": 1}]
