"""Optional abilities: found where a class has the method, never where it has an option of that name."""

import json
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from multivon_eval import PluginError, simulate
from multivon_eval._plugins.abilities import ABILITIES, find_ability
from multivon_eval._plugins.build import build
from multivon_eval._plugins.kinds import DRIVER, EVALUATOR, JUDGE, OBSERVER, PERSONA_SOURCE, SINK
from multivon_eval._plugins.registry import Registry
from multivon_eval.sdk import Answer, Asks, Checks, Closes, Named, Priced, Proposes, Score, UserTurn
from support.command import multivon_eval, workplace
from support.people import Keeps, SaysJudge, Talks, answers, persona

METHODS = {
    PERSONA_SOURCE: {"load": "async def load(self, context): return PEOPLE"},
    DRIVER: {"next_message": "async def next_message(self, conversation, context): return UserTurn('hello', True)"},
    JUDGE: {
        "complete": "async def complete(self, question): return await JUDGE.complete(question)",
        "worst_cost": "def worst_cost(self, question): return Decimal(0)",
    },
    EVALUATOR: {"evaluate": "async def evaluate(self, conversation, context): return Score(0.5, 'so')"},
    OBSERVER: {"observe": "async def observe(self, conversation, context): return []"},
    SINK: {
        "open": "async def open(self, run): pass",
        "write": "async def write(self, result): pass",
        "close": "async def close(self, report): pass",
    },
}
SCOPE = {
    "attrs": attrs,
    "Answer": Answer,
    "Decimal": Decimal,
    "JUDGE": SaysJudge(),
    "PEOPLE": [persona()],
    "Score": Score,
    "UserTurn": UserTurn,
    "persona": persona,
}


def make(kind, *lines, base="object"):
    """An instance of a class of a kind, with these lines beside what it must have."""
    body = "\n    ".join([*lines, *METHODS[kind].values()])
    scope = dict(SCOPE)
    exec(f"@attrs.frozen\nclass Plugin({base}):\n    {body}", scope)
    return scope["Plugin"]()


def run_with(kind, plugin):
    """A run in which the plug-in takes part."""
    options = {"judge": SaysJudge(), "driver": Talks(), "max_turns": 1, "hooks": (), "evaluators": []}
    people = [persona()]
    if kind is PERSONA_SOURCE:
        people = plugin
    elif kind in (EVALUATOR, OBSERVER, SINK):
        options[f"{kind.name}s"] = [plugin]
    else:
        options[kind.name] = plugin
    return simulate(answers, people, **options)


OPTIONS = [(kind, ability) for ability in ABILITIES if not ability.is_value for kind in METHODS]


@pytest.mark.parametrize(("kind", "ability"), OPTIONS, ids=str)
def test_option_of_that_name_is_an_option(kind, ability):
    """Whatever its value, the run ends as if it had another name."""
    plugin = make(kind, f"{ability.member}: bool = True")
    assert find_ability(plugin, ability.protocol) is None
    results = run_with(kind, plugin)
    assert [result.stop_reason for result in results] in (["max_turns"], ["goal_reached"])
    assert results.report.problems == ()


HALVES = [
    (DRIVER, ["def check(self): pass"], "its method 'check' is not as it is called; write 'async def check(self)'"),
    (SINK, ["async def check(self, run): pass"], "write 'async def check(self)'"),
    (EVALUATOR, ["def aclose(self): pass"], "write 'async def aclose(self)'"),
    (JUDGE, ["async def aclose(self, loop): pass"], "its method 'aclose' is not as it is called"),
    (JUDGE, ["async def prices(self): pass"], "write 'def prices(self)'"),
    (JUDGE, ["@property", "def prices(self): return None"], "its 'prices' is a property, not a method"),
    (OBSERVER, ["def questions(self): return []"], "write 'def questions(self, conversation)'"),
    (PERSONA_SOURCE, ["def proposal(self): return None"], "write 'def proposal(self, seed)'"),
    (JUDGE, ["model: int = 4"], "its 'model' is int (4); make it a name, as a string"),
    (JUDGE, ["def model(self): return 'm'"], "make it a name, as a string"),
    (JUDGE, ["model: str = ''"], "its 'model' is str (''); make it a name, as a string"),
]


@pytest.mark.parametrize(("kind", "lines", "says"), HALVES, ids=lambda value: str(value)[:60])
def test_half_an_ability_is_refused_when_it_is_built(kind, lines, says):
    """With the kind, the class, the reason and what to write."""
    with pytest.raises(PluginError) as caught:
        build(kind, make(kind, *lines), Registry())
    assert str(caught.value).startswith(f"{kind.name} Plugin cannot be used: ")
    assert says in str(caught.value)


class Bare:
    """A judge that is no attrs class, whatever stands on its instance."""

    def __init__(self, **values):
        vars(self).update(values)

    async def complete(self, question):
        return await SaysJudge().complete(question)

    def worst_cost(self, question):
        return Decimal(0)


class Closing(Bare):
    async def aclose(self):
        pass


class Unreadable(Bare):
    @property
    def model(self):
        raise RuntimeError("not yet connected")


