"""How quickly a report of thousands of conversations opens and filters, and what it weighs."""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from pathlib import Path
from typing import Any

import attrs

from multivon_eval import SimulationResult, result_to_json
from support.reports import make_results, write_report

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
TRIALS = 5
_FILTER = """async ([name, value]) => {
  const field = document.querySelector(`[name=${name}]`);
  const found = document.querySelector("#found");
  const told = new Promise((resolve) => new MutationObserver(resolve).observe(found, { childList: true }));
  const begun = performance.now();
  field.value = value;
  field.dispatchEvent(new Event(name === "search" ? "input" : "change"));
  await told;
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""
_SCROLL = """async () => {
  const list = document.querySelector("#list");
  const took = [];
  let before = performance.now();
  for (let step = 0; step < 120; step += 1) {
    list.scrollTop += 400;
    await new Promise(requestAnimationFrame);
    took.push(performance.now() - before);
    before = performance.now();
  }
  return took;
}"""


def tell_report(folder: Path, conversations: int, rounds: int) -> None:
    """Print what a report weighs, what writing it takes, and what it takes to open and use it.

    Args:
        folder: Where it is written.
        conversations: How many.
        rounds: How often it is opened; the median is printed.
    """
    chance = random.Random(1)
    words = ["".join(chance.choices("aeioubdfgklmnprstvw", k=chance.randrange(2, 10))) for _ in range(5_000)]
    results = [_vary(one, words, chance) for one in make_results(conversations // TRIALS, TRIALS)]
    begun = time.perf_counter()
    path = write_report(folder / "report.html", results)
    wrote = time.perf_counter() - begun
    lines = sum(len(json.dumps(result_to_json(one), ensure_ascii=False)) for one in results) / len(results)
    size = path.stat().st_size
    print(f"\nreport of {len(results)} conversations: {size / 2**20:.2f} MiB, written in {wrote:.1f} s")
    print(f"bytes a conversation {size / len(results):.0f}, of its JSON line {lines:.0f}")
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not there; name a browser in CHROMIUM to see how it opens")
        return
    found = [_visit(path) for _ in range(rounds)]
    for name in found[0]:
        print(f"{name:<34} {statistics.median(one[name] for one in found):>8.1f}")


def _vary(result: SimulationResult, words: list[str], chance: random.Random) -> SimulationResult:
    """Let everybody say words of their own too, so that no two conversations are compressed as one."""
    said = [
        attrs.evolve(one, content=f"{one.content} {' '.join(chance.choices(words, k=chance.randrange(10, 80)))}.")
        for one in result.transcript
    ]
    return attrs.evolve(result, conversation=attrs.evolve(result.conversation, messages=tuple(said)))


def _visit(path: Path) -> dict[str, float]:
    """Open a report in a new browser, and give milliseconds and MiB."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--enable-precise-memory-info"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page: Any = browser.new_page(viewport={"width": 1280, "height": 900})
        begun = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]", state="attached")
        ready = 1000 * (time.perf_counter() - begun)
        paints = page.evaluate("performance.getEntriesByType('paint').map(one => one.startTime)")
        opened = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
        took = {
            "ms to first paint": min(paints),
            "ms until it can be used": ready,
            "ms to filter by verdict": page.evaluate(_FILTER, ["verdict", "no"]),
            "ms to search, the first time": page.evaluate(_FILTER, ["search", "cost nothing"]),
            "ms to search again": page.evaluate(_FILTER, ["search", "nobody said this"]),
            "ms to sort by cost": page.evaluate(_FILTER, ["sort", "cost"]),
        }
        page.evaluate(_FILTER, ["verdict", ""])
        page.evaluate(_FILTER, ["search", ""])
        frames = page.evaluate(_SCROLL)
        took |= {"ms a frame while scrolling, median": statistics.median(frames)}
        took |= {"ms a frame while scrolling, p95": sorted(frames)[int(0.95 * len(frames))]}
        took |= {"MiB of heap when opened": opened}
        took |= {"MiB of heap after all of it": page.evaluate("performance.memory.usedJSHeapSize") / 2**20}
        browser.close()
    return took
