"""The sinks ``csv``, ``parquet`` and ``chat``: the same results as a table, and as chats."""

import asyncio
import csv
import json
import sys

import attrs
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multivon_eval import DISCLAIMER, UsageError, report_results, simulate
from multivon_eval.sdk import Score, result_to_row
from multivon_eval.testing import conversation, persona, run_info
from multivon_eval_plugins.sinks.chat import ChatSink
from multivon_eval_plugins.sinks.csv import CsvSink
from multivon_eval_plugins.sinks.parquet import ParquetSink
from support.outcomes import hostile, one, outcomes, write_all
from support.people import SaysJudge, Talks, answers


@pytest.fixture
def out(tmp_path):
    """Where the file will lie."""
    return tmp_path / "results.out"


def write(sink, path, *results, **options):
    """Deliver results to a sink of a class."""
    asyncio.run(write_all(sink(str(path), **options), results))


def read_csv(path):
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_one_column_a_field(out):
    """What a result says stands in its row: words for true and false, JSON for lists, nothing for what is not known."""
    given = outcomes()
    write(CsvSink, out, *given.values())
    rows = dict(zip(given, read_csv(out), strict=True))
    assert rows["achieved"]["persona"] == "Ann achieved"
    assert [rows[name]["goal_achieved"] for name in ("achieved", "not achieved", "unknown")] == ["true", "false", ""]
    assert json.loads(rows["refused"]["criteria"]) == [
        {"criterion": "The assistant stated the refund window.", "met": "no"}
    ]
    assert rows["achieved"]["score_turn_consistency"] == "0.75"
    assert rows["achieved"]["score_tone"] == ""
    assert rows["crashed"]["error"] == "model_fn: no database"
    assert {row["disclaimer"] for row in rows.values()} == {DISCLAIMER}


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋"])
def test_csv_holds_no_formula(out, begin):
    """A text that a spreadsheet would compute has an apostrophe before it, names of columns included."""
    text = f"{begin}cmd|' /C calc'!A0"
    write(CsvSink, out, attrs.evolve(hostile(text, text), scores={"a": Score(0.5, "so")}))
    [row] = read_csv(out)
    assert row["persona"] == f"'{text}"
    assert row["reason"] == f"'{text}"
    for cell in (*row, *row.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(name=st.text(min_size=1).filter(str.strip), text=st.text())
def test_csv_reads_back_as_it_was(out, name, text):
    """Line ends, quotes and commas stay inside their cell."""
    result = hostile(name, text)
    write(CsvSink, out, result, one())
    first, _ = read_csv(out)
    assert first["persona"].removeprefix("'") == result.persona.name.removeprefix("'")
    assert first["reason"].removeprefix("'") == result.verdict.reason.removeprefix("'")


def test_parquet_has_the_same_columns_typed(out):
    """Cells are what the row of the result has, and the file says what they are not."""
    given = list(outcomes().values())
    write(ParquetSink, out, *given)
    table = pyarrow.parquet.read_table(out)
    rows = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    assert rows == [
        {name: value for name, value in result_to_row(result).items() if value is not None} for result in given
    ]
    assert [str(table.schema.field(name).type) for name in ("trial", "cost_usd", "goal_achieved", "score_tone")] == [
        *("int64", "double", "bool", "double"),
    ]
    assert table.schema.metadata[b"disclaimer"].decode() == DISCLAIMER


@pytest.mark.parametrize("seed", [2**63 - 1, 2**63, -(2**70), None])
def test_parquet_takes_every_seed_and_text(out, seed):
    """A seed beyond 64 bits is left out, and what UTF-8 has no word for is replaced."""
    result = hostile("\ud800", "\ud800")
    result = attrs.evolve(result, provenance=attrs.evolve(result.provenance, seed=seed))
    write(ParquetSink, out, result)
    [row] = pyarrow.parquet.read_table(out).to_pylist()
    assert row["seed"] == (seed if seed == 2**63 - 1 else None)


def test_a_missing_pyarrow_ends_the_run_before_anything_is_spent(out, monkeypatch):
    """The message names the extra, beside what else is wrong."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    judge = SaysJudge()
    with pytest.raises(UsageError) as raised:
        simulate(answers, [persona()], judge=judge, driver=Talks(), hooks=(), sinks=[f"parquet:{out}/no"])
    assert "[parquet]" in str(raised.value)
    assert "cannot be written" in str(raised.value)
    assert judge.asked == []


def test_parquet_is_no_text_for_a_screen():
    """Standard output is refused."""
    with pytest.raises(UsageError, match="name a file"):
        asyncio.run(ParquetSink("-").check())


def read_chats(path):
    """The chats of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_chat_writes_what_achieved_the_goal(out):
    """Only these, as roles and contents, with the disclaimer beside."""
    write(ChatSink, out, *outcomes().values())
    chats = read_chats(out)
    assert [chat["metadata"]["persona"] for chat in chats] == ["Ann achieved", "Ann score cut"]
    assert chats[0]["messages"][0] == {"role": "user", "content": "Where is my order 4711?"}
    assert all(chat["metadata"]["disclaimer"] == DISCLAIMER for chat in chats)


def test_chat_writes_all_if_asked(out):
    """With ``all=true`` each conversation that has a reply."""
    mute = one(of=conversation(of=persona("Mute"), messages=()))
    write(ChatSink, out, *outcomes().values(), mute, all=True)
    assert len(read_chats(out)) == len(outcomes())


def test_a_chat_ends_with_a_reply(out):
    """What the user says after the last reply is left out."""
    write(ChatSink, out, one(of=conversation("Hi", "Hello", "Thanks, bye")))
    [chat] = read_chats(out)
    assert [message["content"] for message in chat["messages"]] == ["Hi", "Hello"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(min_size=1))
def test_a_chat_is_one_line(out, text):
    """Whatever is said, each line of the file is one chat that says it."""
    write(ChatSink, out, hostile("Zoë", text), all=True)
    assert [message["content"] for message in read_chats(out)[0]["messages"]] == [text, text]


@pytest.mark.parametrize("sink", [CsvSink, ChatSink, ParquetSink])
def test_what_lay_there_is_replaced_when_the_run_ends(out, sink):
    """Until then it is as it was, and nothing else lies beside it afterwards."""
    out.write_text("old", encoding="utf-8")

    async def run():
        made = sink(str(out))
        await made.open(run_info())
        await made.write(one())
        assert out.read_text(encoding="utf-8") == "old"
        await made.close(report_results([one()]))

    asyncio.run(run())
    assert out.read_bytes()[:3] != b"old"
    assert list(out.parent.iterdir()) == [out]
