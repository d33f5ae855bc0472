"""Results of each way in which a conversation can end, for what writes them."""

from decimal import Decimal

import attrs

from multivon_eval import CriterionVerdict, Evidence, SimulationError, SimulationResult, Verdict
from multivon_eval.sdk import Observation, Score
from multivon_eval.testing import conversation, persona, report, result, run_info

SAID = "The assistant stated the refund window."


def no(reason="the window was never stated", quote="I do not know"):
    """A verdict of no, with its quote."""
    return Verdict(False, reason, (CriterionVerdict(SAID, "no", reason, (Evidence(1, quote, True),)),))


def one(name="Ann", **fields):
    """A result of a persona of a name."""
    given = {"of": conversation(of=persona(name))} | fields
    return result(**given)


def outcomes():
    """Results by what they are: each way to end, and whose fault it was."""
    crash = SimulationError("model_fn", "RuntimeError", "no database")
    down = SimulationError("model_fn", "OSError", "connection refused", infrastructure=True)
    fault = (Observation("repetition", 2, "says it again", "fault"),)
    return {
        "achieved": one("Ann achieved"),
        "not achieved": one("Ann not achieved", achieved=False, verdict=no(), attribution="system"),
        "refused": one(
            "Ann refused", stop_reason="assistant_refused", achieved=False, verdict=no(), attribution="system"
        ),
        "crashed": fail("Ann crashed", crash, "system"),
        "down": fail("Ann down", down, "infrastructure"),
        "judge": one("Ann judge", achieved=None, attribution="judge", verdict=Verdict(None, "no answer", failed=True)),
        "fault": one(
            of=attrs.evolve(conversation(of=persona("Ann fault")), observations=fault),
            achieved=False,
            verdict=no(),
            attribution="simulation",
        ),
        "unknown": one("Ann unknown", achieved=None),
        "budget": one("Ann budget", stop_reason="budget_exceeded", achieved=None, attribution="infrastructure"),
        "score cut": one("Ann score cut", scores={"tone": Score(None, "no money", "skipped", cut=True)}),
    }


def fail(name, error, who):
    """A result of a conversation that an error ended."""
    ended = attrs.evolve(conversation(of=persona(name)), error=error)
    return result(ended, "driver_error", None, {}, attribution=who)


async def write_all(sink, results, told=None, **fields):
    """Call a sink as a run does."""
    info = run_info(personas=tuple(each.persona for each in results), conversations=len(results), **fields)
    await sink.open(info)
    for each in results:
        await sink.write(each)
    await sink.close(told or report(*results, info=info))


def hostile(name="@all #1 <img src=x> [a](http://evil.example) ]]>", text="]]> \x00\x08\x1b[31m & <b> \ud800 \ufffe"):
    """A result in which everything that others say is meant to break what shows it."""
    talk = conversation(text, text, of=persona(name), stop_reason="max_turns")
    return SimulationResult(talk, no(text, text), {}, "system", Decimal(0), one().provenance)
