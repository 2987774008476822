"""The laws hold while a whole clinic is at play: a little at each save, and SCREENING_PROOF_STEPS steps in a proof."""

from __future__ import annotations

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Built, Clock, config_for, fresh
from tests.support.clinic.machine import ClinicMachine
from tests.support.databases import Filled

STEPS_EACH = 50
DEFAULT_STEPS = 1_000
QUICK_STEPS = 200


def how_many() -> int:
    return int(os.environ.get("SCREENING_PROOF_STEPS", DEFAULT_STEPS))


@pytest.mark.parametrize(
    ("database", "steps"),
    [
        pytest.param("sqlite", QUICK_STEPS, id="sqlite-quick"),
        pytest.param("sqlite", how_many() // 2, id="sqlite", marks=pytest.mark.proof),
        pytest.param("postgresql", how_many() // 2, id="postgresql", marks=pytest.mark.proof),
    ],
)
def test_the_laws_hold_in_a_clinic_at_play(
    request: pytest.FixtureRequest, built: Built, staff: Filled, database: str, steps: int
) -> None:
    class Machine(ClinicMachine):
        def new_clinic(self, clock: Clock) -> Flask:
            url = fresh(request, database)
            app = built.on(config_for(url))
            app.extensions["clock"] = clock
            with app.app_context():
                staff.fill(url)
            return app

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=max(1, steps // STEPS_EACH),
            stateful_step_count=STEPS_EACH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Shrinking takes minutes: a failure prints its steps, and `make proof` may be asked to shrink them.
            phases=[Phase.generate, Phase.shrink]
            if os.environ.get("SCREENING_PROOF_SHRINK")
            else [Phase.generate],
            print_blob=True,
        ),
    )
    assert Machine.steps >= steps // 2
