"""Two instances of one class in one run, each under a name of its own; and instances made of SPECs."""

import asyncio
import sys

import attrs
import httpx
import pytest

from multivon_eval import UsageError, asimulate, make_plugin, result_to_json, simulate
from multivon_eval.sdk import PLUGIN_API, Observation, Score
from multivon_eval.testing import write_distribution
from multivon_eval_plugins.judges.openai import OpenAI
from support.chat_server import ChatServer
from support.people import SaysJudge, Talks, persona


@attrs.frozen
class Length:
    """Scores the length of the replies."""

    most: int = 5

    async def evaluate(self, conversation, context):
        longest = max(len(message.content) for message in conversation.said_by("assistant"))
        return Score(float(longest <= self.most), f"{longest} characters")


@attrs.frozen
class Notes:
    """Notes each reply."""

    async def observe(self, conversation, context):
        last = conversation.messages[-1]
        return [Observation("seen", conversation.turns, "a reply")] if last.role == "assistant" else []


@attrs.frozen
class Called:
    """Has an option that is a name."""

    name: str = "mine"

    async def evaluate(self, conversation, context):
        return Score(1.0, self.name)


HERE = __name__
SPEC = f"{HERE}.Length"


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setitem(sys.modules, HERE, sys.modules[HERE])


def run(**options):
    given = {"driver": Talks(), "judge": SaysJudge(), "hooks": (), "max_turns": 1, "observers": (), **options}
    return simulate(lambda prompt: "hello there", [persona()], **given)


@pytest.mark.parametrize(
    "evaluators",
    [
        [f"{SPEC},name=strict", f"{SPEC},most=50,name=lenient"],
        [{"use": SPEC, "name": "strict"}, {"use": SPEC, "most": 50, "name": "lenient"}],
    ],
    ids=["specs", "tables"],
)
def test_two_evaluators_of_one_class(evaluators):
    """Each has its score under its name, in results, summaries and gates."""
    results = run(evaluators=evaluators)
    assert {name: score.value for name, score in results[0].scores.items()} == {"strict": 0.0, "lenient": 1.0}
    assert set(results.summary.scores) == {"strict", "lenient"}
    specs = [use.spec for use in results.report.info.plugins if use.kind == "evaluator"]
    assert all("name=" in spec for spec in specs)


def test_one_beside_the_usual_name():
    """One may keep the usual name."""
    results = run(evaluators=[SPEC, f"{SPEC},most=50,name=much-more"])
    assert set(results[0].scores) == {"length", "much_more"}


def test_two_observers_of_one_class():
    """What an observer saw stands under its name."""
    [result] = run(observers=[f"{HERE}.Notes,name=one", f"{HERE}.Notes,name=two"])
    assert [one.observer for one in result.conversation.observations] == ["one", "two"] * 2


def test_twice_the_same_name_is_refused_with_the_way_out():
    """The message says how to have both."""
    with pytest.raises(UsageError, match="named twice; name it once, or give one a name of its own with ',name=WORD'"):
        run(evaluators=[SPEC, f"{SPEC},most=50"])
    with pytest.raises(UsageError, match="evaluator 'strict' is named twice"):
        run(evaluators=[f"{SPEC},name=strict", f"{SPEC},most=50,name=strict"])


@pytest.mark.parametrize("name", ["", "two words", "4th", "a=b", 7])
def test_what_is_no_name_is_refused(name):
    """A name is a word, for it becomes a key."""
    with pytest.raises(UsageError, match="give a word of letters, digits"):
        run(evaluators=[{"use": SPEC, "name": name}])


def test_where_nothing_stands_under_a_name_none_is_taken():
    """A sink or a judge has no use for one: it is an option that there is not."""
    for kind, spec in (("sink", "jsonl:out.jsonl,name=mine"), ("judge", "offline,name=mine")):
        with pytest.raises(UsageError, match="has no option 'name'"):
            make_plugin(kind, spec)


def test_an_option_of_that_name_is_the_plugins_own():
    """A plug-in with an option ``name`` gets it."""
    [result] = run(evaluators=[f"{HERE}.Called,name=theirs"])
    assert result.scores["called"].reason == "theirs"


