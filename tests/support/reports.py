"""Runs of many conversations that nobody held, and the reports that are made of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from multivon_eval import CriterionVerdict, Evidence, Verdict, compare_results
from multivon_eval._measure.tally import Tally
from multivon_eval._types.verdict import Votes
from multivon_eval.sdk import (
    Message,
    Observation,
    Persona,
    PluginUse,
    Report,
    RunInfo,
    Score,
    SimulationResult,
    ToolCall,
)
from multivon_eval.testing import conversation, result, run_info
from multivon_eval_plugins.html_report.sink import HtmlReport

CRITERIA = (
    "The assistant stated the date of delivery.",
    "The assistant named the carrier.",
    "The assistant did not promise a refund.",
)
TRAITS = ("impatient", "polite", "adversarial", "terse")
GOALS = (
    "Find out when order {} arrives, and who brings it.",
    "Have order {} sent to another address.",
    "Get the price of order {} reduced, because it came late.",
)
QUESTIONS = (
    "Hello, where is my order {}? I was told Tuesday, and nothing came.",
    "That does not help me. Which day will it be here, and who brings it?",
    "I have waited for nine days now. Is there nobody who can look it up?",
    "Fine. And can I send it back if it does not fit?",
    "Then tell me at least what it will cost me.",
)
ANSWERS = (
    "I am sorry to hear that. Order {} left our warehouse on Monday and **arrives on Friday, 3 May**.",
    "It is with Northwind Parcel. You will get a message on the morning it is brought.",
    "I have asked the carrier about order {}. They say that the van was full, and that it comes tomorrow.",
    "You can send it back within 30 days, free of charge:\n\n1. Print the label.\n2. Leave it at a shop of theirs.",
    "Returns cost nothing. I can also refund the delivery at once if you like.",
)


def make_persona(number: int) -> Persona:
    """A persona that is like others and not the same."""
    return Persona(
        f"customer {number:03}",
        f"A customer who ordered a lamp three weeks ago, order {4000 + number}, and lives on the fourth floor.",
        GOALS[number % 3].format(4000 + number),
        CRITERIA,
        (TRAITS[number % 4],),
        facts=(f"The order number is {4000 + number}.",),
    )


def make_result(number: int, trial: int = 1, chance: random.Random | None = None, met: float = 0.7) -> SimulationResult:
    """A conversation of one of many personas, judged and scored; the same number and trial give the same one."""
    chance = chance or random.Random(f"{number}/{trial}")
    who, turns = make_persona(number), chance.randrange(2, 6)
    said: list[Message] = []
    for turn in range(turns):
        calls = [ToolCall("look_up_order", {"order": 4000 + number}, {"eta": "3 May", "carrier": "Northwind"})]
        said.append(Message("user", QUESTIONS[turn].format(4000 + number), seconds=0.8))
        answer = ANSWERS[turn].format(4000 + number)
        said.append(Message("assistant", answer, calls if turn == 0 else (), round(chance.uniform(0.4, 3.2), 2)))
    words = ["yes" if chance.random() < met else chance.choice(("no", "no", "unknown")) for _ in CRITERIA]
    quotes = ("arrives on Friday, 3 May", "It is with Northwind Parcel", "")
    judged = [
        CriterionVerdict(
            text,
            word,
            "The reply says so in as many words." if word == "yes" else "Nothing in the transcript says so.",
            (Evidence(place + 1, quotes[place], found=True),) if word == "yes" and quotes[place] else (),
            Votes(2, 1, 0) if word == "yes" else None,
        )
        for place, (text, word) in enumerate(zip(CRITERIA, words, strict=True))
    ]
    verdict = Verdict.over(tuple(judged), "As the answers on the criteria say.")
    seen = []
    if chance.random() < 0.12:
        seen.append(Observation("repetition", 2, "says an earlier message again", "fault", observer="driver-faults"))
    if chance.random() < 0.1:
        seen.append(Observation("refusal", turns, "The assistant declined to look it up.", "refusal"))
    spoken = conversation(
        messages=tuple(said),
        of=who,
        trial=trial,
        case_uid=f"{number:013x}{trial:03x}",
        observations=tuple(seen),
        driver_said_goal=chance.random() < 0.7,
        repaired_faults=int(chance.random() < 0.1),
    )
    scores = {
        "turn_consistency": Score(round(chance.uniform(0.3, 1), 2), "1 of 9 statements contradicts another", items=9),
        "conversation_relevance": Score(round(chance.uniform(0.6, 1), 2), "as hoped", items=4, threshold=0.7),
        "knowledge_retention": Score.skipped("one reply to score; it takes 2"),
    }
    return result(
        spoken,
        "goal_reached" if spoken.driver_said_goal else "max_turns",
        verdict=verdict,
        scores=scores,
        attribution="system" if verdict.achieved is False else None,
        cost_usd=Decimal(chance.randrange(40, 400)) / 10_000,
    )


def make_results(personas: int, trials: int = 1, **fields: Any) -> list[SimulationResult]:
    """Conversations of some personas, some of which ended otherwise than they should."""
    results = [make_result(number, trial, **fields) for number in range(personas) for trial in range(1, trials + 1)]
    for number, one in enumerate(results):
        if number % 17 == 5:
            failed = Verdict(None, "the judge did not answer in 60 s", failed=True)
            results[number] = attrs.evolve(one, verdict=failed, attribution="judge", scores={})
    return results


def make_report(results: Sequence[SimulationResult], **fields: Any) -> Report:
    """The end of a run that has these results, in numbers as a run reckons them."""
    tally = Tally(fields.get("calibration"))
    for one in results:
        tally.add(one)
    people = tuple({one.persona.name: one.persona for one in results}.values())
    plugins = (PluginUse("driver", "persona-llm", "persona-llm"), PluginUse("sink", "html", "html:report.html"))
    info = fields.pop("info", None) or run_info(
        personas=people,
        conversations=len(results),
        trials=max((one.trial for one in results), default=1),
        plugins=plugins,
    )
    if baseline := fields.get("baseline"):
        fields["comparison"] = compare_results(baseline, results)
    spent = sum((one.cost_usd for one in results), Decimal(0))
    return Report(info, tally.summary(spent), **{"seconds": 61.5, **fields})


def write_report(path: Path, results: Iterable[SimulationResult], report: Report | None = None, **fields: Any) -> Path:
    """Write a report as a run does; gives its path."""
    some = list(results)
    end = report or make_report(some, **fields)
    deliver(HtmlReport(str(path)), end.info, some, end)
    return path


def deliver(sink: HtmlReport, info: RunInfo, results: Iterable[SimulationResult], end: Report | None) -> None:
    """Call a sink as a run does; without an end as one that is killed."""

    async def call() -> None:
        await sink.open(info)
        for one in results:
            await sink.write(one)
        if end is not None:
            await sink.close(end)

    # A thread of its own: the one that drives a browser has an event loop already.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, call()).result()
