"""The sink ``markdown``: a page that says what came out, and on which nobody else's words are markup."""

import asyncio
import html
import re

import attrs
import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from multivon_eval import (
    DISCLAIMER,
    Agreement,
    Calibration,
    Interval,
    JudgeErrors,
    JudgeIdentity,
    Problem,
    compare_results,
    report_results,
)
from multivon_eval.sdk import Score, escape_markdown
from multivon_eval.testing import report
from multivon_eval_plugins.sinks.markdown import MarkdownSink
from support.outcomes import hostile, no, one, outcomes, write_all

NASTY = (
    "@octocat",
    "see #12, GH-12 and owner/repo#12, !3, ~bug, %2, &#64;octocat",
    "http://evil.example www.evil.example mailto:a@evil.example a@evil.example ftp://evil.example",
    "[a](http://evil.example) ![a](http://evil.example/x.png) <http://evil.example>",
    "<script>alert(1)</script><img src=x onerror=y><!-- -->",
    "| a | b |\n|---|---|\n# heading\n- item\n> quote\n```\ncode\n```\n    indented",
    "**bold** _it_ ~~no~~ `code` $x$ \\@a \\[a](b)",
    "&lt;img src=x&gt; &commat;octocat",
)


@pytest.fixture
def out(tmp_path):
    """Where the page will lie."""
    return tmp_path / "page.md"


def write(path, *results, told=None):
    """Write results, and give the page."""
    asyncio.run(write_all(MarkdownSink(str(path)), results, told or report_results(results)))
    return path.read_text(encoding="utf-8")


def render(page):
    """The page as GitHub's renderer makes it, with what it would let through as HTML."""
    options = Options.CMARK_OPT_UNSAFE
    return cmarkgfm.github_flavored_markdown_to_html(page, options)


def test_the_page_answers_the_questions_in_their_order(out):
    """Sentinel, rate, is it sound, may the judge be believed, what failed, the disclaimer."""
    page = write(out, *outcomes().values())
    assert page.startswith("<!-- multivon-eval -->\n## Simulation: ")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    assert headings[1:] == [
        "Is the simulation sound?",
        "May the judge be believed?",
        "How conversations failed",
        "Conversations that failed (3)",
    ]
    assert "95 % interval" in headings[0]
    assert DISCLAIMER in page


def test_only_what_the_system_did_failed(out):
    """Each failure has persona, kind, reason and quote; what measured nothing is counted above."""
    page = write(out, *outcomes().values())
    section = page.partition("### Conversations that failed")[2]
    assert re.findall(r"^- \*\*Ann (.+) \\#\N{WORD JOINER}1\*\*", section, re.MULTILINE) == [
        *("not achieved", "refused", "crashed"),
    ]
    assert "(not achieved): the window was never stated\n  > turn 1: I do not know" in section
    assert "4 of 10 conversations measured nothing of the system" in page


def test_the_judge_is_believed_as_far_as_labels_tell(out):
    """Without labels it says so; agreement and a rule in the place of a model are told."""
    told = report_results([one()])
    assert "nobody labelled these conversations" in write(out, one(), told=told)
    agreement = {"goal achieved": Agreement({"yes": {"yes": 3}, "no": {"no": 2}})}
    labelled = attrs.evolve(told, summary=attrs.evolve(told.summary, agreement=agreement))
    assert "agreement with labels on goal achieved: 5 of 5" in write(out, one(), told=labelled)
    ruled = attrs.evolve(told, summary=attrs.evolve(told.summary, judge_rule="words"))
    assert "words decided in the place of a model" in write(out, one(), told=ruled)


def test_a_calibration_is_told(out):
    """Kappa, how often the judge is right, and the corrected rate with by what it is corrected."""
    told = report_results([one()])
    judge = JudgeIdentity("openai", "m", "m", None, "digest")
    errors = JudgeErrors(Interval(0.9, 0.8, 1.0), Interval(0.7, 0.6, 0.8), (0.9, 0.7), (0.1, 0.1), 0.0, 9)
    calibration = Calibration(judge, 60, 2, {}, Interval(0.77, 0.6, 0.9), errors, None, None)
    summary = attrs.evolve(told.summary, corrected_goal_rate=Interval(0.48, 0.37, 0.59), correction="by 60 labels")
    page = write(out, one(), told=attrs.evolve(told, calibration=calibration, summary=summary))
    assert "- corrected goal rate 0.48 (0.37 to 0.59), by 60 labels" in page
    assert "- calibrated by 60 labels of people: Cohen's kappa 0.77 (0.60 to 0.90)" in page
    assert "calls 0.90 (0.80 to 1.00) so; of the rest 0.70 (0.60 to 0.80)" in page
    stale = attrs.evolve(told, summary=attrs.evolve(told.summary, correction="not corrected: another judge"))
    assert "- goal rate not corrected: another judge" in write(out, one(), told=stale)