INSTANCES = [
    (Bare(model=4), "its 'model' is int (4); make it a name, as a string"),
    (Bare(model=""), "its 'model' is str (''); make it a name, as a string"),
    (Unreadable(), "its 'model' cannot be read (RuntimeError: not yet connected); make it a name, as a string"),
    (Closing(aclose=True), "its attribute 'aclose' hides its method 'aclose'; rename the attribute"),
]


@pytest.mark.parametrize(("judge", "says"), INSTANCES, ids=lambda value: str(value)[:40])
def test_half_an_ability_of_an_instance_is_refused(judge, says):
    """What the class does not tell is looked for on what is handed in."""
    with pytest.raises(PluginError) as caught:
        build(JUDGE, judge, Registry())
    assert str(caught.value) == f"judge {type(judge).__name__} cannot be used: {says}"


def test_attribute_without_method_is_no_ability():
    """The run ends as if it had another name; a model is a model, wherever it stands."""
    judge = Bare(check=True, prices=1, aclose=None, model="my-model")
    assert run_with(JUDGE, judge).report.problems == ()
    assert find_ability(judge, Named).model == "my-model"
    assert (find_ability(judge, Checks), find_ability(judge, Priced), find_ability(judge, Closes)) == (None, None, None)


def test_stand_in_for_a_method_is_called():
    """A function on the instance takes the place of the method of its class."""
    closed = []

    async def close():
        closed.append(True)

    assert len(run_with(JUDGE, Closing(aclose=close))) == 1
    assert closed == [True]


def test_option_and_method_of_one_name_are_refused():
    """The method would be the default of the option."""
    plugin = make(EVALUATOR, "questions: int = 3", "def questions(self, conversation): return []")
    with pytest.raises(PluginError, match="its option 'questions' hides its method 'questions'; rename the option"):
        build(EVALUATOR, plugin, Registry())


def test_option_may_have_a_function_as_its_default():
    """It is an option like any other."""
    plugin = make(EVALUATOR, "questions: object = len")
    assert build(EVALUATOR, plugin, Registry()).plugin is plugin
    plugin = make(EVALUATOR, "questions: object = persona")
    assert build(EVALUATOR, plugin, Registry()).plugin is plugin


def test_option_that_hides_a_method_is_refused():
    """A base class has the ability, and the option of a subclass takes its place."""

    class Base:
        def questions(self, conversation):
            return []

    SCOPE["Base"] = Base
    with pytest.raises(PluginError, match="its option 'questions' hides its method 'questions'; rename the option"):
        build(EVALUATOR, make(EVALUATOR, "questions: int = 3", base="Base"), Registry())


NAMED_LIKE_ABILITIES = """
from decimal import Decimal

import attrs

from multivon_eval.sdk import Score, UserTurn
from support.people import SaysJudge


@attrs.frozen
class Asker(SaysJudge):
    prices: bool = False


@attrs.frozen
class Talker:
    check: bool = False
    questions: int = 1

    async def next_message(self, conversation, context):
        return UserTurn("When?")


@attrs.frozen
class Scorer:
    questions: int = 1
    aclose: bool = False
    model: int = 4

    async def evaluate(self, conversation, context):
        return Score(float(self.aclose), "so")
"""


@pytest.mark.process
def test_options_named_like_abilities_by_spec(tmp_path):
    """A run from the command line takes their values and ends with 0."""
    folder = workplace(tmp_path)
    (folder / "named.py").write_text(NAMED_LIKE_ABILITIES, encoding="utf-8")
    done = multivon_eval(
        *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--max-turns", "1"),
        *("--judge", "named.Asker,prices=true", "--driver", "named.Talker,check=true,questions=3"),
        *("--evaluator", "named.Scorer,questions=2,aclose=true", "--out", "results.jsonl", "--strict"),
        cwd=folder,
        env={"PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"},
    )
    assert done.returncode == 0, done.stderr
    (row,) = (json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines())
    assert row["scores"] == {"scorer": 1.0}


def test_half_an_ability_is_refused_by_name(tmp_path, monkeypatch):
    """By its import path too, and ``plugins --check`` says the same."""
    (tmp_path / "halves.py").write_text(
        "import attrs\nfrom multivon_eval.sdk import Score\n\n@attrs.frozen\nclass Half:\n"
        "    def check(self): pass\n    async def evaluate(self, conversation, context): return Score(1.0, '')\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    says = r"evaluator 'halves.Half' \(halves:Half\) cannot be used: its method 'check'"
    with pytest.raises(PluginError, match=says):
        build(EVALUATOR, "halves.Half", Registry())


def test_methods_are_abilities():
    """A class that defines them has them."""
    judge = SaysJudge()
    assert find_ability(judge, Closes) is judge
    assert find_ability(judge, Checks) is None
    assert find_ability(judge, Named) is None
    assert find_ability(Talks(), Asks) is not None
    assert find_ability(Keeps(), Priced) is None
    assert find_ability(make(PERSONA_SOURCE, "def proposal(self, seed): return None"), Proposes) is not None
