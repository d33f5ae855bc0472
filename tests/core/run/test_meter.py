import asyncio
from decimal import Decimal

import attrs
import pytest

from multivon_eval._journal.journal import Journal
from multivon_eval._money.account import Account
from multivon_eval._money.ledger import Ledger
from multivon_eval._money.limit import Limit
from multivon_eval._money.meter import MeteredJudge
from multivon_eval._money.purse import Expected, Purse
from multivon_eval._types.answer import Answer, Usage
from multivon_eval.errors import BudgetExceeded, JudgeError, JudgeUnavailable, UnreadableAnswer
from multivon_eval.sdk import Judge, text_question

pytestmark = pytest.mark.usefixtures("no_pauses")

QUESTION = text_question("Is it so?")
WORST = Decimal("0.10")
NOW = {"retry_after": 0.0}


@attrs.frozen
class Plays:
    """A judge that does one thing after the other: gives an answer, raises an error, or waits for ever."""

    steps: list
    worst: Decimal | None = WORST
    asked: asyncio.Event = attrs.field(factory=asyncio.Event)

    def worst_cost(self, question):
        return self.worst

    async def complete(self, question):
        self.asked.set()
        step = self.steps.pop(0)
        if step == "hang":
            await asyncio.Event().wait()
        if isinstance(step, BaseException):
            raise step
        return step


def answer(cost="0.01", **changes):
    """An answer with its cost."""
    return Answer("yes", cost_usd=Decimal(cost), **changes)


def metered_by(judge, budget="1.00", most=4, **changes):
    """A judge behind a ledger of its own."""
    purse = Purse(Ledger(None if budget is None else Decimal(budget)))
    return MeteredJudge(judge, Account(purse, Journal()), Limit(most), **changes)


def meter(*steps, worst=WORST, **changes):
    """A metered judge that plays these steps, with its ledger and its account."""
    return metered_by(Plays([*steps], worst), **changes)


def ledger_of(metered):
    """The ledger that a metered judge books in."""
    return metered.account.purse.ledger


def ask(metered):
    """What a metered judge answers."""
    return asyncio.run(metered.complete(QUESTION))


def test_a_metered_judge_is_a_judge():
    """A plug-in may hand it on wherever a judge is wanted, and it answers for the judge's worst case."""
    metered = meter()
    assert isinstance(metered, Judge)
    assert metered.worst_cost(QUESTION) == WORST


def test_a_call_is_reserved_before_it_is_sent_and_settled_after_it():
    """While the judge answers its worst case is reserved; afterwards what it did cost is booked."""
    during = []

    @attrs.frozen
    class Looks:
        def worst_cost(self, question):
            return WORST

        async def complete(self, question):
            ledger = ledger_of(metered)
            during.append((ledger.reserved, ledger.spent))
            return answer("0.03", usage=Usage(10, 5, 2), model="m-1", temperature=0.0, notes=("no seed",))

    metered = metered_by(Looks())
    ask(metered)
    assert during == [(WORST, 0)]
    assert (ledger_of(metered).reserved, ledger_of(metered).spent) == (0, Decimal("0.03"))
    account = metered.account
    assert (account.cost_usd, account.usage, account.calls, account.retries) == (
        Decimal("0.03"),
        Usage(10, 5, 2),
        1,
        [],
    )
    assert (account.models, account.temperatures, account.notes) == ({"judge": "m-1"}, {"judge": 0.0}, ["no seed"])


def test_what_does_not_fit_is_not_sent():
    """The judge is not asked where its worst case is more than what is left."""
    metered = meter(answer(), budget="0.09")
    with pytest.raises(BudgetExceeded):
        ask(metered)
    assert len(metered.judge.steps) == 1
    assert (metered.account.calls, ledger_of(metered).spent) == (0, 0)


def test_an_outage_is_asked_again():
    """A call that failed in a way that often passes is repeated until it does, and the repetitions are told."""
    metered = meter(JudgeUnavailable("529", **NOW), JudgeUnavailable("reset", **NOW), answer())
    assert ask(metered).text == "yes"
    assert metered.account.calls == 3
    assert [(retry.role, retry.error) for retry in metered.account.retries] == [
        ("judge", "529"),
        ("judge", "reset"),
    ]
    assert all(retry.waited >= 0 for retry in metered.account.retries)
    assert ledger_of(metered).spent == Decimal("0.01")


def test_an_outage_that_does_not_pass_is_an_error_in_the_end():
    """After so many repetitions the last failure is raised."""
    outages = [JudgeUnavailable(f"down {number}", **NOW) for number in range(9)]
    metered = meter(*outages, retries=2)
    with pytest.raises(JudgeUnavailable, match="down 2"):
        ask(metered)
    assert metered.account.calls == 3


@pytest.mark.parametrize("error", [JudgeError("401: the key is refused"), UnreadableAnswer("not JSON")])
def test_what_repeating_does_not_help_is_not_repeated(error):
    """A 400 or 401 is raised at once."""
    metered = meter(error, answer())
    with pytest.raises(type(error)) as caught:
        ask(metered)
    assert caught.value is error
    assert metered.account.calls == 1


