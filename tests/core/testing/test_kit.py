"""The kit is of use: a plug-in that breaks a sentence of its protocol fails the test that checks it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.command import clean_env

pytestmark = pytest.mark.process

HEAD = """
import attrs, pytest
from decimal import Decimal
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from multivon_eval.sdk import *
from multivon_eval.testing import *

asked = (YesNo("good", "Is it good?"), YesNo("bad", "Is it bad?", hoped="no"))
"""
# Sound plug-ins; what is replaced in them makes the faulty ones.
EVALUATOR = """
@attrs.define
class Plugin:
    threshold: float = 0.5
    last: object = attrs.field(default=None, init=False)

    async def evaluate(self, conversation, context):
        if not conversation.said_by("assistant"):
            return Score.skipped("no reply")
        answers = await ask(context.judge, yes_no_question(conversation, asked))
        return Score(sum(answer.as_hoped for answer in answers) / 2, "so", threshold=self.threshold)

class TestPlugin(EvaluatorTests):
    def make(self):
        return Plugin()
"""
DRIVER = """
@attrs.define
class Plugin:
    said: int = attrs.field(default=0, init=False)

    async def next_message(self, conversation, context):
        turn = await ask(context.judge, roleplay_question(conversation))
        return turn

class TestPlugin(DriverTests):
    def make(self):
        return Plugin()
"""
JUDGE = """
@attrs.define
class Plugin:
    calls: int = attrs.field(default=0, init=False)

    def worst_cost(self, question):
        return Decimal("0.02")

    async def complete(self, question):
        self.calls += 1
        return Answer(fitting_answer(question), Usage(10, 5), Decimal("0.01"))

class TestPlugin(JudgeTests):
    def make(self):
        return Plugin()
"""
SINK = """
@attrs.define(slots=False)
class Plugin:
    path: str
    names: list = attrs.field(factory=list, init=False)

    def add(self, text, mode="a"):
        with open(self.path, mode, encoding="utf-8") as file:
            file.write(text)

    async def open(self, run):
        self.add("", "a" if run.is_resumption else "w")

    async def write(self, result):
        self.add(result.persona.name)

    async def close(self, report):
        self.add("closed")

class TestPlugin(SinkTests):
    def make(self):
        return Plugin(str(self.folder / "out.txt"))

    def delivered(self):
        path = self.folder / "out.txt"
        return path.read_text("utf-8") if path.exists() else ""
"""
SOURCE = """
count = 0

@attrs.frozen
class Plugin:
    path: str = "x"

    async def load(self, context):
        return [persona("Ann"), persona("Ben")]

class TestPlugin(PersonaSourceTests):
    def make(self):
        return Plugin()
