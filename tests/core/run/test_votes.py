import asyncio
import json
from decimal import Decimal
from itertools import repeat

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import UsageError, result_from_json, result_schema, result_to_json, simulate
from multivon_eval._journal.journal import Journal
from multivon_eval._run.verdict import vote_on_goal
from multivon_eval._run.votes import count_votes
from multivon_eval._types.verdict import CriterionVerdict, Evidence, Verdict, Votes
from multivon_eval.protocols import RunContext
from multivon_eval.sdk import GoalAsked, JudgeError
from support.people import SaysJudge, Talks, answers, persona, talk

FAILED = Verdict(None, "not judged: it failed", failed=True)
CUT = Verdict(None, "not judged: no money", cut=True)


def vote(*met, reason="because"):
    """One vote on as many criteria as there are answers; a yes or no quotes itself."""
    rows = (
        CriterionVerdict(f"c{index}", answer, f"{answer} {index}", (Evidence(1, answer, True),))
        for index, answer in enumerate(met)
    )
    return Verdict.over(tuple(rows), reason)


@attrs.frozen
class Splits(SaysJudge):
    """A judge whose votes on each criterion are given, one after the other; an exception is raised."""

    votes: list = attrs.field(factory=list)

    async def complete(self, question):
        if isinstance(question.about, GoalAsked):
            given = self.votes.pop(0)
            if isinstance(given, BaseException):
                self.asked.append(question)
                raise given
            return await SaysJudge(met=given, cost=self.cost, asked=self.asked).complete(question)
        return await super().complete(question)


def run(judge, **options):
    """The one result of a run of two turns."""
    [result] = simulate(answers, [persona()], judge=judge, driver=Talks(), max_turns=2, hooks=(), **options)
    return result


def verdicts_asked(judge):
    """The questions for a verdict that a judge was asked."""
    return [question for question in judge.asked if isinstance(question.about, GoalAsked)]


@pytest.mark.parametrize(
    ("votes", "met", "split"),
    [
        (["yes", "yes", "yes"], "yes", Votes(3, 0, 0)),
        (["yes", "no", "yes"], "yes", Votes(2, 1, 0)),
        (["no", "unknown", "no"], "no", Votes(0, 2, 1)),
        (["yes", "no", "unknown"], "unknown", Votes(1, 1, 1)),
        (["yes", "yes", "no", "no", "unknown"], "unknown", Votes(2, 2, 1)),
        (["unknown", "unknown", "yes"], "unknown", Votes(1, 0, 2)),
    ],
)
def test_the_majority_decides_and_the_split_is_recorded(votes, met, split):
    """More than half must say it; with no majority a criterion is unknown."""
    [criterion] = count_votes([vote(answer) for answer in votes]).criteria
    assert (criterion.met, criterion.votes) == (met, split)


def test_each_criterion_has_a_majority_of_its_own():
    """Three votes of which no two are the same as a whole still agree on each criterion."""
    verdict = count_votes([vote("yes", "yes", "no"), vote("yes", "no", "yes"), vote("no", "yes", "yes")])
    assert [criterion.met for criterion in verdict.criteria] == ["yes", "yes", "yes"]
    assert verdict.achieved is True
    assert verdict.reason == "3 votes, 3 not achieved: because"


def test_reason_and_quotes_are_those_of_the_majority():
    """Nothing that the outvoted said supports the verdict, and no quote stands there twice."""
    verdict = count_votes([vote("no", reason="outvoted"), vote("yes", reason="first"), vote("yes", reason="second")])
    assert verdict.reason == "3 votes, 2 achieved, 1 not achieved: first"
    assert [(quote.quote, quote.found) for quote in verdict.evidence] == [("yes", True)]
    assert verdict.criteria[0].reason == "yes 0"


@pytest.mark.parametrize("missing", [FAILED, CUT])
def test_a_missing_vote_counts_for_nobody(missing):
    """The majority is of all votes that were asked for: two of three decide, one of one does not."""
    decided = count_votes([missing, vote("yes"), vote("yes")])
    assert (decided.achieved, decided.criteria[0].votes) == (True, Votes(2, 0, 0, 1))
    assert decided.reason == "3 votes, 2 achieved, 1 missing: because"
    assert count_votes([missing, vote("yes"), vote("no")]).achieved is None
    gone = count_votes([missing, missing, vote("yes")])
    assert (gone.achieved, gone.failed, gone.cut) == (None, missing.failed, missing.cut)
    assert gone.reason == f"1 of 3 votes: {missing.reason}"
    assert gone.criteria == ()


@given(
    cast=st.integers(1, 4).flatmap(
        lambda count: st.lists(
            st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=count, max_size=count), min_size=1, max_size=7
        )
    )
)
def test_the_order_of_votes_decides_nothing(cast):
    """Whoever votes first, the answers and the splits are the same, and each split adds up."""
    forwards, backwards = count_votes([vote(*met) for met in cast]), count_votes([vote(*met) for met in reversed(cast)])
    assert forwards.achieved is backwards.achieved
    assert [(row.met, row.votes) for row in forwards.criteria] == [(row.met, row.votes) for row in backwards.criteria]
    for row in forwards.criteria:
        assert row.votes.yes + row.votes.no + row.votes.unknown == len(cast)
        assert row.met == "unknown" or getattr(row.votes, row.met) > len(cast) / 2


