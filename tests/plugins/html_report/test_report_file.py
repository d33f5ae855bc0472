"""The file that the sink ``html`` writes, looked at without a browser."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html.parser
import json
import os
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import multivon_eval_plugins.html_report as room
from multivon_eval import Verdict, result_to_json
from multivon_eval.sdk import DeliveryError, Message, Score, ToolCall, UsageError, digest_transcript
from multivon_eval.testing import conversation, persona, result
from multivon_eval_plugins.html_report.page import SCRIPTS
from multivon_eval_plugins.html_report.row import make_row
from multivon_eval_plugins.html_report.rows_file import read_report
from multivon_eval_plugins.html_report.sink import BESIDE, HtmlReport
from multivon_eval_plugins.labelling.candidates import identify, list_obstacles, make_candidate
from multivon_eval_plugins.labelling.sampling import select_sample
from support.labelling import make_result as make_labelled
from support.reports import deliver, make_report, make_results, write_report

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x.png"></textarea>" onload="x \u202e'


class Elements(html.parser.HTMLParser):
    """The elements of a page with their attributes, and the text of each script and style."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.words = ""
        self._open = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.inside.append((self._open, data))
        else:
            self.words += data

    def find(self, tag: str, **fields: str) -> list[dict[str, str | None]]:
        """The attributes of each element of a kind that has these."""
        return [found for name, found in self.found if name == tag and fields.items() <= found.items()]


def make_hostile() -> Any:
    """A conversation in which everybody says what a page must not take for markup."""
    who = persona(f"Eve {HOSTILE}", goal=HOSTILE, profile=HOSTILE, success_criteria=(HOSTILE,), traits=(HOSTILE,))
    said = (Message("user", HOSTILE), Message("assistant", HOSTILE, [ToolCall(HOSTILE, {HOSTILE: HOSTILE}, HOSTILE)]))
    return result(conversation(of=who, messages=said), verdict=Verdict(False, HOSTILE), attribution="system")


def policy_of(page: Elements) -> dict[str, str]:
    """The directives of the page's policy."""
    [meta] = page.find("meta", **{"http-equiv": "Content-Security-Policy"})
    return dict(part.strip().split(" ", 1) for part in (meta["content"] or "").split(";"))


def bodies_of(path: Path) -> list[list[dict[str, Any]]]:
    """The messages of each conversation that a report holds."""
    return [row["body"]["messages"] for row in read_report(path)]


def test_nothing_that_was_said_becomes_markup(tmp_path: Path) -> None:
    """Persona, criterion, reason and problem are text in the template, and data beyond the parser's reach."""
    results = [make_hostile()]
    end = make_report(results)
    end = attrs.evolve(end, info=attrs.evolve(end.info, judge_model=HOSTILE, run_id=HOSTILE))
    page = Elements(write_report(tmp_path / "report.html", results, end))
    names = {tag for tag, _ in page.found}
    assert not names & {"img", "iframe", "object", "embed", "link", "base", "video", "audio"}
    assert [fields for tag, fields in page.found if any(name.startswith("on") for name in fields)] == []
    assert len(page.find("script")) == 4, "head, rows, where they begin, and the page's own"
    assert "<script>alert(1)</script>" in page.words
    assert "\u202e" not in page.words