"""
REPLIED = 'if not conversation.said_by("assistant"):'
ASKS = "answers = await ask(context.judge, yes_no_question(conversation, asked))"
COUNTED = "sum(answer.as_hoped for answer in answers) / 2"
TURN = "return turn"
TURNS = "turn = await ask(context.judge, roleplay_question(conversation))"
# What is wrong: the sound plug-in, what is replaced by what, and which standard tests must notice.
FAULTS: dict[str, tuple[str, str, str, set[str]]] = {
    "sound evaluator": (EVALUATOR, "", "", set()),
    "sound driver": (DRIVER, "", "", set()),
    "sound judge": (JUDGE, "", "", set()),
    "sound sink": (SINK, "", "", set()),
    "sound source": (SOURCE, "", "", set()),
    "empty is perfect": (
        EVALUATOR,
        REPLIED,
        "if not conversation.messages: return Score(1.0, 'so')\n        if False:",
        {"an_empty_conversation_is_skipped"},
    ),
    "needs a persona": (
        EVALUATOR,
        ASKS,
        f"conversation.persona.goal; {ASKS}",
        {"a_conversation_without_persona_is_scored"},
    ),
    "unknown is yes": (
        EVALUATOR,
        COUNTED,
        "sum(one.answer in ('unknown', one.question.hoped) for one in answers) / 2",
        {"unknown_is_not_as_hoped"},
    ),
    "unknown is half a yes": (
        EVALUATOR,
        COUNTED,
        "sum({'unknown': 0.5, one.question.hoped: 1}.get(one.answer, 0) for one in answers) / 2",
        {"unknown_is_not_as_hoped"},
    ),
    "changes metadata": (
        EVALUATOR,
        ASKS,
        f"[object.__setattr__(one, 'metadata', {{'seen': 1}}) for one in conversation.messages[1:2]]; {ASKS}",
        {"the_conversation_is_not_changed"},
    ),
    "mixes conversations": (
        EVALUATOR,
        ASKS,
        f"self.last = conversation; {ASKS}; answers = answers if self.last is conversation else answers[:1]",
        {"two_conversations_at_once"},
    ),
    "swallows every failure": (
        EVALUATOR,
        ASKS,
        f"try: {ASKS}\n        except Exception: return Score(0.0, 'so')",
        {"a_judge_that_fails_gives_no_number", "an_unreadable_answer_gives_no_number", "budget_exceeded_passes"},
    ),
    "turns budget into a skip": (
        EVALUATOR,
        ASKS,
        f"try: {ASKS}\n        except BudgetExceeded: return Score.skipped('no money')",
        {"budget_exceeded_passes"},
    ),
    "gives a number": (
        EVALUATOR,
        "return Score(",
        "return 0.5 if True else Score(",
        {
            "a_number_from_0_to_1_or_a_reason",
            "a_conversation_without_persona_is_scored",
            "a_good_conversation_has_a_score",
            "unknown_is_not_as_hoped",
        },
    ),
    "no reason": (
        EVALUATOR,
        ASKS,
        "return Score.failed('')",
        {"a_number_from_0_to_1_or_a_reason", "a_good_conversation_has_a_score"},
    ),
    "always skips": (EVALUATOR, REPLIED, "if True:", {"a_good_conversation_has_a_score"}),
    "forgets an option": (
        EVALUATOR,
        "    last: object",
        "    def __attrs_post_init__(self): self.threshold /= 2\n    last: object",
        {"options_survive_a_round_trip"},
    ),
    "no attrs class": (
        EVALUATOR.replace("last: object = attrs.field(default=None, init=False)", "last = None"),
        "@attrs.define\n",
        "",
        {"an_attrs_class_that_satisfies_the_protocol", "options_survive_a_round_trip"},
    ),
    "not installed": (
        EVALUATOR,
        "def make",
        'name = "nobody"\n    def make',
        {"the_entry_point_finds_the_class", "options_survive_a_round_trip"},
    ),
    "another's name": (
        EVALUATOR,
        "def make",
        'name = "turn-consistency"\n    def make',
        {"the_entry_point_finds_the_class"},
    ),
    "for a newer host": (
        EVALUATOR,
        "    threshold: float",
        "    plugin_api = PLUGIN_API + 1\n    threshold: float",
        {"written_for_this_version_of_the_protocols", "options_survive_a_round_trip"},
    ),
    "overrides a standard test": (
        EVALUATOR,
        "def make",
        "def test_an_empty_conversation_is_skipped(self): pass\n    def make",
        {"no_standard_test_is_missing"},
    ),
    "deletes a standard test": (
        EVALUATOR,
        "def make",
        "test_an_empty_conversation_is_skipped = None\n    def make",
        {"no_standard_test_is_missing"},
    ),
    "xfail without a reason": (
        EVALUATOR,
        "def make",
        "@pytest.mark.xfail\n    def test_budget_exceeded_passes(self): assert False\n    def make",
        {"no_standard_test_is_missing"},
    ),
    "xfail with a reason": (
        EVALUATOR,
        "def make",
        "@pytest.mark.xfail(reason='never asks')\n    def test_budget_exceeded_passes(self): assert 0\n    def make",
        set(),
    ),
    "gives a text": (
        DRIVER,
        TURN,
        "return turn.message",
        {"a_conversation_begins_with_a_message", "a_message_or_the_goal_is_reached", "goes_on_after_a_history"},
    ),
    "falls silent": (
        DRIVER,
        TURN,
        "return turn if len(conversation.messages) < 3 else UserTurn('  ')",
        {"a_message_or_the_goal_is_reached"},
    ),
    "needs a first message": (
        DRIVER,
        "turn = ",
        "conversation.messages[0]; turn = ",
        {"a_conversation_begins_with_a_message", "a_message_or_the_goal_is_reached"},
    ),
    "counts on the instance": (
        DRIVER,
        TURN,
        "self.said += 1; return UserTurn(f'Message {self.said}.')",
        {"two_conversations_at_once"},
    ),
    "ends where money does": (
        DRIVER,
        TURNS,
        f"try: {TURNS}\n        except BudgetExceeded: return UserTurn('', True)",
        {"budget_exceeded_passes"},
    ),
    "costs a float": (JUDGE, 'Decimal("0.01")', "0.01", {"text_usage_and_cost"}),
    "costs more than it can": (JUDGE, '"0.01"', '"0.03"', {"no_answer_costs_more_than_its_worst_cost"}),
    "bounds that vary": (
        JUDGE,
        'return Decimal("0.02")',
        'self.calls += 1; return Decimal("0.02") + self.calls',
        {"worst_cost_does_not_vary"},
    ),
    "bounds that are floats": (
        JUDGE,
        'return Decimal("0.02")',
        "return 0.02",
        {"worst_cost_is_usd_or_none"},
    ),
    "no bounds": (
        JUDGE,
        "def worst_cost",
        "def worst_costs",
        {
            "an_attrs_class_that_satisfies_the_protocol",
            "options_survive_a_round_trip",
            "worst_cost_is_usd_or_none",
            "worst_cost_does_not_vary",
            "no_answer_costs_more_than_its_worst_cost",
            "the_question_is_not_changed",
        },
    ),
    "answers something else": (
        JUDGE,
        "Answer(fitting_answer(question)",
        "Answer('Gladly!'",
        {"the_answer_can_be_read", "questions_at_once"},
    ),
    "delivers at the end": (
        SINK.replace('self.add("closed")', "self.add(str(self.names))"),
        "self.add(result.persona.name)",
        "self.names.append(result.persona.name)",
        {"delivered_when_write_returns", "a_second_run_delivers_what_the_first_did"},
    ),
    "stays closed": (
        SINK,
        'self.add("closed")',
        "self.open = None",
        {"opens_again_after_close", "a_second_run_delivers_what_the_first_did"},
    ),
    "stumbles over no transcript": (
        SINK,
        "result.persona.name",
        "result.transcript[0].content",
        {
            "open_write_close",
            "opens_again_after_close",
            "a_second_run_delivers_what_the_first_did",
            "the_result_is_not_changed",
        },
    ),
    "stumbles over no results": (
        SINK,
        'self.add("closed")',
        "1 / report.summary.conversations",
        {"a_run_without_results"},
    ),
    "begins anew when a run goes on": (
        SINK,
        '"a" if run.is_resumption else "w"',
        '"w"',
        {"a_resumption_keeps_what_was_delivered"},
    ),
    "changes a result": (
        SINK,
        "self.add(result",
        "object.__setattr__(result, 'scores', {}); self.add(result",
        {"the_result_is_not_changed"},
    ),
    "one name for two": (SOURCE, '"Ben"', '"Ann"', {"names_differ"}),
    "nobody": (SOURCE, '[persona("Ann"), persona("Ben")]', "[]", {"gives_personas"}),
    "rows, not personas": (
        SOURCE,
        '[persona("Ann"), persona("Ben")]',
        '[{"name": "Ann"}]',
        {"gives_personas", "names_differ"},
    ),
    "never the same": (
        SOURCE,
        "return [persona(",
        "global count; count += 1\n        return [persona(goal=str(count)), persona(",
        {"gives_the_same_again", "names_differ"},
    ),
}


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Hold all of them against the kit in one pytest process, and say which standard tests failed of each."""
    folder = tmp_path_factory.mktemp("faulty")
    files: dict[str, str] = {}
    for number, (what, (sound, old, new, _)) in enumerate(FAULTS.items()):
        assert old in sound, f"{what}: {old!r} does not stand in the sound plug-in"
        files[f"test_{number}.py"] = what
        (folder / f"test_{number}.py").write_text(HEAD + sound.replace(old, new) if old else HEAD + sound, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-W", "error", "--import-mode=importlib"]
    command += ["-p", "no:hypothesispytest"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:asyncio"],
        cwd=folder,
        env=clean_env(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, set[str]] = {what: set() for what in FAULTS}
    for line in done.stdout.splitlines():
        if line.startswith(("FAILED", "ERROR")):
            file, _, test = line.split(maxsplit=2)[1].partition("::TestPlugin::test_")
            found[files[file]].add(test.partition("[")[0])
    return found


@pytest.mark.parametrize("what", list(FAULTS))
def test_the_fault_is_found(failed: dict[str, set[str]], what: str) -> None:
    """Exactly the tests fail whose sentence of the protocol is broken; of a sound plug-in none."""
    assert failed[what] == FAULTS[what][3]
