"""The one table of options: commands, variables, the configuration file, settings and Python are derived from it."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from .defaults import DRIVER, ENDPOINT_EXAMPLE, EXECUTOR, JUDGE_EXAMPLE, OBSERVERS, shorten_name

PREFIX = "MULTIVON_EVAL"
BOTH = ("simulate", "score")


@attrs.frozen
class Option:
    """One option.

    Attributes:
        name: On the command line, without the dashes.
        help: What it is, for people.
        metavar: What its value is called.
        default: The value where nobody says another, as it would be typed; None for none.
        kind: ``text`` has one value, ``flag`` none, ``many`` several.
        field: The setting, and the keyword in Python; empty where it is for the command line alone.
        commands: The commands that have it.
        is_shared: Whether it means the same in every command: then one variable and one line of the file serve all. An
            option that names a file or says what to do this once must not reach another command.
        default_text: How the default is told, where it is not ``default``.
    """

    name: str
    help: str
    metavar: str = ""
    default: str | None = None
    kind: Literal["text", "flag", "many"] = "text"
    field: str = ""
    commands: tuple[str, ...] = BOTH
    is_shared: bool = True
    default_text: str = ""

    @property
    def parameter(self) -> str:
        """The name that click gives its value."""
        return self.name.replace("-", "_")

    def variables(self, command: str) -> list[str]:
        """Return the environment variables that set it for a command, the one that beats the other first."""
        own = f"{PREFIX}_{command}_{self.parameter}".upper()
        return [own, f"{PREFIX}_{self.parameter}".upper()] if self.is_shared else [own]


def _use_once(name: str, help: str, metavar: str = "", commands: tuple[str, ...] = BOTH) -> Option:
    """An option for one call: without a metavar a flag."""
    return Option(name, help, metavar, None, "text" if metavar else "flag", "", commands, is_shared=False)


SIMULATE, MERGE = ("simulate",), ("merge",)
WHOLE, ALL = ("simulate", "merge"), ("simulate", "score", "merge")
MAX_MESSAGE = 200_000
"""Characters; some 50,000 tokens, more than a reply that anybody reads."""
OPTIONS = (
    _use_once("model-cmd", f"model.py[:name], package.module:name or {ENDPOINT_EXAMPLE} (required)", "MODEL", SIMULATE),
    _use_once("personas", "A JSONL file, or a persona source. (this or --propose-from)", "SPEC|FILE", SIMULATE),
    _use_once("propose-from", "The description of a product: the judge proposes personas for it.", "FILE", SIMULATE),
    _use_once("n-personas", "With --propose-from: how many, up to 30. [default: 5]", "N", SIMULATE),
    _use_once("out", "Where results go, one JSON object a line; - for standard output.", "FILE", ALL),
    _use_once("partial", "Go on without shards that are missing or not finished, and say so.", commands=MERGE),
    Option("max-turns", "The most turns of a conversation.", "N", "8", field="max_turns", commands=SIMULATE),
    Option(
        "max-message",
        "The most characters of one message; a longer reply is cut.",
        "N",
        str(MAX_MESSAGE),
        field="max_message",
        commands=SIMULATE,
    ),
    Option("trials", "Conversations of each persona.", "K", "1", field="trials", commands=SIMULATE),
    Option(
        "driver",
        "Who plays the personas.",
        "SPEC",
        DRIVER,
        "text",
        "driver",
        SIMULATE,
        default_text=shorten_name(DRIVER),
    ),
    Option("driver-judge", "Whom the driver asks, if not the judge.", "SPEC", field="driver_judge", commands=SIMULATE),
    Option(
        "observer",
        "Who watches; repeatable.",
        "SPEC",
        kind="many",
        field="observers",
        commands=SIMULATE,
        default_text=", ".join(map(shorten_name, OBSERVERS)),
    ),
    Option("seed", "For what can be seeded; recorded in every result.", "N", field="seed", commands=SIMULATE),
    _use_once("resume", "Go on with the run whose journal lies beside --out, or begin; nothing if it is complete."),
    _use_once("retry-failed", "Have the failed and the cut conversations of --out again, keep the rest.", "", SIMULATE),
    _use_once("force", "With --resume: go on although something has changed."),
    _use_once("dry-run", "Load and check all, call model_fn once, print the estimate; no judge.", commands=SIMULATE),
    Option("judge", f"Who judges: {JUDGE_EXAMPLE}, say.", "SPEC", field="judge", default_text="by the keys set"),
    Option(
        "judge-votes",
        "How often the judge is asked for each verdict; odd, the majority counts.",
        "K",
        "1",
        field="judge_votes",
    ),
    Option(
        "judge-calls",
        "One request for each question, or verdict and yes/no questions of a conversation together.",
        "separate|together",
        "separate",
        field="judge_calls",
    ),
    Option("evaluator", "Who scores; repeatable.", "SPEC", kind="many", field="evaluators"),
    Option("sink", "Where results go too; repeatable.", "SPEC", kind="many", field="sinks", commands=ALL),
    Option("budget", "The hard ceiling.", "USD|none", "1.00", field="budget_usd"),
    Option("concurrency", "Conversations side by side.", "N", "16", field="concurrency"),
    Option(
        "executor",
        "Where conversations are held.",
        "SPEC",
        EXECUTOR,
        "text",
        "executor",
        SIMULATE,
        default_text=shorten_name(EXECUTOR),
    ),
    Option("timeout", "For one call of model_fn or of the judge.", "SECONDS", "60", field="timeout"),
    Option("patience", "For repeating a call of the judge, its pauses included.", "SECONDS", "300", field="patience"),
    Option(
        "until",
        "Stop once the data tell whether it holds: 'goal_rate>=0.8', say.",
        "CONDITION",
        field="until",
        commands=WHOLE,
        is_shared=False,
    ),
    Option(
        "shard",
        "Make one of N disjoint parts of the run, for machines that share nothing; see merge.",
        "I/N|auto|auto/N",
        field="shard",
        commands=SIMULATE,
    ),
    Option(
        "calibration",
        "What people say of the judge: the goal rate is corrected by it.",
        "FILE",
        field="calibration",
        commands=ALL,
        is_shared=False,
    ),
    Option(
        "baseline",
        "Results of an earlier run: say what changed since.",
        "FILE",
        field="baseline",
        commands=WHOLE,
        is_shared=False,
    ),
    Option("fail-on", "With --baseline: exit 1 if something got worse.", "regression", commands=WHOLE),
    Option("fail-under", "A gate; repeatable.", "METRIC=VALUE", kind="many", commands=ALL),
    Option("max-error-rate", "A gate on conversations that failed.", "SHARE", commands=ALL),
    Option(
        "max-unmeasured",
        "With --fail-under: how many conversations may measure nothing.",
        "SHARE",
        "0.2",
        commands=ALL,
    ),
    Option("strict", "Exit 3 if something failed, 4 if the budget cut the run.", kind="flag", commands=ALL),
    Option("without", "Leave an installed hook out; repeatable.", "NAME", kind="many", field="without"),
    _use_once("overwrite", "Begin anew where an unfinished run's journal lies."),
    _use_once("show-config", "Print each option with its value and where it came from, and do nothing.", commands=ALL),
    _use_once("quiet", "Print nothing but errors.", commands=ALL),
    _use_once("json", "Print the summary as JSON instead of text.", commands=ALL),
)
"""In the order in which ``--help`` lists them."""


def find_default(field: str) -> Any:
    """Return the default of a setting, as it would be typed; the setting's converter reads it."""
    return next(option.default for option in OPTIONS if option.field == field)


def list_options_of(command: str) -> list[Option]:
    """Return the options of a command."""
    return [option for option in OPTIONS if command in option.commands]