class TestMakePlugin:
    """A SPEC becomes an instance, as in a run."""

    def test_a_spec_and_a_table(self):
        """Options are read and checked as in a run."""
        assert make_plugin("evaluator", f"{SPEC},most=7") == Length(7)
        assert make_plugin("evaluator", {"use": SPEC, "most": 7}) == Length(7)
        assert isinstance(make_plugin("judge", "openai:some-model,temperature=0.5"), OpenAI)

    def test_what_is_live_is_handed_in(self):
        """A client of one's own needs no import of the built-in's module; the run uses it and leaves it open."""

        async def whole():
            with ChatServer() as server:
                async with httpx.AsyncClient() as client:
                    judge = {"use": "openai:some-model", "base_url": server.base_url, "client": client}
                    assert make_plugin("judge", judge).client is client
                    options = {"driver": Talks(), "hooks": (), "max_turns": 1, "budget_usd": None}
                    results = await asimulate(lambda prompt: "hello", [persona()], judge=judge, **options)
                    assert not client.is_closed
                    assert len(server.requests) >= 1
                    return results

        [result] = asyncio.run(whole())
        [spec] = [use["spec"] for use in result_to_json(result)["metadata"]["plugins"] if use["kind"] == "judge"]
        assert "AsyncClient" not in spec

    def test_a_spec_cannot_say_what_is_live(self):
        """A text for it is refused, with the way."""
        with pytest.raises(UsageError, match="has no option 'client'; hand it in from Python"):
            make_plugin("judge", "openai:some-model,client=mine")

    @pytest.mark.parametrize(
        ("kind", "spec", "told"),
        [
            ("judges", "offline", "no kind of plug-in named 'judges'; did you mean 'judge'"),
            ("judge", "ofline", "did you mean 'offline'"),
            ("evaluator", f"{SPEC},mist=4,most=many", "has no option 'mist'"),
        ],
    )
    def test_what_is_wrong_is_said(self, kind, spec, told):
        """Kind, name and options, with what was perhaps meant."""
        with pytest.raises(UsageError, match=told):
            make_plugin(kind, spec)


class TestApiVersion:
    """A plug-in says which additions it needs; a host without them says to upgrade it."""

    @pytest.mark.parametrize("wants", [PLUGIN_API, "1", "1.0"])
    def test_what_the_host_has(self, wants):
        """The version itself, as a number or a text."""
        self._use(wants)

    @pytest.mark.parametrize(
        ("wants", "told"),
        [
            ("1.99", "written for plug-in API 1.99 and this host has 1.2; upgrade multivon-eval"),
            (2, "written for plug-in API 2 and this host has 1.2; upgrade multivon-eval"),
            (0, "written for plug-in API 0 and this host has 1.2; upgrade the plug-in"),
            ("new", "its plugin_api is 'new'; give the version it is written for"),
            (None, "its plugin_api is None"),
            (True, "its plugin_api is True"),
        ],
    )
    def test_what_it_has_not(self, wants, told):
        """Who has to be upgraded is named."""
        with pytest.raises(UsageError, match=told):
            self._use(wants)

    def _use(self, wants):
        module = sys.modules[HERE]
        module.Later = attrs.frozen(type("Later", (Length,), {"plugin_api": wants}))
        try:
            make_plugin("evaluator", f"{HERE}.Later")
        finally:
            del module.Later

    def test_a_name_that_the_sdk_has_not(self, tmp_path, monkeypatch):
        """A plug-in that imports what a later SDK has is not broken: the host is too old."""
        source = "from multivon_eval.sdk import ThingOfTomorrow\n"
        points = {"multivon_eval.evaluators": {"later": "later_plugin:Later"}}
        write_distribution(tmp_path, "later", entry_points=points, modules={"later_plugin": source})
        monkeypatch.syspath_prepend(str(tmp_path))
        with pytest.raises(UsageError, match="it is written for a later multivon-eval; upgrade multivon-eval"):
            make_plugin("evaluator", "later")
