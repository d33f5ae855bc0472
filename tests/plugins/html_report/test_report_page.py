"""The report in a browser: what a person can do with it, and what nobody can make it do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from multivon_eval import CriterionVerdict, Evidence, Verdict, label_from_json, read_labels
from multivon_eval.sdk import Message, Observation, ToolCall, digest_transcript
from multivon_eval.testing import conversation, persona, result
from support.reports import CRITERIA, make_results, write_report

pytestmark = [pytest.mark.process, pytest.mark.slow]

SCREENS = Path(__file__).resolve().parent / "screens"
HOSTILE = """<script>window.owned = 1</script></script><script>owned()</script></textarea></title><!--
<img src="https://evil.example/a.png" onerror="window.owned = 2"> ![x](https://evil.example/b.png)
[click](javascript:window.owned=3) <a href="javascript:window.owned=4">here</a> <iframe srcdoc="x"></iframe>
\u202edesrever \u2066isolated\u2069 \x1b[31m {{ 7 * 7 }} &lt;b&gt; &#x3c;"""
LONG = "all of it on one line " * 4700


class Visit:
    """A page that is open, and all that went wrong in it."""

    def __init__(self, context: Any, path: Path, place: str = "") -> None:
        self.address = path.as_uri()
        self.page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("request", self._see_request)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("console", lambda said: self.troubles.append(f"{said.type}: {said.text}"))
        self.page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        self.page.goto(self.address + place)
        self.page.wait_for_selector("body[data-ready]")

    def _see_request(self, request: Any) -> None:
        if request.url.partition("#")[0] != self.address and not request.url.startswith("blob:"):
            self.troubles.append(f"request: {request.url}")

    def reload_until(self, holds: str) -> None:
        """Open the page anew until something holds: what was kept last may reach the next page late."""
        for _ in range(50):
            self.page.reload()
            self.page.wait_for_selector("body[data-ready]")
            if self.page.evaluate(holds):
                return
        pytest.fail(f"it never holds: {holds}")

    def go(self, place: str) -> None:
        self.page.evaluate("place => { location.hash = place }", place)

    def read_found(self) -> str:
        return self.page.inner_text("#found")

    def wait_for_found(self, text: str) -> None:
        self.page.wait_for_function("text => document.querySelector('#found').textContent.startsWith(text)", arg=text)

    def list_names(self) -> list[str]:
        """The names in view, in the order in which they stand."""
        return self.page.eval_on_selector_all(
            "#list .row",
            "rows => rows.sort((a, b) => a.dataset.at - b.dataset.at).map(row => row.querySelector('bdi').textContent)",
        )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """A report of 120 conversations beside a baseline, with its results."""
    results = make_results(40, 3)
    folder = tmp_path_factory.mktemp("report")
    return write_report(folder / "report.html", results, baseline=make_results(41, 3, met=0.9)[3:]), results


@pytest.fixture
def visit(browser: Any, report: tuple[Path, list[Any]]) -> Iterator[Callable[..., Visit]]:
    """Open the report; whatever went wrong in the page fails the test."""
    opened, contexts = [], []

    def open_page(place: str = "", path: Path | None = None, **fields: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **fields})
        contexts.append(context)
        context.set_default_timeout(10_000)
        opened.append(Visit(context, path or report[0], place))
        return opened[-1]

    yield open_page
    troubles = [trouble for one in opened for trouble in one.troubles]
    for context in contexts:
        context.close()
    assert troubles == []


def test_filters_say_how_many_are_left(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """Verdict, persona, trait, stop reason and who is to blame filter alone and together, and can be taken away."""
    seen, results = visit(), report[1]
    assert seen.read_found() == "120 conversations"
    wanted = [one for one in results if one.goal_achieved is False]
    seen.page.select_option("[name=verdict]", "no")
    seen.wait_for_found(f"{len(wanted)} of 120")
    wanted = [one for one in wanted if "polite" in one.persona.traits]
    seen.page.select_option("[name=trait]", "polite")
    seen.wait_for_found(f"{len(wanted)} of 120")
    wanted = [one for one in wanted if one.stop_reason == "max_turns"]
    seen.page.select_option("[name=stop]", "max_turns")
    seen.wait_for_found(f"{len(wanted)} of 120")
    assert 0 < len(wanted) < 120
    assert seen.list_names() == [one.persona.name + (f" #{one.trial}" if one.trial > 1 else "") for one in wanted]
    seen.page.click("text=clear all")
    seen.wait_for_found("120 conversations")
    seen.page.select_option("[name=blame]", "judge")
    seen.wait_for_found(f"{sum(one.attribution == 'judge' for one in results)} of 120")
    seen.page.click(".chip")
    seen.page.select_option("[name=persona]", "customer 007")
    seen.wait_for_found("3 of 120")


def test_words_are_searched_in_messages(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """A search finds what was said, in whatever letters, and nothing where nothing was."""
    seen = visit()
    wanted = [one for one in report[1] if any("Returns cost nothing" in said.content for said in one.transcript)]
    seen.page.fill("[name=search]", "returns COST nothing")
    seen.wait_for_found(f"{len(wanted)} of 120")
    assert wanted
    seen.page.fill("[name=search]", "nobody said this")
    seen.wait_for_found("0 of 120")


def test_kinds_and_cells_lead_to_conversations(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """A kind of failure filters the list, and so does a cell of the map."""
    seen, results = visit(), report[1]
    wanted = sum(
        any(one.criterion == CRITERIA[0] and one.met == "no" for one in each.verdict.criteria) for each in results
    )
    kind = seen.page.locator("[data-kind]", has_text=f"criterion: {CRITERIA[0]}")
    kind.click()
    seen.wait_for_found(f"{wanted} of 120")
    assert kind.get_attribute("aria-pressed") == "true"
    kind.click()
    seen.wait_for_found("120 conversations")
    cell = seen.page.locator("#heat td button.no").first
    label = cell.get_attribute("aria-label")
    cell.click()
    seen.page.wait_for_function(
        "() => location.hash.startsWith('#c=') || !document.querySelector('#found').textContent.startsWith('120')"
    )
    assert label
    assert "not met" in label


def test_each_answer_looks_different_without_colour(visit: Callable[..., Visit]) -> None:
    """Met, not met, cannot tell and not judged differ in sign and in border, and say so."""
    seen = visit()
    looks = seen.page.eval_on_selector_all(
        ".legend .cell",
        "cells => cells.map(cell => [cell, getComputedStyle(cell)]).map(([cell, look]) =>"
        " [cell.textContent, look.borderStyle + look.borderWidth + look.backgroundImage])",
    )
    assert [text for text, _ in looks] == ["✓ met", "✗ not met", "? cannot tell", "– not judged"]
    assert len({text[0] for text, _ in looks}) == len({look for _, look in looks}) == 4


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("cost", lambda one: one.cost_usd),
        ("turns", lambda one: one.turns),
        ("persona", lambda one: (one.persona.name, one.trial)),
        ("score:turn_consistency", lambda one: one.scores["turn_consistency"].value if one.scores else None),
        ("latency", lambda one: sum(filter(None, (said.seconds for said in one.said))) / one.turns),
    ],
    ids=["cost", "turns", "persona", "score", "latency"],
)
def test_the_list_is_sorted(visit: Callable[..., Visit], report: tuple[Path, list[Any]], by: str, key: Any) -> None:
    """Both ways; conversations without the value stand last."""
    seen = visit()
    results = [Sorted(one) for one in report[1]]
    have = [one for one in results if key(one) is not None]
    seen.page.select_option("[name=sort]", by)
    assert seen.list_names()[:5] == [one.name for one in sorted(have, key=key)][:5]
    seen.page.click("[name=down]")
    assert seen.list_names()[:5] == [one.name for one in sorted(have, key=key, reverse=True)][:5]


class Sorted:
    """A result with what the list shows of it."""

    def __init__(self, one: Any) -> None:
        self.name = one.persona.name + (f" #{one.trial}" if one.trial > 1 else "")
        self.said = [said for said in one.transcript if said.role == "assistant"]
        self.persona, self.trial, self.turns = one.persona, one.trial, one.turns
        self.cost_usd, self.scores = one.cost_usd, one.scores


def test_only_rows_in_view_are_made(visit: Callable[..., Visit]) -> None:
    """Of a long list there are few rows, those where the list stands, and the last one can be reached."""
    seen = visit()
    assert seen.page.locator("#list .row").count() < 40
    seen.page.eval_on_selector("#list", "list => { list.scrollTop = list.scrollHeight }")
    seen.page.wait_for_selector('#list .row[data-at="119"]')
    assert seen.page.locator("#list .row").count() < 40


def test_a_link_leads_to_a_turn(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """Conversation and turn stand in the address; the quote that the judge found is marked where it stands."""
    one = next(one for one in report[1] if one.turns > 3 and any(quote.turn == 2 for quote in one.verdict.evidence))
    seen = visit(f"#c={one.case_uid}&t=2")
    seen.page.wait_for_selector(".turn.here[data-turn='2'] mark.yes")
    assert seen.page.inner_text(".turn.here mark.yes") == "It is with Northwind Parcel"
    assert seen.page.inner_text(".scrubber output") == f"2 of {one.turns}"
    assert seen.page.locator(".words").count() == len(one.transcript)
    for message, words in zip(one.transcript, seen.page.locator(".words").all_text_contents(), strict=True):
        assert words == message.content


def test_a_link_that_leads_nowhere_says_so(visit: Callable[..., Visit]) -> None:
    """A link of another run is no blank page."""
    seen = visit("#c=nothing-of-ours")
    assert "There is no such conversation" in seen.page.inner_text("#reader")
    seen.page.click("text=← all")
    seen.page.wait_for_selector("#overview:not([hidden])")


def test_the_scrubber_goes_through_turns(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """Moving it moves the conversation, and the address says where."""
    one = next(one for one in report[1] if one.turns == 5)
    seen = visit(f"#c={one.case_uid}")
    seen.page.fill("#scrubber", "4")
    seen.page.wait_for_function("() => location.hash.endsWith('t=4')")
    assert seen.page.inner_text(".scrubber output") == "4 of 5"


def test_the_keyboard_is_enough(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """Help, search, the list, a conversation, the next one, turns, the baseline, and back."""
    seen, results = visit(), report[1]
    keys = seen.page.keyboard
    keys.press("?")
    seen.page.wait_for_selector("#help[open]")
    keys.press("Escape")
    keys.press("/")
    seen.page.wait_for_function("() => document.activeElement.name === 'search'")
    keys.type("order 4003")
    seen.wait_for_found("3 of 120")
    keys.press("Escape")
    keys.press("j")
    keys.press("Enter")
    seen.page.wait_for_selector(".judged h2")
    assert seen.page.inner_text(".judged h2") == "customer 003 #2"
    keys.press("k")
    seen.page.wait_for_function("() => document.querySelector('.judged h2').textContent === 'customer 003'")
    keys.press("b")
    seen.page.wait_for_selector(".beside")
    keys.press("ArrowRight")
    seen.page.wait_for_function("() => location.hash.includes('t=')")
    keys.press("Escape")
    seen.page.wait_for_selector("#overview:not([hidden])")
    assert results[9].persona.name == "customer 003"


def test_the_baseline_stands_beside_it(visit: Callable[..., Visit], report: tuple[Path, list[Any]]) -> None:
    """Turn beside turn of the same persona and trial; those without a partner are listed and can be opened."""
    seen = visit(f"#c={report[1][5].case_uid}&beside")
    seen.page.wait_for_selector(".pair[data-turn='1']")
    assert seen.page.locator(".pair[data-turn='1'] .turn").count() == 2
    seen.go("#comparison")
    seen.page.click("text=in the base run only (3)")
    seen.page.click("#changes details[open] a >> nth=0")
    seen.page.wait_for_selector(".judged h2")
    assert seen.page.inner_text(".judged h2") == "customer 040 (baseline)"
    seen.go("#comparison")
    seen.page.click("text=/achieved before, not now \\(/")
    seen.page.click("#changes details[open]:first-of-type a >> nth=0")
    seen.page.wait_for_selector(".beside .pair")
    assert "achieved" in seen.page.inner_text(".judged .facts")


def test_large_conversations_are_read_one_by_one(visit: Callable[..., Visit], tmp_path: Path) -> None:
    """However large its neighbours are, each conversation opens with its own words."""
    said = [(f"{number} {LONG * 6}", f"reply {number}") for number in range(4)]
    large = [result(conversation(*words, case_uid=f"c{number}")) for number, words in enumerate(said)]
    path = write_report(tmp_path / "report.html", [*large, *make_results(34)])
    assert path.read_text(encoding="utf-8").count('data-part="rows"') == 5
    seen = visit("#c=c2", path=path)
    seen.page.wait_for_selector(".judged")
    assert seen.page.locator(".words").all_text_contents()[1] == "reply 2"
    one = make_results(34)[33]
    seen.go(f"#c={one.case_uid}")
    seen.page.wait_for_function(
        "name => document.querySelector('.judged h2').textContent === name", arg=one.persona.name
    )
    assert seen.page.locator(".words").all_text_contents() == [said.content for said in one.transcript]


def test_ten_labels_are_exported(visit: Callable[..., Visit], report: tuple[Path, list[Any]], tmp_path: Path) -> None:
    """By keyboard alone; nothing that was said of a conversation is in sight, and the file is that of the command."""
    seen = visit("#label")
    by_uid = {one.case_uid: one for one in report[1]}
    seen.page.wait_for_selector(".asks")
    seen.page.fill("#label-by", "Ann")
    seen.page.locator("#label-by").blur()
    for number in range(10):
        shown = seen.page.inner_text("body")
        for word in ("achieved", "not met", "goal reached", "max turns", "turn_consistency", "fault", "declined"):
            assert word not in shown
        for key in ("y", "n", "u") if number % 2 else ("y", "y", "n"):
            seen.page.keyboard.press(key)
        seen.page.keyboard.press("Backspace")
        seen.page.keyboard.press("y")
        if number % 2:
            seen.page.fill("#label-turn", "1")
            seen.page.fill("#label-note", "It could\nhave looked \u202e it up.")
            seen.page.fill("#label-kind", "no  carrier")
            seen.page.locator("#label-kind").blur()
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_function(
            "of => document.querySelector('#label-progress').textContent.startsWith(of)", arg=f"{number + 1} of"
        )
    with seen.page.expect_download() as download:
        seen.page.click("#export-labels")
    path = tmp_path / "labels.jsonl"
    download.value.save_as(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    labels = [label_from_json(json.loads(line)) for line in lines]
    assert len(labels) == 10
    assert read_labels(path)
    for number, (line, one) in enumerate(zip(lines, labels, strict=True)):
        assert line == json.dumps(json.loads(line), ensure_ascii=False)
        assert one.transcript == digest_transcript(by_uid[one.case_uid])
        assert [each.criterion for each in one.criteria] == list(CRITERIA)
        assert [each.met for each in one.criteria] == (["yes", "no", "yes"] if number % 2 else ["yes", "yes", "yes"])
        assert one.seed == 1
        assert one.labelled_by == "Ann"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", one.labelled_at)
        assert json.loads(line)["goal_achieved"] == one.goal_achieved
    assert (labels[1].turn, labels[1].note, labels[1].kind) == (1, "It could have looked \ufffd it up.", "no carrier")
    assert (labels[0].turn, labels[0].note, labels[0].kind) == (None, "", "")


def test_labels_are_kept_in_the_browser(visit: Callable[..., Visit]) -> None:
    """A page that is opened again goes on where it was left, and what was skipped comes last."""
    seen = visit("#label")
    first = seen.page.inner_text(".judged h2")
    seen.page.keyboard.press("s")
    seen.page.wait_for_function("first => document.querySelector('.judged h2').textContent !== first", arg=first)
    for _ in CRITERIA:
        seen.page.keyboard.press("y")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("() => document.querySelector('#label-progress').textContent.startsWith('1 of')")
    told = "1 of 60 labelled, sample seed 1"
    seen.reload_until(f"document.querySelector('#label-progress').textContent === '{told}'")


def test_a_browser_that_keeps_nothing_is_said(
    visit: Callable[..., Visit], browser: Any, report: tuple[Path, list[Any]]
) -> None:
    """Where storage is refused labelling works, and the page says to export before it is closed."""
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })")
    seen = Visit(context, report[0], "#label")
    assert "export before you close" in seen.page.inner_text("#labelling")
    for _ in CRITERIA:
        seen.page.keyboard.press("n")
    seen.page.click("#keep-label")
    seen.page.wait_for_function("() => document.querySelector('#label-progress').textContent.startsWith('1 of')")
    assert seen.troubles == []
    context.close()


def make_hostile() -> Any:
    """A conversation in which everything that others wrote tries to be more than text."""
    who = persona(
        HOSTILE, goal=HOSTILE, profile=HOSTILE, success_criteria=(HOSTILE, "b"), traits=(HOSTILE,), facts=(HOSTILE,)
    )
    call = ToolCall(HOSTILE, {HOSTILE: HOSTILE}, {"result": HOSTILE})
    said = (
        Message("user", HOSTILE),
        Message("assistant", HOSTILE, [call], metadata={"m": HOSTILE}),
        Message("user", LONG + HOSTILE),
        Message("assistant", HOSTILE * 40),
    )
    criteria = (
        CriterionVerdict(
            HOSTILE, "no", HOSTILE, (Evidence(1, HOSTILE[:60], found=True), Evidence(1, HOSTILE, found=False))
        ),
    )
    seen = (Observation("owned", 1, HOSTILE, "fault", observer=HOSTILE),)
    made = conversation(of=who, messages=said, case_uid="'\"><script>&=#", observations=seen)
    return attrs.evolve(
        result(made, verdict=Verdict(False, HOSTILE, criteria), attribution="system"), extra={HOSTILE: HOSTILE}
    )


def test_whatever_was_said_is_text(visit: Callable[..., Visit], tmp_path: Path) -> None:
    """Scripts, images, links and turned writing are shown as they were written: nothing runs, nothing is fetched."""
    one = make_hostile()
    seen = visit(path=write_report(tmp_path / "report.html", [one], baseline=[one]))
    for choose in (
        lambda: seen.page.select_option("[name=persona]", index=1),
        lambda: seen.page.select_option("[name=trait]", index=1),
        lambda: seen.page.click("[data-kind='0']"),
    ):
        choose()
        seen.page.wait_for_selector(".chip")
        seen.wait_for_found("1 conversation")
    seen.page.click("#list .row a")
    seen.page.wait_for_selector(".judged")
    folded = seen.page.locator(".unfold")
    assert folded.count() == 2
    for _ in range(2):
        folded.first.click()
    texts = seen.page.locator(".words").all_text_contents()
    for message, text in zip(one.transcript, texts, strict=True):
        written = re.sub("[\u202e\u2066\u2069\x1b]", lambda found: f"U+{ord(found[0]):04X}", message.content)
        assert text == written
    for name in ("details", "#help-button"):
        for node in seen.page.locator(f"#reader {name}").all():
            node.evaluate("node => { node.open = true }")
    seen.page.keyboard.press("b")
    seen.page.wait_for_selector(".beside")
    seen.go("#label")
    seen.page.wait_for_selector(".asks")
    seen.go("#")
    assert seen.page.evaluate("typeof window.owned") == "undefined"
    markup = "img, iframe, object, embed, link, form[action], a[href]:not([href^='#']), [onerror], [srcdoc]"
    assert seen.page.locator(markup).count() == 0


def test_markup_cannot_be_made_even_by_us(visit: Callable[..., Visit]) -> None:
    """The policy refuses markup from strings, code from strings, and images, whoever asks."""
    seen = visit()
    refused = """() => {
      const tries = [() => { document.body.innerHTML = '<b>x</b>' }, () => { document.write('x') }];
      return tries.map(each => { try { each(); return 'done' } catch (error) { return error.name } });
    }"""
    assert seen.page.evaluate(refused) == ["TypeError", "TypeError"]
    assert [trouble for trouble in seen.troubles if "TrustedHTML" not in trouble] == []
    seen.troubles.clear()


LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_use_it(browser: Any, report: tuple[Path, list[Any]], look: str) -> None:
    """An audit by axe finds nothing in any view; nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    SCREENS.mkdir(exist_ok=True)
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "bypass_csp": True, **LOOKS[look]})
    one = report[1][5]
    places = {
        "overview": "",
        "reader": f"#c={one.case_uid}&t=2",
        "beside": f"#c={one.case_uid}&beside",
        "label": "#label",
    }
    wait = {"overview": "#heat table", "reader": ".judged", "beside": ".beside", "label": ".asks"}
    seen = Visit(context, report[0])
    for name, place in places.items():
        seen.go(place)
        seen.page.wait_for_selector(wait[name])
        seen.page.screenshot(path=SCREENS / f"{look}-{name}.png", full_page=name == "overview")
        found = Axe().run(seen.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.response["violations"] == [], f"{name}: {found.generate_report()}"
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= seen.page.viewport_size["width"]
    context.close()


def test_light_and_dark_can_be_switched(visit: Callable[..., Visit]) -> None:
    """The button turns what the system wants round, and the page remembers it."""
    seen = visit(color_scheme="dark")
    get = "getComputedStyle(document.body).backgroundColor"
    dark = seen.page.evaluate(get)
    seen.page.click("#theme")
    light = seen.page.evaluate(get)
    assert dark != light
    seen.reload_until(f"{get} === '{light}'")


def test_a_run_without_results_opens(visit: Callable[..., Visit], tmp_path: Path) -> None:
    """A run that was interrupted before its first result says so, and has nothing to list or to label."""
    seen = visit(path=write_report(tmp_path / "report.html", [], interrupted=True))
    assert "This run was interrupted" in seen.page.inner_text("#overview")
    assert seen.read_found() == "0 conversations"
    seen.go("#label")
    seen.page.wait_for_selector(".done")
    assert "no conversation that a person could label" in seen.page.inner_text(".done")


def test_paper_is_white(visit: Callable[..., Visit]) -> None:
    """A dark page is printed dark on white, without what only a screen needs."""
    seen = visit(color_scheme="dark")
    seen.page.click("#theme")
    seen.page.click("#theme")
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not seen.page.is_visible("#filters")
    assert seen.page.is_visible("#heat table")


def test_the_numbers_stand_without_a_script(browser: Any, report: tuple[Path, list[Any]]) -> None:
    """With scripts switched off, and on paper, the numbers are there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report[0].as_uri())
    text = page.inner_text("body")
    for part in (
        "scripts are switched off",
        "goal rate, as the judge sees it",
        "turn_consistency",
        "Since the baseline",
    ):
        assert part in text
    context.close()
