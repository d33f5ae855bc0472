"""``--simulate-budget``, one ceiling for a session and all its xdist workers; ``--simulate-judge``."""

import re
from decimal import Decimal

import pytest

from multivon_eval import DISCLAIMER
from support.chat_answers import default_answer
from support.chat_server import ChatServer, Response
from support.people import persona
from support.pytest_run import SETTINGS, outcomes, pytest_run, summary, write

PEOPLE = [persona(name) for name in ("ann", "bob", "cid", "dan", "eve", "fay")]
TESTS = f"""
import pytest
from multivon_eval import Persona

@pytest.mark.personas({PEOPLE!r}, max_turns=3, trials=2, judge="offline")
def test_refunds(simulation):
    assert simulation.stop_reason in ("goal_reached", "max_turns", "budget_exceeded")
"""
# A judge whose process ends in its first call.
DIES = """
import os
from decimal import Decimal

import attrs

@attrs.frozen
class Dies:
    async def complete(self, question):
        os._exit(1)

    def worst_cost(self, question):
        return Decimal("0.20")
"""
PRICE = Decimal(10)
"""USD per million tokens, asked or answered."""


class Till(ChatServer):
    """A server that charges almost as much as a judge must expect, and counts it.

    Attributes:
        tokens: What it charged for, one number for each answer.
    """

    def __init__(self):
        super().__init__(self._answered)
        self.tokens = []

    def _answered(self, body):
        size = sum(len(message["content"].encode()) for message in body["messages"])
        usage = {"prompt_tokens": size, "completion_tokens": body["max_tokens"]}
        self.tokens += [sum(usage.values())]
        return Response(default_answer(body, goal_after=9), usage=usage)


@pytest.mark.process
def test_workers_share_one_ceiling(tmp_path):
    """Over all workers no more is charged than the ceiling, which cuts here, and the line tells the sum."""
    with Till() as server:
        spec = f"openai:some-model,base_url={server.base_url},price_in={PRICE},price_out={PRICE},price_cached={PRICE}"
        write(tmp_path, test_bot=TESTS)
        done = pytest_run(tmp_path, "-n", "3", "--simulate-judge", spec, "--simulate-budget", "1")
    assert outcomes(done) == "12 passed", done.stdout
    line = summary(done)
    assert line.startswith("simulations: 12 conversations: ")
    assert line.endswith(f" of $1; {DISCLAIMER}")
    assert "judge some-model" in line
    charged = sum(server.tokens) * PRICE / 1_000_000
    spent = Decimal(re.search(r"spent \$([\d.]+)", line)[1])
    assert spent == round(charged, 4)
    assert Decimal("0.50") < charged <= 1
    assert "cut by the budget" in line


@pytest.mark.process
def test_a_worker_that_dies_keeps_its_reservation(tmp_path):
    """What a worker had reserved when it died counts as spent."""
    tests = TESTS.replace('judge="offline"', 'judge="dying.Dies"').replace("trials=2", "trials=1")
    write(tmp_path, test_bot=tests, dying=DIES)
    done = pytest_run(tmp_path, "-n", "1", "-k", "ann")
    assert outcomes(done) == "1 failed"
    assert summary(done).startswith("simulations: 0 conversations: ")
    assert "spent $0.2000 of $1.00" in summary(done)


@pytest.mark.process
def test_the_file_names_defaults_and_the_command_line_has_the_last_word(tmp_path):
    """Budget and judge of pytest.ini count where nobody says otherwise; a test's judge counts before the file's."""
    write(tmp_path, test_bot=TESTS.replace(', judge="offline"', ""))
    (tmp_path / "pytest.ini").write_text(f"{SETTINGS}simulate_budget = 0.25\nsimulate_judge = nonsense\n")
    assert "marker personas: no judge is named 'nonsense'" in pytest_run(tmp_path).stdout
    done = pytest_run(tmp_path, "-k", "ann and not trial2", "--simulate-judge", "offline")
    assert "judge offline; spent $0.0000 of $0.25" in summary(done)
    write(tmp_path, test_bot=TESTS)
    done = pytest_run(tmp_path, "-k", "ann and not trial2", "--simulate-budget", "none")
    assert "judge offline; spent $0.0000 with no ceiling" in summary(done)


@pytest.mark.process
def test_a_budget_that_is_none_is_refused_at_once(tmp_path):
    """A ceiling that is no amount of money ends pytest before it collects."""
    done = pytest_run(write(tmp_path, test_bot=TESTS), "--simulate-budget", "much")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.strip() == (
        "ERROR: --simulate-budget: the budget is 'much'; give USD as a number from 0 on, or 'none' for no ceiling"
    )
