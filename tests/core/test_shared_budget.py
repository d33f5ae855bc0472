"""One ceiling for several runs, in this process and in others, also in one that is killed."""

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivon_eval import BudgetExceeded, SharedBudget, UsageError, check_simulation, score_simulations, simulate
from multivon_eval._money.ledger import Ledger
from multivon_eval._money.purse import Expected, Purse
from multivon_eval.errors import JournalError
from support.people import SaysJudge, answers, persona

CENT = Decimal("0.01")


def ledger(budget):
    """A run's ledger that draws on a shared budget."""
    return Ledger(budget.usd, till=budget)


# Calls that may cost three cents and cost one, until one does not fit; begun when standard input says so.
SPENDS = """
async def work():
    purse = Purse(Ledger(budget.usd, till=budget))
    sys.stdin.readline()
    while True:
        purse.settle(await purse.reserve(Decimal("0.03"), False), Decimal("0.01"))

try:
    asyncio.run(work())
except BudgetExceeded:
    pass
"""
# Killed while a call is under way that may cost twenty.
DIES = """
asyncio.run(Purse(Ledger(budget.usd, till=budget)).reserve(Decimal("0.20"), False))
os.kill(os.getpid(), signal.SIGKILL)
"""
# Killed while it holds thirty back for calls to come.
DIES_HOLDING = """
asyncio.run(Purse(Ledger(budget.usd, till=budget)).keep(Expected(Decimal("0.30"))))
print(budget.seen().held, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
HEAD = """
import asyncio, os, signal, sys
from decimal import Decimal
from multivon_eval import BudgetExceeded, SharedBudget
from multivon_eval._money.ledger import Ledger
from multivon_eval._money.purse import Expected, Purse
budget = SharedBudget(sys.argv[1], "0.50")
"""


def process(program, path):
    """Start a process that shares the budget in a file."""
    return subprocess.Popen([sys.executable, "-c", HEAD + program, str(path)], stdin=subprocess.PIPE)


# Of one of two runs: it settles its call at a share of what that may cost; then it keeps, reserves, or ends.
steps = st.lists(
    st.tuples(
        st.sampled_from(["keep", "reserve", "reserve held", "settle", "close"]),
        st.integers(0, 1),
        st.decimals(0, 1, places=3),
    ),
    max_size=20,
)


@settings(max_examples=40)
@given(usd=st.decimals(0, 3, places=3), steps=steps)
def test_the_account_is_the_sum_of_its_ledgers(tmp_path_factory, usd, steps):
    """Whatever two runs do, the file holds what both took together, and that never exceeds the ceiling."""
    budget = SharedBudget(tmp_path_factory.mktemp("account") / "budget", usd)

    async def play():
        ledgers = [ledger(budget), ledger(budget)]
        purses = [Purse(one) for one in ledgers]
        calls = ([], [])
        for what, who, amount in steps:
            # A call under way is settled first: alone in its run, a conversation would wait for it for ever.
            while calls[who] and what != "close":
                call = calls[who].pop()
                purses[who].settle(call, call.amount * amount)
            with suppress(BudgetExceeded):
                if what == "keep":
                    await purses[who].keep(Expected(amount, amount / 2, amount / 3))
                elif what.startswith("reserve"):
                    calls[who].append(await purses[who].reserve(amount, what == "reserve held"))
                elif what == "close":
                    purses[who].close()
            seen = budget.seen()
            for name in ("spent", "reserved", "held", "planned"):
                assert getattr(seen, name) == sum(getattr(one, name) for one in ledgers), name
            assert seen.spent + seen.reserved <= usd
            assert ledgers[0].left == ledgers[1].left == seen.left

    asyncio.run(play())


@pytest.mark.process
def test_processes_share_the_ceiling(tmp_path):
    """Three processes that spend as much as they can spend the ceiling together, to the last call that fits."""
    workers = [process(SPENDS, tmp_path / "budget") for _ in range(3)]
    for worker in workers:
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    budget = SharedBudget(tmp_path / "budget", "0.50")
    # 48 calls at a cent leave two cents, in which no call fits that may cost three.
    assert (budget.spent, budget.seen().reserved) == (48 * CENT, 0)


@pytest.mark.process
def test_what_a_process_held_is_free_when_it_was_killed(tmp_path):
    """The dead make no more calls: what they held back for those can be spent by others, and is not lost to all."""
    path = tmp_path / "budget"
    command = [sys.executable, "-c", HEAD + DIES_HOLDING, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (-signal.SIGKILL, "0.30")
    budget = SharedBudget(path, "0.50")
    assert (budget.seen().held, budget.spent) == (0, 0)
    assert budget.take(Decimal("0.50"), Decimal(0), Decimal(0), Decimal(0))


@pytest.mark.process
def test_a_call_of_a_process_that_was_killed_counts_as_spent(tmp_path):
    """What it had reserved stays reserved: nobody else spends it, and the account says so."""
    worker = process(DIES, tmp_path / "budget")
    worker.communicate()
    budget = SharedBudget(tmp_path / "budget", "0.50", remedy="raise --limit")
    assert worker.returncode == -signal.SIGKILL
    assert (budget.spent, budget.seen().left) == (20 * CENT, 30 * CENT)
    with pytest.raises(BudgetExceeded, match=r"\$0\.310000 more.*of \$0\.50 .*\$0\.200000 set aside; raise --limit"):
        asyncio.run(Purse(ledger(budget)).reserve(31 * CENT, False))


def test_runs_share_it_and_each_tells_its_own(tmp_path):
    """Two runs and a scoring draw on one budget; a summary counts what its own run spent."""
    budget = SharedBudget(tmp_path / "budget", 1)
    first = simulate(answers, persona(), judge=SaysJudge(cost=CENT), budget_usd=budget, max_turns=2, hooks=())
    second = simulate(answers, persona("bob"), judge=SaysJudge(cost=CENT), budget_usd=budget, max_turns=2, hooks=())
    assert first.summary.spent_usd == first[0].cost_usd == 4 * CENT
    assert second.summary.spent_usd == 4 * CENT
    assert budget.spent == 8 * CENT
    assert score_simulations(first, evaluators=["turn-consistency"]).spent_usd == 5 * CENT
    score_simulations(list(second), evaluators=["turn-consistency"], judge=SaysJudge(cost=CENT), budget_usd=budget)
    seen = budget.seen()
    assert (seen.spent, seen.reserved, seen.held) == (10 * CENT, 0, 0)


def test_a_run_is_cut_by_what_others_spent(tmp_path):
    """With too little left in the shared budget a conversation ends as with a budget of its own."""
    budget = SharedBudget(tmp_path / "budget", "0.06")
    assert budget.take(5 * CENT, Decimal(0), Decimal(0), Decimal(0))
    (result,) = simulate(answers, persona(), judge=SaysJudge(cost=CENT), budget_usd=budget, hooks=())
    assert (result.stop_reason, result.cost_usd) == ("budget_exceeded", 0)
    assert budget.seen().spent == 0


def test_without_a_ceiling_it_counts(tmp_path):
    """``none`` lifts the ceiling, and what is spent is still there to see."""
    budget = SharedBudget(tmp_path / "budget", "none")
    simulate(answers, persona(), judge=SaysJudge(cost=Decimal(5)), budget_usd=budget, max_turns=1, hooks=())
    assert (budget.spent, budget.seen().left) == (15, None)


def test_another_ceiling_for_the_same_file_is_refused(tmp_path):
    """Who names a file with another ceiling is told both before anything is spent."""
    SharedBudget(tmp_path / "budget", "1.00").check()
    SharedBudget(tmp_path / "budget", 1).check()
    with pytest.raises(UsageError, match=r"begun with a ceiling of 1\.00, not 2; name the same"):
        simulate(answers, persona(), judge="offline", budget_usd=SharedBudget(tmp_path / "budget", 2))


@pytest.mark.parametrize("usd", [-1, "much", float("inf"), True])
def test_a_ceiling_that_is_no_amount_is_refused(tmp_path, usd):
    """What cannot be a budget cannot be a shared one."""
    with pytest.raises(UsageError, match="the budget is"):
        SharedBudget(tmp_path / "budget", usd)


def test_a_file_that_cannot_be_kept_is_refused_before_the_run(tmp_path):
    """A path in a folder that is not there, or a file that is no account, is a usage error with its remedy."""
    (tmp_path / "text").write_text("no database at all, and long enough to look at twice" * 9)
    for path in (tmp_path / "none" / "budget", tmp_path / "text"):
        with pytest.raises(UsageError, match=r"cannot be kept: .*; name a file that can be written"):
            simulate(answers, persona(), judge="offline", budget_usd=SharedBudget(path, 1))


def test_an_account_that_is_lost_under_way_ends_the_run(tmp_path):
    """Where nothing can be booked any more nothing more is spent."""
    path = tmp_path / "budget"
    judge = SaysJudge(cost=CENT)

    def model_fn(prompt):
        path.unlink()
        path.mkdir()
        return "Fine."

    with pytest.raises(JournalError, match="cannot be kept"):
        simulate(model_fn, persona(), judge=judge, budget_usd=SharedBudget(path, 1), hooks=())
    assert len(judge.asked) == 1


def test_a_trial_alone_is_the_trial_it_would_be_among_others():
    """``first_trial`` picks a trial, or goes on after those there are, and each keeps its identity."""
    people = [persona(), persona("bob")]
    given = {"judge": "offline", "max_turns": 1, "hooks": ()}
    whole = simulate(answers, people, trials=3, **given)
    later = simulate(answers, people, trials=2, first_trial=2, **given)
    (alone,) = simulate(answers, people[1], first_trial=3, **given)
    assert [result.trial for result in later] == [2, 3, 2, 3]
    assert [result.case_uid for result in later] == [result.case_uid for result in whole if result.trial > 1]
    assert (alone.trial, alone.case_uid) == (3, whole[-1].case_uid)
    with pytest.raises(UsageError, match="first-trial is 0; give a whole number from 1 on"):
        simulate(answers, people, first_trial=0)


class Proposes:
    """A persona source that asks the judge."""

    async def load(self, context):
        await context.judge.complete(None)


def test_what_is_wrong_with_a_simulation_is_found_without_one(tmp_path):
    """Personas come back as ``simulate`` would use them; what it would refuse is refused, and no judge is asked."""
    judge = SaysJudge(cost=CENT)
    file = tmp_path / "personas.jsonl"
    file.write_text('{"name": "ann", "profile": "P", "goal": "G", "success_criteria": ["C"]}\n')
    (ann,) = check_simulation(file, judge=judge)
    assert (ann.name, ann.success_criteria) == ("ann", ("C",))
    with pytest.raises(UsageError) as caught:
        check_simulation(file, judge="nonsense", driver="nobody")
    assert len(caught.value.problems) == 2
    with pytest.raises(UsageError, match="proposed by a judge, which costs money; write them to a file"):
        check_simulation(Proposes(), judge=judge)
    file.write_text("{}\n")
    with pytest.raises(UsageError, match=r"personas\.jsonl:1: "):
        check_simulation(file)
    assert judge.asked == []
