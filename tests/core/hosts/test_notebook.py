"""A notebook, run by a real kernel: its loop runs already, results are tables, and nothing is printed unasked."""

from __future__ import annotations

import html.parser
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = [pytest.mark.process, pytest.mark.slow]

SET_UP = """
from multivon_eval import Persona, ascore_simulations, asimulate, score_simulations, simulate

people = [
    Persona("ann", "A customer.", "Find out the window.", "The assistant stated the refund window."),
    Persona("<script>alert(1)</script>", "A customer.", "Find it out.", "It was said."),
]

def model_fn(prompt):
    return "The refund window is 30 days. <img src=x onerror=alert(1)>"
"""
CELLS = (
    SET_UP,
    "results = simulate(model_fn, people, judge='offline', max_turns=1)\nsummary = score_simulations(results)",
    "results",
    "results[0]",
    "results.report",
    "results = simulate(model_fn, people, judge='offline', max_turns=1, sinks=['terminal'], concurrency=1)",
    "later = await asimulate(model_fn, people, judge='offline', max_turns=1)\nawait ascore_simulations(later)",
)


class Client(NotebookClient):
    """Runs a notebook and keeps what the kernel says of its displays."""

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        self.heard.append((cell_index, msg["msg_type"], msg["content"]))
        return super().process_message(msg, cell, cell_index)


class _Tags(html.parser.HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Client:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    client = Client(notebook, timeout=120, kernel_name="python3")
    client.heard = []
    client.execute(cwd=str(tmp_path_factory.mktemp("notebook")))
    return client


def outputs(ran: Client, cell: int) -> list[Any]:
    """What a cell shows when it is done."""
    return list(ran.nb.cells[cell].outputs)


def test_nothing_is_shown_unasked(ran: Client) -> None:
    """Simulating and scoring print nothing and display nothing."""
    assert outputs(ran, 1) == []


@pytest.mark.parametrize("cell", [2, 3, 4, 6])
def test_what_is_looked_at_is_a_table(ran: Client, cell: int) -> None:
    """With the disclaimer, without a script, and what was said as words."""
    (shown,) = outputs(ran, cell)
    found = _Tags(shown.data["text/html"])
    assert found.tags <= {"table", "thead", "tbody", "tr", "th", "td", "p", "br", "small", "details", "summary"}
    assert "table" in found.tags
    assert "simulated personas — measures behavior under synthetic users, not real traffic" in found.words


def test_results_are_short_and_have_their_intervals(ran: Client) -> None:
    """One line a result beside the table, whose words are those of the screen."""
    (shown,) = outputs(ran, 2)
    found = _Tags(shown.data["text/html"])
    assert "ann" in found.words and "<script>alert(1)</script>" in found.words
    assert "turn_consistency" in found.words
    assert len(shown.data["text/plain"].splitlines()) < 10
    assert "conversation" not in shown.data["text/plain"].splitlines()[0]
    (one,) = outputs(ran, 3)
    assert "<img src=x onerror=alert(1)>" in _Tags(one.data["text/html"]).words


def test_progress_is_drawn_in_its_place(ran: Client) -> None:
    """With the screen as a sink: one output that changes, empty at the end, and a line for each conversation."""
    drawn = [
        content["data"]["text/plain"]
        for cell, kind, content in ran.heard
        if cell == 5 and kind in ("display_data", "update_display_data") and content["transient"].get("display_id")
    ]
    assert "0/2 finished" in drawn[0] and any("1/2 finished" in text for text in drawn)
    assert drawn[-1] == ""
    words = "".join(
        str(one.get("data", {}).get("text/plain", "")) + str(one.get("text", "")) for one in outputs(ran, 5)
    )
    assert "1/2" in words and "2/2" in words and "ann" in words