def test_the_policy_lets_only_this_script_and_style_run(tmp_path: Path) -> None:
    """The hashes are those of what stands in the page, and everything else is forbidden."""
    page = Elements(write_report(tmp_path / "report.html", make_results(2)))
    policy = policy_of(page)
    for tag, text in (("script", page.inside[-1][1]), ("style", page.inside[0][1])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    for name in ("default-src", "img-src", "connect-src", "base-uri", "form-action"):
        assert policy[name] == "'none'"


def test_the_page_leads_nowhere_and_loads_nothing(tmp_path: Path) -> None:
    """No element has an address but places in the page, and the style has none at all."""
    page = Elements(write_report(tmp_path / "report.html", [*make_results(3), make_hostile()]))
    addresses = [
        fields[name] for _, fields in page.found for name in ("src", "href", "action", "data") if name in fields
    ]
    assert addresses
    assert all(str(address).startswith("#") for address in addresses)
    assert not re.search(r"url\(|@import", page.inside[0][1])
    assert not [fields for _, fields in page.found if "style" in fields]


def test_scripts_make_text_and_never_markup() -> None:
    """No part of the page's script turns a string into markup or code."""
    folder = Path(room.__file__).parent / "assets"
    assert {path.stem for path in folder.glob("*.js")} == set(SCRIPTS)
    for path in folder.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") < 300
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|srcdoc", text)


def test_all_results_are_in_it(tmp_path: Path) -> None:
    """Each result comes back with its words, verdict and metadata, also words that no encoding has."""
    odd = result(conversation("\ud800 alone \x00 \u2028", "</script>"))
    results = [*make_results(40), odd]
    rows = list(read_report(write_report(tmp_path / "report.html", results)))
    assert len(rows) == len(results)
    for row, one in zip(rows, results, strict=True):
        line = result_to_json(one)
        assert [said["content"] for said in row["body"]["messages"]] == [said["content"] for said in line["transcript"]]
        assert row["body"]["verdict"] == line["verdict"]
        assert row["persona"] == line["persona"]
        assert row["index"]["digest"] == digest_transcript(one)
        kept = row["body"]["metadata"] | {"observations": row["body"]["seen"], "error": row["body"]["error"]}
        assert kept.items() <= line["metadata"].items()


def test_what_json_has_no_word_for_is_text(tmp_path: Path) -> None:
    """A tool that gave back NaN loses no report."""
    said = (Message("user", "hi"), Message("assistant", "Done.", [ToolCall("look", {}, float("nan"))]))
    [[_, reply]] = bodies_of(write_report(tmp_path / "report.html", [result(conversation(messages=said))]))
    assert reply["tool_calls"][0]["result"] == "nan"


def test_the_file_is_replaced_at_once(tmp_path: Path) -> None:
    """What was there before stays until the page is whole, and nothing is left beside it."""
    path = tmp_path / "report.html"
    path.write_text("before", encoding="utf-8")
    path.chmod(0o640)
    results = make_results(2)
    end = make_report(results)

    async def call() -> None:
        sink = HtmlReport(str(path))
        await sink.open(end.info)
        await sink.write(results[0])
        assert path.read_text(encoding="utf-8") == "before"
        await sink.close(end)

    asyncio.run(call())
    assert len(bodies_of(path)) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """An error on the way leaves what was there, the rows, and no torn page."""
    path = tmp_path / "report.html"
    path.write_text("before", encoding="utf-8")
    results = make_results(1)
    broken = attrs.evolve(make_report(results), baseline=(None,))
    with pytest.raises(AttributeError):
        deliver(HtmlReport(str(path)), broken.info, results, broken)
    assert path.read_text(encoding="utf-8") == "before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["report.html", f"report.html{BESIDE}"]


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    """The numbers are those of what there is, and that stands above them."""
    results = make_results(3)
    end = make_report(results, interrupted=True)
    end = attrs.evolve(end, info=attrs.evolve(end.info, conversations=9))
    page = Elements(write_report(tmp_path / "report.html", results, end))
    assert "interrupted: it holds 3 of 9 conversations" in page.words


@pytest.mark.parametrize("torn", [b"", b'{"index": {"uid'], ids=["whole", "torn"])
def test_a_killed_run_is_gone_on_with(tmp_path: Path, torn: bytes) -> None:
    """What was delivered before a kill is in the report of the run that is resumed, each once."""
    path, results = tmp_path / "report.html", make_results(4)
    end = make_report(results)
    deliver(HtmlReport(str(path)), end.info, results[:2], None)
    with Path(f"{path}{BESIDE}").open("ab") as file:
        file.write(torn)
    deliver(HtmlReport(str(path)), attrs.evolve(end.info, is_resumption=True), results[2:], end)
    assert [said[0]["content"] for said in bodies_of(path)] == [one.transcript[0].content for one in results]


def test_a_report_is_gone_on_with(tmp_path: Path) -> None:
    """A run that ended and goes on keeps what its report holds, and reads it from there."""
    path, results = tmp_path / "report.html", make_results(70)
    write_report(path, results[:40])
    end = make_report(results)
    deliver(HtmlReport(str(path)), attrs.evolve(end.info, is_resumption=True), results[40:], end)
    assert [said[0]["content"] for said in bodies_of(path)] == [one.transcript[0].content for one in results]


def test_what_is_given_again_stays_once(tmp_path: Path) -> None:
    """A run that is resumed after its page could not be written gives all results again: each is there once."""
    path, results = tmp_path / "report.html", make_results(5)
    write_report(path, results[:3])
    end = make_report(results)
    info = attrs.evolve(end.info, is_resumption=True)
    deliver(HtmlReport(str(path)), info, results[3:4], None)
    deliver(HtmlReport(str(path)), info, results, end)
    assert [said[0]["content"] for said in bodies_of(path)] == [one.transcript[0].content for one in results]


@pytest.mark.parametrize("how", ["deleted", "changed"])
def test_rows_that_were_taken_away_are_missed(tmp_path: Path, how: str) -> None:
    """What somebody does to the rows beside the page is an error, and not a page with fewer results."""
    path, results = tmp_path / "report.html", make_results(1)
    end, rows = make_report(results), Path(f"{path}{BESIDE}")

    async def call() -> None:
        sink = HtmlReport(str(path))
        await sink.open(end.info)
        await sink.write(results[0])
        rows.unlink() if how == "deleted" else rows.write_text("")
        with pytest.raises(DeliveryError, match="--resume, which writes them again"):
            await sink.close(end)

    asyncio.run(call())
    assert not path.exists()


def test_a_run_goes_on_with_no_other_file(tmp_path: Path) -> None:
    """A page of somebody else is not taken for a report, and stays as it is."""
    path = tmp_path / "report.html"
    path.write_text("<p>not ours</p>", encoding="utf-8")
    end = make_report([])
    with pytest.raises(UsageError, match=r"no report of multivon-eval.*move it away"):
        deliver(HtmlReport(str(path)), attrs.evolve(end.info, is_resumption=True), [], end)
    assert path.read_text(encoding="utf-8") == "<p>not ours</p>"


def test_a_new_run_begins_anew(tmp_path: Path) -> None:
    """What a run left that was killed is not in the report of another."""
    path, results = tmp_path / "report.html", make_results(3)
    end = make_report(results)
    deliver(HtmlReport(str(path)), end.info, results[:2], None)
    write_report(path, results[2:])
    assert len(bodies_of(path)) == 1


@pytest.mark.parametrize("where", ["missing/report.html", "", ".", "/dev/null"])
def test_what_cannot_be_written_is_said_before(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that does not exist, a folder, and what is no file end the run before anything is spent."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"cannot be written .*name a file in a folder"):
        asyncio.run(HtmlReport(where).check())
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What a link leads to is replaced, in its own folder."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "report.html"
    link.symlink_to(tmp_path / "there" / "real.html")
    write_report(link, make_results(1))
    assert link.is_symlink()
    assert os.listdir(tmp_path / "there") == ["real.html"]


def test_the_same_case_twice_has_two_addresses(tmp_path: Path) -> None:
    """Several runs may have had the same persona and trial: each row has a key of its own."""
    [one] = make_results(1)
    path = write_report(tmp_path / "report.html", [one, one, one])
    page = Elements(path)
    uid = one.case_uid
    assert len(bodies_of(path)) == 3
    keys = [row["key"] for row in read_head(page)["rows"]]
    assert keys == [uid, f"{uid}~2", f"{uid}~3"]


def read_head(page: Elements) -> dict[str, Any]:
    """What the page reads first."""
    import zlib

    return json.loads(zlib.decompress(base64.b64decode(page.inside[1][1])))


def test_the_sample_is_that_of_the_command(tmp_path: Path) -> None:
    """The same seed draws the same conversations in the same order as ``label`` does."""
    results = [*make_results(40, 2), *(make_labelled(number, number % 3 == 0) for number in range(8))]
    head = read_head(Elements(write_report(tmp_path / "report.html", results)))
    able = {identify(one): one for one in results if not list_obstacles(one)}
    wanted = select_sample([make_candidate(*item) for item in able.items()], 60, 1)
    assert head["sample"]["seed"] == 1
    assert [(row["uid"], row["digest"]) for row in (head["rows"][at] for at in head["sample"]["rows"])] == wanted


def test_a_rule_gives_no_rate(tmp_path: Path) -> None:
    """Where a rule decided in the place of a model there are counts, and no share or interval of the goal."""
    results = make_results(8)
    judged = [attrs.evolve(one, provenance=attrs.evolve(one.provenance, judge_rule="words alone")) for one in results]
    page = Elements(write_report(tmp_path / "report.html", judged))
    assert "words alone decided in the place of a model" in page.words
    assert "for a rate name a model as judge" in page.words
    assert "%" not in page.words
    assert "goal rate" not in page.words


def test_a_comparison_says_what_the_terminal_says(tmp_path: Path) -> None:
    """Findings and metrics stand in the page, and the conversations of both runs."""
    base, now = make_results(20, met=0.9), make_results(20, met=0.2)
    end = make_report(now, baseline=base)
    page = Elements(write_report(tmp_path / "report.html", now, end))
    words = " ".join(page.words.split())
    assert end.comparison is not None
    for metric in end.comparison.metrics:
        assert f"{metric.name} " in words
        assert metric.told in words
    assert "set-up: the same" in words
    assert len(read_head(page)["base"]["rows"]) == 20


def test_what_the_wheel_holds() -> None:
    """Each file beside the template is allowed in the wheel, and nothing but these kinds."""
    belongs = re.search(
        r"^BELONGS = re\.compile\((.*?)^\)", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.S | re.M
    )
    assert belongs
    pattern = "".join(re.findall(r'r"(.*)"', belongs[1]))
    files = [path for path in Path(room.__file__).parent.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in files:
        name = f"multivon_eval_plugins/html_report/{path.relative_to(Path(room.__file__).parent).as_posix()}"
        assert re.fullmatch(pattern, name), name
    assert {path.suffix for path in files} == {".py", ".js", ".css", ".j2"}


def test_a_score_of_nothing_is_a_score() -> None:
    """A mean of 0 and a conversation without a turn are kept: they decide the sample and the order."""
    mute = conversation(messages=())
    row = make_row(result(mute, scores={"turn_consistency": Score(0.0, "none as hoped")}))
    assert (row["index"]["mean"], row["index"]["turns"]) == (0.0, 0)
