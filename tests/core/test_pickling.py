"""Results, personas and conversations can be pickled, and say where they are found."""

import pickle
import pickletools
import subprocess
import sys

import attrs
import pytest

from multivon_eval import (
    CriterionVerdict,
    Evidence,
    JudgeRetry,
    Persona,
    RescoredFrom,
    SimulationError,
    Verdict,
    Votes,
    simulate,
)
from multivon_eval.sdk import Observation, goal_question
from multivon_eval.testing import conversation, persona, report, result, run_info
from support.errors import EXAMPLES
from support.people import SaysJudge, Talks, answers

ENDED = attrs.evolve(
    conversation(),
    error=SimulationError("driver", "ValueError", "no"),
    observations=(Observation("repetition", 1, "It repeats itself.", "fault"),),
)
PROVENANCE = attrs.evolve(
    result().provenance,
    judge_retries=(JudgeRetry("judge", "503", 0.5),),
    rescored_from=RescoredFrom("r1", "some-model", True),
)
CRITERION = CriterionVerdict("The date was stated.", "yes", "It was.", (Evidence(1, "Friday", True),), Votes(2, 1, 0))
FULL = attrs.evolve(result(), provenance=PROVENANCE, verdict=Verdict.over((CRITERION,), "It was."))
THINGS = [persona(history=conversation().messages), conversation(), ENDED, run_info(), report(FULL), FULL]
THINGS += [*EXAMPLES, goal_question(conversation())]

DOORS = {"multivon_eval", "multivon_eval.sdk", "multivon_eval.errors"}
PROGRAM = """
import pickle, sys
for thing in pickle.load(sys.stdin.buffer):
    print(type(pickle.loads(thing)))
"""


def list_modules(pickled):
    """The modules of the project that a pickle names."""
    texts = {arg for _, arg, _ in pickletools.genops(pickled) if isinstance(arg, str)}
    return {text for text in texts if text.startswith("multivon_eval")}


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_pickle_names_doors_only(thing):
    """So that it can still be read when a class has moved to another module."""
    pickled = pickle.dumps(thing)
    assert list_modules(pickled) <= DOORS
    read = pickle.loads(pickled)
    assert vars(read) == vars(thing) if isinstance(thing, Exception) else read == thing


@pytest.mark.process
def test_pickles_are_read_in_a_new_process():
    """Which has imported nothing of the project, and says the name of each class as it is imported."""
    pickled = pickle.dumps([pickle.dumps(thing) for thing in THINGS])
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=pickled, capture_output=True, timeout=60)
    assert done.stdout.decode().splitlines() == [str(type(thing)) for thing in THINGS], done.stderr.decode()
    assert {type(thing).__module__ for thing in THINGS} <= DOORS


def test_result_of_a_run_survives_pickling():
    """With all that a run puts into it."""
    (found,) = simulate(answers, [persona()], judge=SaysJudge(), driver=Talks(), max_turns=1, hooks=(), evaluators=[])
    pickled = pickle.dumps(found)
    assert pickle.loads(pickled) == found
    assert list_modules(pickled) <= DOORS


def test_class_is_shown_as_it_is_imported():
    """Not with the module that it happens to be written in."""
    assert repr(Persona) == "<class 'multivon_eval.Persona'>"
