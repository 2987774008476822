"""Runs one shard: so many requests from one seed, each looked at."""

from __future__ import annotations

import base64
import json
import logging
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import Clock, still_here
from tests.support.fuzz.checks import problems
from tests.support.fuzz.generator import Generator, Sent
from tests.support.fuzz.storing import differences
from tests.support.fuzz.world import World

_REFILL_EVERY = 250
_COMPARE_EVERY = 3


@dataclass
class Shard:
    seed: str
    statuses: Counter[int] = field(default_factory=Counter)
    compared: int = 0
    stored: int = 0
    found: list[str] = field(default_factory=list)


class _LastError(logging.Handler):
    """Where the product broke, which the page hides."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.line = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.line = record.getMessage()


def run(world: World, clock: Clock, seed: str, requests: int, folder: Path, enough: int = 20) -> Shard:
    shard, generator = Shard(seed), Generator(seed, world.addresses)
    log = _LastError()
    world.app.logger.addHandler(log)
    for number in range(requests):
        if number % _REFILL_EVERY == _REFILL_EVERY - 1:
            world.refill()
            still_here(world.app, clock)
            generator.forms["patient"].clear()
        clock.pass_time(seconds=1)
        sent = generator.next()
        wrong = _one(world, generator, shard, sent)
        for words in wrong:
            shard.found.append(
                f"{words} {log.line} [{seed} request {number}: {_kept(sent, folder, seed, number)}]"
            )
        log.line = ""
        if len(shard.found) >= enough:
            break
    world.app.logger.removeHandler(log)
    return shard


def _one(world: World, generator: Generator, shard: Shard, sent: Sent) -> list[str]:
    begun = time.perf_counter()
    try:
        answer = world.send(sent)
        text = answer.get_data(as_text=True)
    except Exception:
        return [traceback.format_exc()[-900:]]
    answer.close()
    shard.statuses[answer.status_code] += 1
    wrong = problems(sent, answer, text, time.perf_counter() - begun)
    generator.remember(sent.role, world.read(sent, answer, text))
    if answer.status_code == 303 and sent.form is not None:
        shard.stored += 1
        if shard.stored % _COMPARE_EVERY == 0:
            wrong += _compared(world, shard, sent, answer)
    return wrong


def _compared(world: World, shard: Shard, sent: Sent, answer: Any) -> list[str]:
    client = world.clients[sent.role]
    found = differences(world.app, sent, answer, client.get, world.patients_visit)
    shard.compared += found is not None
    return found or []


def _kept(sent: Sent, folder: Path, seed: str, number: int) -> str:
    """Writes the request down, so that it can be sent once more; gives the file's name."""
    kept = {
        "role": sent.role,
        "method": sent.method,
        "path": sent.path.decode("latin-1"),
        "query": sent.query,
        "content_type": sent.content_type,
        "headers": sent.headers,
        "body": base64.b64encode(sent.body).decode(),
    }
    file = folder / f"fuzz-{seed}-{number}.json"
    file.write_text(json.dumps(kept, indent=1))
    return f"{sent.role} {sent.method} {sent.path[:120]!r} {file}"