def test_so_many_votes_are_asked_for_at_a_temperature():
    """The same question each time, at 0.7, for at 0 they would be one vote; evaluators are asked once, at 0."""
    judge = Splits(votes=["yes", "no", "yes"])
    result = run(judge, judge_votes=3, evaluators=["conversation-relevance"])
    prompts = [question.prompt for question in verdicts_asked(judge)]
    assert len(prompts) == 3 and prompts[0] == prompts[1] == prompts[2]
    assert prompts[0].temperature == result.metadata["judge_temperature"] == 0.7
    others = [question.prompt.temperature for question in judge.asked if not isinstance(question.about, GoalAsked)]
    assert others == [0.0]
    assert result.goal_achieved is True
    assert result.verdict.criteria[0].votes == Votes(2, 1, 0)
    assert result.metadata["options"]["judge_votes"] == 3


def test_one_vote_is_asked_for_at_zero_and_has_no_split():
    """Without the option nothing is voted on."""
    judge = SaysJudge()
    result = run(judge)
    assert [question.prompt.temperature for question in verdicts_asked(judge)] == [0.0]
    assert (result.verdict.criteria[0].votes, result.verdict.reason) == (None, "judged by a fake")


def test_a_vote_that_fails_is_missing_in_the_result():
    """Two of three decide; with one of three there is no verdict, and it is put down to the judge."""
    result = run(Splits(votes=[JudgeError("down"), "no", "no"]), judge_votes=3)
    assert (result.goal_achieved, result.attribution) == (False, "system")
    assert result.verdict.criteria[0].votes == Votes(0, 2, 0, 1)
    result = run(Splits(votes=[JudgeError("down"), "no", JudgeError("down")]), judge_votes=3)
    assert (result.goal_achieved, result.attribution) == (None, "judge")
    assert "1 of 3 votes: not judged: JudgeError: down" in result.verdict.reason


def test_the_split_survives_the_result_file():
    """A line with votes fits the schema and is read back as it was."""
    result = run(Splits(votes=["yes", "unknown", "yes"]), judge_votes=3)
    row = json.loads(json.dumps(result_to_json(result)))
    jsonschema.validate(row, result_schema())
    assert row["verdict"]["criteria"][0]["votes"] == {"yes": 2, "no": 0, "unknown": 1, "missing": 0}
    assert result_from_json(row).verdict == result.verdict


def test_a_conversation_without_a_reply_is_not_voted_on():
    """There is nothing to judge, so nobody is asked."""
    judge = SaysJudge()
    [result] = simulate(lambda prompt: 1 / 0, [persona()], judge=judge, driver=Talks(), judge_votes=3, hooks=())
    assert verdicts_asked(judge) == []
    assert "the system gave no reply" in result.verdict.reason


@pytest.mark.parametrize(
    ("votes", "problem"),
    [
        (2, "judge-votes is 2; give an odd number, so that there is a majority"),
        (0, "judge-votes is 0; give a whole number from 1 on"),
        (-1, "judge-votes is -1"),
        (1.5, "judge-votes is 1.5"),
        (True, "judge-votes is True"),
    ],
)
def test_an_even_number_of_votes_is_refused(votes, problem):
    """Found before anything is spent, with the remedy."""
    judge = SaysJudge()
    with pytest.raises(UsageError, match=problem):
        run(judge, judge_votes=votes)
    assert judge.asked == []


def test_the_estimate_and_the_hold_count_every_vote():
    """Two votes more are two calls more in the estimate; a budget that the hold does not fit in begins nothing."""
    judge = SaysJudge(cost=Decimal("0.01"))
    once, thrice = (
        simulate(answers, [persona()], judge=judge, max_turns=2, hooks=(), judge_votes=votes).report.info.estimate
        for votes in (1, 3)
    )
    assert (thrice.calls - once.calls, thrice.calls_most - once.calls_most) == (2, 2)
    # Three votes are expected to cost three times as much as one, and must fit before anything is said.
    for votes, begins in ((3, False), (1, True)):
        [result] = simulate(answers, [persona()], judge=judge, judge_votes=votes, budget_usd="0.022", hooks=())
        assert bool(result.turns) is begins
        assert result.verdict.cut is False


def test_votes_that_were_given_are_not_asked_for_again(tmp_path):
    """A run that is killed with two of three votes given asks for the third alone when it goes on."""
    conversation = talk("When?", "Within 30 days.", case_uid="c", stop_reason="max_turns")
    judge = Splits(votes=["yes", JudgeError("cut off here"), "no"])

    def go_on(journal):
        past = journal.past.case("c")
        return asyncio.run(vote_on_goal(conversation, RunContext(judge), 3, journal, past, lambda: None))

    journal = Journal(tmp_path / "journal")
    journal.begin("run", {})
    go_on(journal)
    journal.close(keep=True)
    assert len(judge.asked) == 3

    judge.votes.append("no")
    resumed = Journal(tmp_path / "journal")
    resumed.resume()
    verdict = go_on(resumed)
    resumed.close(keep=False)
    assert len(judge.asked) == 4
    assert verdict.criteria[0].votes == Votes(1, 2, 0)


def test_with_one_vote_for_each_nothing_is_repeated():
    """A judge that always says the same gives a split with one side."""
    result = run(Splits(votes=[*repeat("no", 5)]), judge_votes=5)
    assert result.verdict.criteria[0].votes == Votes(0, 5, 0)