def test_what_went_wrong_beside_the_conversations_is_told(out):
    """Problems, an interruption, and users that gave up."""
    told = report_results([one()])
    summary = attrs.evolve(told.summary, gave_up=1, repaired=2, undecided=3, disagreements=4)
    problems = (Problem("hook 'x'", "it *raised*"),)
    page = write(out, one(), told=attrs.evolve(told, summary=summary, problems=problems, interrupted=True))
    for part in (
        "**Interrupted: not all conversations were held.**",
        "- problem: hook 'x': it \\*raised\\*",
        "2 messages repaired",
        "the simulated user gave up in 1",
        "driver and judge disagree on 4",
        "it could not tell in 3 conversations",
    ):
        assert part in page


def test_a_baseline_is_compared(out):
    """What changed stands in the words of ``compare --markdown``."""
    before, now = [one()], [one(achieved=False, verdict=no(), attribution="system")]
    page = write(out, *now, told=report_results(now, baseline=before))
    assert "### Since the baseline" in page
    assert "| goal\\_rate | 1.00 | 0.00 |" in page
    assert str(compare_results(before, now).lost[0]) == "Ann"


@pytest.mark.parametrize("text", NASTY)
def test_words_of_others_are_no_markup(out, text):
    """Rendered there is no link, image, script, code, table or heading that came from data."""
    result = attrs.evolve(hostile(text, text), scores={text: Score(0.5, text, findings=(text,))})
    page = write(out, result, told=report_results([result], baseline=[result]))
    rendered = render(page)
    assert not re.search(r"<(a|img|script|code|del|pre|ol)\b", rendered.replace("<code>multivon-eval label</code>", ""))
    assert rendered.count("<h") == len(re.findall(r"^#+ ", page, re.MULTILINE))
    assert rendered.count("<table") == 2
    visible = html.unescape(re.sub(r"<[^>]+>|multivon-eval", "", rendered))
    assert not re.search(r"@\w|#\d|(?i:gh-\d)|://|www\.|!\d|~\w", visible)


@settings(max_examples=300, deadline=None)
@given(text=st.text() | st.lists(st.sampled_from([*NASTY, "@", "#1", "<a>", "`", "\\", "&#64;a", "x"])).map("".join))
def test_whatever_is_said_shows_as_text(text):
    """An escaped text is one line and renders as nothing but a paragraph."""
    line = escape_markdown(text)
    assert "\n" not in line
    rendered = render(f"- x {line} x")
    assert set(re.findall(r"<(\w+)", rendered)) == {"ul", "li"}
    assert not re.search(r"@\w|#\d", html.unescape(rendered))


def test_the_page_has_room_for_so_much(out):
    """It stays below 60,000 bytes, whatever failed, and says what was left out."""
    page = write(out, *(hostile(f"Zoë {number}", "ü|" * 2_000) for number in range(300)))
    assert len(page.encode("utf-8")) < 60_000
    assert re.search(r"^\d+ more are left out", page, re.MULTILINE)
    assert page.rstrip().endswith(f"*{DISCLAIMER}*")


def test_many_scores_leave_room_for_the_disclaimer(out):
    """A head that is too long is cut too, with a note."""
    scores = {f"evaluator {number} {'x' * 50}": Score(0.5, "so") for number in range(2_000)}
    page = write(out, one(scores=scores))
    assert len(page.encode("utf-8")) < 60_000
    assert "More was left out" in page
    assert page.rstrip().endswith(f"*{DISCLAIMER}*")


def test_a_second_run_begins_anew(out):
    """Nothing of an earlier run is left on the instance."""
    sink, failed = MarkdownSink(str(out)), one(achieved=False, verdict=no(), attribution="system")
    for _ in range(2):
        asyncio.run(write_all(sink, [failed], report(failed)))
    assert "Conversations that failed (1)" in out.read_text(encoding="utf-8")


def test_standard_output_takes_the_page(capsys):
    """``-`` is standard output."""
    asyncio.run(write_all(MarkdownSink("-"), [one()], report(one())))
    assert capsys.readouterr().out.startswith("<!-- multivon-eval -->")
