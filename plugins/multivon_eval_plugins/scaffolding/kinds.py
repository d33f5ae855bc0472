"""The kinds of plug-in that a project can be begun for."""

from __future__ import annotations

import attrs


@attrs.frozen
class NewKind:
    """What is written differently for a kind of plug-in.

    Attributes:
        name: As the command takes it.
        group: Its entry-point group.
        about: What the plug-in that is written does, for its README.
        needs: What it imports beside the SDK, as its distribution requires it.
        use: How it is used, with ``{name}``.
    """

    name: str
    group: str
    about: str
    needs: tuple[str, ...]
    use: str

    @property
    def module(self) -> str:
        """The module that the plug-in stands in."""
        return self.name.replace("-", "_")

    @property
    def words(self) -> str:
        """The kind as a sentence says it."""
        return self.name.replace("-", " ")

    @property
    def article(self) -> str:
        """The article before it."""
        return "an" if self.name[0] in "aeiou" else "a"


ATTRS = ("attrs>=24.3",)
SIMULATE = "multivon-eval simulate --model-cmd model.py --out results.jsonl"
KINDS = {
    kind.name: kind
    for kind in (
        NewKind(
            "persona-source",
            "multivon_eval.persona_sources",
            "it reads personas from a CSV file",
            ATTRS,
            f"{SIMULATE} --personas {{name}}:users.csv",
        ),
        NewKind(
            "driver",
            "multivon_eval.drivers",
            "it plays a user in a hurry",
            ATTRS,
            f"{SIMULATE} --personas personas.jsonl --driver {{name}},words=10",
        ),
        NewKind(
            "judge",
            "multivon_eval.judges",
            "it asks an HTTP endpoint of your own",
            (*ATTRS, "httpx>=0.27"),
            f"{SIMULATE} --personas personas.jsonl --judge {{name}}:small,url=http://127.0.0.1:8000/answer",
        ),
        NewKind(
            "evaluator",
            "multivon_eval.evaluators",
            "it scores the assistant's tone",
            ATTRS,
            f"{SIMULATE} --personas personas.jsonl --evaluator {{name}},threshold=0.8",
        ),
        NewKind(
            "observer",
            "multivon_eval.observers",
            "it notes promises that the assistant makes",
            ATTRS,
            f"{SIMULATE} --personas personas.jsonl --observer {{name}} --observer driver-faults --observer refusals",
        ),
        NewKind(
            "sink",
            "multivon_eval.sinks",
            "it writes a line of text for each conversation",
            ATTRS,
            f"{SIMULATE} --personas personas.jsonl --sink {{name}}:results.txt",
        ),
        NewKind(
            "executor",
            "multivon_eval.executors",
            "it holds conversations in processes beside the run",
            ATTRS,
            f"{SIMULATE} --personas personas.jsonl --executor {{name}},workers=4",
        ),
        NewKind(
            "hook",
            "multivon_eval.hooks",
            "it tells log records whose conversation they belong to",
            (),
            f"{SIMULATE} --personas personas.jsonl",
        ),
        NewKind(
            "command",
            "multivon_eval.commands",
            "it lists the longest conversations",
            ("click>=8.1.8",),
            "multivon-eval {name} results.jsonl -n 3",
        ),
    )
}
