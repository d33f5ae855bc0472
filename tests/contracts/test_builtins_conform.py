"""The built-in plug-ins pass the kit that ships for everybody's."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs
import click
import pyarrow.parquet
import pytest

from multivon_eval import Verdict
from multivon_eval._plugins.kinds import (
    ALL,
    COMMAND,
    DRIVER,
    EVALUATOR,
    EXECUTOR,
    HOOK,
    JUDGE,
    OBSERVER,
    PERSONA_SOURCE,
    SINK,
    Kind,
)
from multivon_eval._plugins.registry import Registry
from multivon_eval.sdk import Judge, SimulationResult, Sink
from multivon_eval.testing import (
    CommandTests,
    DriverTests,
    EvaluatorTests,
    ExecutorTests,
    HookTests,
    JudgeTests,
    ObserverTests,
    PersonaSourceTests,
    SinkTests,
)
from multivon_eval_plugins.evaluators.completeness import ConversationCompleteness
from multivon_eval_plugins.evaluators.consistency import TurnConsistency
from multivon_eval_plugins.evaluators.relevance import ConversationRelevance
from multivon_eval_plugins.evaluators.retention import KnowledgeRetention
from multivon_eval_plugins.html_report.rows_file import read_report
from multivon_eval_plugins.html_report.sink import BESIDE, HtmlReport
from multivon_eval_plugins.judges.anthropic import Anthropic
from multivon_eval_plugins.judges.gemini import Gemini
from multivon_eval_plugins.judges.offline import Offline
from multivon_eval_plugins.judges.openai import OpenAI
from multivon_eval_plugins.local.executor import Local
from multivon_eval_plugins.logs.source import PersonasFromLogs
from multivon_eval_plugins.personas.jsonl import JsonlPersonas
from multivon_eval_plugins.proposing.product_md import ProductMd
from multivon_eval_plugins.recorder import hook
from multivon_eval_plugins.refusal.observer import Refusals
from multivon_eval_plugins.roleplay.driver import PersonaLlm
from multivon_eval_plugins.roleplay.observer import DriverFaults
from multivon_eval_plugins.scripted.driver import Scripted
from multivon_eval_plugins.sinks.chat import ChatSink
from multivon_eval_plugins.sinks.csv import CsvSink
from multivon_eval_plugins.sinks.jsonl import JsonlSink
from multivon_eval_plugins.sinks.junit import JunitSink
from multivon_eval_plugins.sinks.markdown import MarkdownSink
from multivon_eval_plugins.sinks.parquet import ParquetSink
from multivon_eval_plugins.sinks.terminal import TerminalSink
from support.anthropic_dialect import Messages
from support.chat_server import ChatServer
from support.dialects import ChatCompletions, Dialect
from support.gemini_dialect import GenerateContent

CONTRACTS = (
    PersonaSourceTests,
    DriverTests,
    JudgeTests,
    EvaluatorTests,
    ObserverTests,
    SinkTests,
    ExecutorTests,
    HookTests,
    CommandTests,
)
ELSEWHERE = {(JUDGE.name, "litellm"), (EXECUTOR.name, "ray")}
"""Built-ins that stand with the tests of their own, because importing what they need takes seconds."""


class TestJsonlPersonas(PersonaSourceTests):
    """``jsonl`` is a persona source."""

    name = "jsonl"

    def make(self) -> JsonlPersonas:
        path = self.folder / "personas, all.jsonl"
        rows = [
            {"name": name, "profile": "A customer.", "goal": "Find out.", "success_criteria": ["Said so.", "Politely."]}
            for name in ("Zoë", "Ann")
        ]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return JsonlPersonas(str(path))

    def make_unusable(self) -> JsonlPersonas:
        return JsonlPersonas(str(self.folder / "missing.jsonl"))


class TestPersonasFromLogs(PersonaSourceTests):
    """``personas-from-logs`` is a persona source."""

    name = "personas-from-logs"

    def make(self) -> PersonasFromLogs:
        path = self.folder / "chats, all of them.jsonl"
        said = ("Where is my order 4711?", "How do I cancel my plan?", "Can I have an invoice for March?")
        rows = [{"messages": [{"role": "user", "content": text}]} for text in said]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return PersonasFromLogs(str(path))

    def make_unusable(self) -> PersonasFromLogs:
        path = self.folder / "broken.jsonl"
        path.write_text('{"messages": [{"role": "user", "content": "Hello."}\n', encoding="utf-8")
        return PersonasFromLogs(str(path))


class TestProductMd(PersonaSourceTests):
    """``product-md`` is a persona source."""

    name = "product-md"

    def make(self) -> ProductMd:
        path = self.folder / "the product, all of it.md"
        path.write_text("# Shop\n\nRefunds take 5 days.\n", encoding="utf-8")
        return ProductMd(str(path), n=3)

    def make_unusable(self) -> ProductMd:
        return ProductMd(str(self.folder / "missing.md"))


class TestPersonaLlm(DriverTests):
    """``persona-llm`` is a driver."""

    name = "persona-llm"

    def make(self) -> PersonaLlm:
        return PersonaLlm(max_words=40)


class TestScripted(DriverTests):
    """``scripted`` is a driver."""

    name = "scripted"

    def make(self) -> Scripted:
        return Scripted(("Where is my order, please?", 'It says "late"; why?', "Thanks."))


class TestDriverFaults(ObserverTests):
    """``driver-faults`` is an observer."""

    name = "driver-faults"

    def make(self) -> DriverFaults:
        return DriverFaults()


class TestRefusals(ObserverTests):
    """``refusals`` is an observer."""

    name = "refusals"

    def make(self) -> Refusals:
        return Refusals()


class TestRefusalsByJudge(ObserverTests):
    """``refusals:judge`` is one too."""

    name = "refusals"

    def make(self) -> Refusals:
        return Refusals("judge")


class TestOffline(JudgeTests):
    """``offline`` is a judge."""

    name = "offline"

    def make(self) -> Offline:
        return Offline()


class _ServedJudgeTests(JudgeTests):
    """A judge beside a server that speaks its wire."""

    dialect: type[Dialect] = ChatCompletions
    judge: Callable[..., Judge]

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with ChatServer(dialect=self.dialect()) as self.server:
            yield

    def make(self) -> Judge:
        prices = {"price_in": 3.0, "price_out": 15.0, "price_cached": 0.3}
        return type(self).judge("a-model", self.server.base_url, temperature=0.5, **prices)


class TestOpenAI(_ServedJudgeTests):
    """``openai`` is a judge."""

    name = "openai"
    judge = OpenAI


class TestAnthropic(_ServedJudgeTests):
    """``anthropic`` is a judge."""

    name = "anthropic"
    judge = Anthropic
    dialect = Messages


class TestGemini(_ServedJudgeTests):
    """``gemini`` is a judge."""

    name = "gemini"
    judge = Gemini
    dialect = GenerateContent


class TestConversationRelevance(EvaluatorTests):
    """``conversation-relevance`` is an evaluator."""

    name = "conversation-relevance"

    def make(self) -> ConversationRelevance:
        return ConversationRelevance(threshold=0.7)


class TestKnowledgeRetention(EvaluatorTests):
    """``knowledge-retention`` is an evaluator."""

    name = "knowledge-retention"

    def make(self) -> KnowledgeRetention:
        return KnowledgeRetention(threshold=0.7)


class TestTurnConsistency(EvaluatorTests):
    """``turn-consistency`` is an evaluator."""

    name = "turn-consistency"

    def make(self) -> TurnConsistency:
        return TurnConsistency(threshold=0.7)


class TestConversationCompleteness(EvaluatorTests):
    """``conversation-completeness`` is an evaluator."""

    name = "conversation-completeness"

    def make(self) -> ConversationCompleteness:
        return ConversationCompleteness(threshold=0.7)


class TestJsonlSink(SinkTests):
    """``jsonl`` is a sink."""

    name = "jsonl"

    def make(self) -> JsonlSink:
        return JsonlSink(str(self.folder / "results, all.jsonl"))

    def make_unusable(self) -> JsonlSink:
        return JsonlSink(str(self.folder))

    def delivered(self) -> str:
        path = self.folder / "results, all.jsonl"
        return path.read_text(encoding="utf-8") if path.exists() else ""


class TestHtmlReport(SinkTests):
    """``html`` is a sink."""

    name = "html"

    def make(self) -> HtmlReport:
        return HtmlReport(str(self.folder / "report, all.html"))

    def make_unusable(self) -> HtmlReport:
        return HtmlReport(str(self.folder))

    def delivered(self) -> str:
        path = self.folder / "report, all.html"
        beside = path.with_name(path.name + BESIDE)
        rows = list(read_report(path)) if path.exists() else []
        rows += map(json.loads, beside.read_text(encoding="utf-8").splitlines()) if beside.exists() else []
        return "\n".join(map(json.dumps, rows))


class TestTerminalSink(SinkTests):
    """``terminal`` is a sink."""

    name = "terminal"

    @pytest.fixture(autouse=True)
    def _captured(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.printed = ""

    def make(self) -> TerminalSink:
        return TerminalSink(width=100, transcripts=True)

    def delivered(self) -> str:
        self.printed += self.capsys.readouterr().out
        return self.printed


class _FileSinkTests(SinkTests):
    """A sink that writes its file when it is closed."""

    sink: Callable[..., Sink]

    @property
    def path(self) -> Path:
        """Where it writes."""
        return self.folder / "results, all.out"

    def make(self) -> Sink:
        return type(self).sink(str(self.path))

    def make_unusable(self) -> Sink:
        return type(self).sink(str(self.folder / "missing" / "results"))

    def read(self) -> str:
        """What stands in the file of each result, without what is said of all of them."""
        return self.path.read_text(encoding="utf-8")

    def delivered(self) -> str | None:
        return self.read() if self.path.exists() else None


class TestJunitSink(_FileSinkTests):
    """``junit`` is a sink."""

    name = "junit"
    sink = JunitSink

    def read(self) -> str:
        return "".join(f"{case.get('name')}\n" for case in ET.parse(self.path).iter("testcase"))


class TestMarkdownSink(_FileSinkTests):
    """``markdown`` is a sink."""

    name = "markdown"
    sink = MarkdownSink

    def results(self) -> Sequence[SimulationResult]:
        return [attrs.evolve(one, verdict=Verdict(False, "No."), attribution="system") for one in super().results()]

    def read(self) -> str:
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return "".join(f"{line}\n" for line in lines if line.startswith("- **"))


class TestCsvSink(_FileSinkTests):
    """``csv`` is a sink."""

    name = "csv"
    sink = CsvSink


class TestChatSink(_FileSinkTests):
    """``chat`` is a sink."""

    name = "chat"

    @staticmethod
    def sink(path: str) -> ChatSink:
        return ChatSink(path, all=True)


class TestParquetSink(_FileSinkTests):
    """``parquet`` is a sink."""

    name = "parquet"
    sink = ParquetSink

    def read(self) -> str:
        return "".join(f"{row['persona']}\n" for row in pyarrow.parquet.read_table(self.path).to_pylist())


class TestLocal(ExecutorTests):
    """``local`` is an executor."""

    name = "local"

    def make(self) -> Local:
        return Local()


class TestPromptRecorder(HookTests):
    """``prompt-recorder`` is a hook."""

    name = "prompt-recorder"

    def make(self) -> object:
        return hook


class _OurCommandTests(CommandTests):
    """A command that its entry point finds."""

    def make(self) -> click.Command:
        found = Registry().find(COMMAND, str(self.name)).load()
        assert isinstance(found, click.Command)
        return found


@pytest.mark.process
class TestInit(_OurCommandTests):
    """``init`` is a command."""

    name = "init"

    def good_args(self) -> list[str]:
        return [str(self.folder / "new")]


@pytest.mark.process
class TestLabel(_OurCommandTests):
    """``label`` is a command."""

    name = "label"

    def bad_args(self) -> list[str]:
        return [str(self.folder / "missing.jsonl")]


@pytest.mark.process
class TestPropose(_OurCommandTests):
    """``propose`` is a command."""

    name = "propose"

    def bad_args(self) -> list[str]:
        return [str(self.folder / "missing.md"), "--judge", "offline"]


@pytest.mark.process
class TestPluginsNew(_OurCommandTests):
    """``plugins new`` is a command below another."""

    name = "plugins.new"

    def bad_args(self) -> list[str]:
        return ["evaluator", "not a name"]


@pytest.mark.process
class TestReport(_OurCommandTests):
    """``report`` is a command."""

    name = "report"

    def bad_args(self) -> list[str]:
        return [str(self.folder / "missing.jsonl")]


@pytest.mark.process
class TestShow(_OurCommandTests):
    """``show`` is a command."""

    name = "show"

    def bad_args(self) -> list[str]:
        return [str(self.folder / "missing.jsonl")]


@pytest.mark.process
class TestStaleness(_OurCommandTests):
    """``staleness`` is a command."""

    name = "staleness"


def _tested() -> set[tuple[str, str]]:
    here = [thing for thing in globals().values() if isinstance(thing, type) and issubclass(thing, CONTRACTS)]
    return {(thing.kind.name, str(thing.name)) for thing in here if thing.name}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_every_builtin_is_held_to_its_contract(kind: Kind) -> None:
    """No built-in of any kind was forgotten."""
    ours = {entry.name for entry in Registry().entries(kind) if entry.distribution == "multivon-eval"}
    assert ours, f"no {kind.name} of our own is installed; reinstall the project"
    assert {(kind.name, name) for name in ours} <= _tested() | ELSEWHERE


def test_each_kind_has_a_contract() -> None:
    """The kit has one class for each kind."""
    kinds = {contract.kind for contract in CONTRACTS}
    assert kinds == {PERSONA_SOURCE, DRIVER, JUDGE, EVALUATOR, OBSERVER, SINK, EXECUTOR, HOOK, COMMAND} == set(ALL)