@pytest.mark.parametrize(("charged", "booked"), [(False, Decimal(0)), (True, WORST)])
def test_a_failure_that_may_have_been_charged_is_booked_at_its_worst_case(charged, booked):
    """Where nobody knows whether the provider charges for it, the ceiling holds all the same."""
    metered = meter(JudgeError("cut in the middle", charged))
    with pytest.raises(JudgeError):
        ask(metered)
    assert ledger_of(metered).spent == metered.account.cost_usd == booked
    assert ledger_of(metered).reserved == 0


@pytest.mark.parametrize("told", [0.1, "0.1", Decimal("NaN"), Decimal("Infinity"), Decimal("-0.01")])
def test_a_charge_that_is_no_amount_of_money_says_nothing(told):
    """A plug-in may set what its provider charged, and set it wrong: then it is in doubt."""
    error = JudgeError("cut in the middle", True)
    error.cost_usd = told
    metered = meter(error)
    with pytest.raises(JudgeError) as caught:
        ask(metered)
    assert caught.value is error
    assert (ledger_of(metered).spent, ledger_of(metered).reserved) == (WORST, 0)


def test_amounts_with_endless_digits_leave_no_rest():
    """A third of a dollar is rounded up, as a bound, a cost and what a failure did cost, so that sums are exact."""
    third = Decimal(1) / 3
    error = JudgeUnavailable("cut in the middle", True, 0.0)
    error.cost_usd = third / 7
    metered = meter(error, answer(third / 11), worst=third, budget="700.01")
    ask(metered)
    ledger = ledger_of(metered)
    assert (ledger.reserved, ledger.held) == (0, 0)
    assert ledger.spent == metered.account.cost_usd == Decimal("0.047619047620") + Decimal("0.030303030304")


def test_a_bound_beyond_all_money_does_not_fit():
    """It is refused as any other that is above the budget."""
    metered = meter(answer(), worst=Decimal("1e30") / 3)
    with pytest.raises(BudgetExceeded):
        ask(metered)


def test_repetitions_are_booked_one_by_one():
    """Each attempt that may have been charged counts, and so does the answer in the end."""
    metered = meter(JudgeUnavailable("reset", True, 0.0), JudgeUnavailable("429", False, 0.0), answer("0.02"))
    ask(metered)
    assert ledger_of(metered).spent == WORST + Decimal("0.02")


def test_a_repetition_that_does_not_fit_is_not_made():
    """The ceiling holds for repetitions as for first calls."""
    metered = meter(JudgeUnavailable("reset", True, 0.0), answer(), budget="0.15")
    with pytest.raises(BudgetExceeded):
        ask(metered)
    assert (metered.account.calls, ledger_of(metered).spent) == (1, WORST)


def test_a_call_that_hangs_is_an_outage_booked_at_its_worst_case():
    """A judge that does not answer in time is told so, and the provider may charge."""
    metered = meter("hang", timeout=0.02, retries=0, role="driver")
    with pytest.raises(JudgeUnavailable) as caught:
        ask(metered)
    assert str(caught.value) == "the driver did not answer within 0.02 seconds; raise --timeout"
    assert caught.value.charged
    assert (ledger_of(metered).spent, ledger_of(metered).reserved) == (WORST, 0)


def test_a_call_that_is_cancelled_is_booked_at_its_worst_case():
    """Whoever gives up on a call does not get its money back, for it may have been sent."""
    metered = meter("hang")

    async def give_up():
        task = asyncio.create_task(metered.complete(QUESTION))
        await metered.judge.asked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(give_up())
    assert (ledger_of(metered).spent, ledger_of(metered).reserved) == (WORST, 0)


@pytest.mark.parametrize("error", [ValueError("no such header"), KeyError("choices")])
def test_an_exception_of_somebody_else_is_wrapped(error):
    """What a judge raises that is none of ours becomes a JudgeError that names it, booked at its worst case."""
    metered = meter(error, answer())
    with pytest.raises(JudgeError) as caught:
        ask(metered)
    assert not isinstance(caught.value, JudgeUnavailable)
    assert str(caught.value) == f"the judge raised {type(error).__name__}: {error}"
    assert caught.value.__cause__ is error
    assert ledger_of(metered).spent == WORST


def test_an_answer_that_is_none_is_an_error():
    """A judge that gives something else than an ``Answer`` fails like one that raises."""
    metered = meter("just text")
    with pytest.raises(JudgeError, match="the judge gave"):
        ask(metered)
    assert (ledger_of(metered).spent, ledger_of(metered).reserved) == (WORST, 0)


@pytest.mark.parametrize("cost", [0.01, Decimal("-1"), Decimal("NaN"), None])
def test_an_answer_with_an_impossible_cost_is_booked_at_its_worst_case(cost):
    """A cost that is no amount of money cannot widen the budget, nor keep money reserved for ever."""
    metered = meter(Answer("yes", cost_usd=cost))
    with pytest.raises(JudgeError):
        ask(metered)
    assert (ledger_of(metered).spent, ledger_of(metered).reserved) == (WORST, 0)


