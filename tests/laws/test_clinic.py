"""The laws hold while a whole clinic is at play. `make proof` plays longer; SCREENING_PROOF_STEPS says how long."""

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


def how_many() -> int:
    return int(os.environ.get("SCREENING_PROOF_STEPS", DEFAULT_STEPS))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_laws_hold_in_a_clinic_at_play(
    request: pytest.FixtureRequest, built: Built, staff: Filled, database: str
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
            max_examples=max(1, how_many() // STEPS_EACH // 2),
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
    assert Machine.steps >= how_many() // 4
