"""Draws the pictures of README: a finding in the terminal, and the report in a browser.

    python docs/_pictures.py [--check]

Both show the example of README's first command. The terminal is drawn as it is printed, without a font from elsewhere;
with ``--check`` it is only compared with the file. The report is photographed with the browser of the tests, where
there is one.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import attrs
from rich.console import Console
from rich.terminal_theme import MONOKAI

from multivon_eval import SimulationResult, read_results
from multivon_eval_plugins.showing.chat import write_chat

DOCS = Path(__file__).resolve().parent
FINDING, REPORT = DOCS / "images" / "finding.svg", DOCS / "images" / "report.png"
PERSONA = "rushed_customer"
BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def run_example(folder: Path) -> list[SimulationResult]:
    """Run the example of README's first command, and write its report beside its results."""
    examples = DOCS / "examples"
    command = [sys.executable, "-m", "multivon_eval", "simulate", f"--model-cmd={examples / 'refund_bot.py'}"]
    command += [f"--personas={examples / 'personas.jsonl'}", f"--out={folder / 'results.jsonl'}", "--quiet"]
    env = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    subprocess.run([*command, f"--sink=html:{folder / 'report.html'}", "--judge=offline"], check=True, env=env)
    return read_results(folder / "results.jsonl")


def draw_finding(results: list[SimulationResult]) -> str:
    """Draw the conversation in which the bot contradicts itself, as ``show`` prints it."""
    console = Console(record=True, width=96, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    result = next(one for one in results if one.persona.name == PERSONA)
    # How long a reply took differs each time.
    messages = tuple(attrs.evolve(message, seconds=None) for message in result.transcript)
    drawable = attrs.evolve(result, conversation=attrs.evolve(result.conversation, messages=messages))
    write_chat(console, drawable, shows_tools=False)
    title = f"multivon-eval show results.jsonl {PERSONA}"
    drawn = console.export_svg(title=title, theme=MONOKAI, unique_id="finding")
    # A picture fetches nothing: it is set in whatever fixed-width font there is.
    drawn = re.sub(r"<!--.*?-->", "", drawn)
    drawn = re.sub(r"@font-face\s*\{.*?\}", "", drawn, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in drawn.splitlines() if line.strip()) + "\n"


def photograph_report(page: Path, target: Path) -> None:
    """Photograph the beginning of a report."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1100, "height": 700}, color_scheme="light")
        tab.goto(page.as_uri())
        tab.get_by_role("link", name=PERSONA).first.click()
        tab.get_by_text("within 14 days").first.wait_for()
        tab.screenshot(path=str(target))
        browser.close()


def main() -> int:
    """Draw both, or compare what can be compared."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drawn = draw_finding(run_example(folder))
        if "--check" in sys.argv:
            is_fresh = FINDING.read_text(encoding="utf-8") == drawn
            print("" if is_fresh else f"stale: {FINDING.name}; run: python docs/_pictures.py", end="")
            return 0 if is_fresh else 1
        FINDING.parent.mkdir(exist_ok=True)
        FINDING.write_text(drawn, encoding="utf-8")
        if Path(BROWSER).exists():
            photograph_report(folder / "report.html", REPORT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