def test_without_known_prices_nothing_is_reserved():
    """A judge whose price nobody knows can be asked where there is no ceiling."""
    metered = meter(answer("0.02"), worst=None, budget=None)
    ask(metered)
    assert ledger_of(metered).spent == Decimal("0.02")


def test_a_wait_that_the_provider_asks_for_is_kept_and_told():
    """``Retry-After`` is waited for, and the account says for how long."""
    metered = meter(JudgeUnavailable("429", retry_after=0.05), answer())
    ask(metered)
    [retry] = metered.account.retries
    assert retry.waited >= 0.05


def test_a_wait_beyond_all_patience_is_not_begun():
    """Nobody waits an hour because a provider says so: the call is given up at once."""
    metered = meter(JudgeUnavailable("429", retry_after=3600.0, overloaded=True), answer())
    with pytest.raises(JudgeUnavailable, match="429"):
        ask(metered)
    assert metered.account.retries == []


def test_one_pause_is_for_all_calls():
    """What the provider asks one call to wait, calls that begin meanwhile wait too."""
    metered = meter(JudgeUnavailable("429", retry_after=0.05, overloaded=True), answer(), answer())

    async def both():
        started = asyncio.get_running_loop().time()
        first = asyncio.create_task(metered.complete(QUESTION))
        for _ in range(20):
            await asyncio.sleep(0)
        assert metered.limit.pause > 0
        await asyncio.gather(first, metered.complete(QUESTION))
        return asyncio.get_running_loop().time() - started

    assert asyncio.run(both()) >= 0.05
    assert metered.account.calls == 3


def test_a_rate_limit_is_waited_for_longer_than_an_outage():
    """Ten refusals in a row lose nothing; they end with an answer."""
    metered = meter(*(JudgeUnavailable("429", overloaded=True) for _ in range(10)), answer())
    assert ask(metered).text == "yes"
    assert len(metered.account.retries) == 10


def test_a_judges_call_draws_on_the_hold_and_a_drivers_does_not():
    """What is held back for the verdict is there for the judge's calls and for no others."""

    async def play(role):
        metered = meter(answer("0.02"), budget="0.10", role=role)
        await metered.account.purse.keep(Expected(WORST))
        await metered.complete(QUESTION)
        return ledger_of(metered).spent

    assert asyncio.run(play("judge")) == Decimal("0.02")
    with pytest.raises(BudgetExceeded, match="a driver call"):
        asyncio.run(play("driver"))


def test_too_many_calls_halve_the_limit_and_success_lets_it_grow():
    """An outage that says there are too many calls halves their number; the answer after it adds a little."""
    metered = meter(JudgeUnavailable("429", False, 0.0, overloaded=True), answer(), most=8)
    ask(metered)
    assert metered.limit.now == 4.25


def test_an_outage_of_another_kind_leaves_the_limit_alone():
    """A dropped connection says nothing about how many calls there may be."""
    metered = meter(JudgeUnavailable("reset", **NOW), JudgeError("400"), most=8)
    with pytest.raises(JudgeError):
        ask(metered)
    assert metered.limit.now == 8


@pytest.mark.parametrize("step", [answer(), JudgeError("400"), ValueError("x"), Answer("yes", cost_usd=None)])
def test_a_call_gives_its_place_back_however_it_ends(step):
    """With a limit of one the next call is made, whatever became of the first."""
    metered = meter(step, answer(), most=1)

    async def twice():
        await asyncio.gather(metered.complete(QUESTION), return_exceptions=True)
        return await asyncio.wait_for(metered.complete(QUESTION), 5)

    assert asyncio.run(twice()).text == "yes"


def test_one_that_is_cancelled_while_it_waits_for_its_place_costs_nothing():
    """A call that was never sent is not booked, and neither counted."""
    metered = meter("hang", answer(), most=1)

    async def give_up():
        first = asyncio.create_task(metered.complete(QUESTION))
        await metered.judge.asked.wait()
        second = asyncio.create_task(metered.complete(QUESTION))
        await asyncio.sleep(0.01)
        assert ledger_of(metered).reserved == 2 * WORST
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert (ledger_of(metered).reserved, ledger_of(metered).spent, metered.account.calls) == (WORST, 0, 1)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)

    asyncio.run(give_up())


def test_the_cost_of_a_call_stands_in_the_journal(tmp_path):
    """From the reservation on a call counts in full, and once settled and written at what it did cost."""

    async def play():
        journal = Journal(tmp_path / "run.journal")
        journal.begin("run-1", {})
        metered = meter(answer("0.03"), JudgeError("cut", True))
        account = attrs.evolve(metered.account, journal=journal, case_uid="c1")
        metered = attrs.evolve(metered, account=account)
        await metered.complete(QUESTION)
        with pytest.raises(JudgeError):
            await metered.complete(QUESTION)
        journal.close(keep=True)
        return ledger_of(metered).spent

    spent = asyncio.run(play())
    again = Journal(tmp_path / "run.journal")
    past = again.resume().case("c1")
    again.close(keep=True)
    assert past.cost_usd == spent == Decimal("0.03") + WORST
    assert (past.calls, past.models) == (2, {"judge": answer().model})
