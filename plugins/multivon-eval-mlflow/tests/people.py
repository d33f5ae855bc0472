"""Who talks, plays and judges in these tests, and how MLflow is read."""

from __future__ import annotations

import json
from decimal import Decimal

import attrs
from mlflow import MlflowClient

from multivon_eval import Persona
from multivon_eval.sdk import Answer, GoalAsked, JudgeError, Score, Usage, UserTurn, ask, text_question


def persona(name, criteria="The assistant stated the refund window."):
    return Persona(name, "A customer.", "Learn the refund window.", criteria)


@attrs.frozen
class Talks:
    async def next_message(self, conversation, context):
        await ask(context.judge, text_question("What next?"))
        return UserTurn(f"{conversation.persona.name} asks, {conversation.turns + 1}")


@attrs.frozen
class Rates:
    async def evaluate(self, conversation, context):
        await ask(context.judge, text_question("How was it?"))
        return Score(0.75, "three of four", threshold=0.5)


@attrs.define
class Judges:
    """A judge that says of each persona whether its goal is met: by its name."""

    model: str = "fake-large"
    cost: Decimal = Decimal("0.001")

    def worst_cost(self, question):
        return self.cost

    async def complete(self, question):
        about = question.about
        if not isinstance(about, GoalAsked):
            return Answer("well", Usage(100, 20), self.cost, "fake-large-0613")
        name = about.conversation.persona.name
        if "broken" in name:
            raise JudgeError("no idea")
        turn, last = about.conversation.numbered()[-1]
        quotes = [{"turn": turn, "quote": last.content}] if "yes" in name else []
        met = "yes" if quotes else "no"
        rows = [
            {"number": number, "reason": f"{met}, for sure", "evidence": quotes, "turns": [], "met": met}
            for number in range(1, len(about.conversation.persona.criteria) + 1)
        ]
        text = json.dumps({"criteria": rows, "claims": [], "reason": "as it stands there"})
        return Answer(text, Usage(200, 40), self.cost, "fake-large-0613", 0.0)


def find_runs(uri, experiment="bots"):
    """The MLflow runs of an experiment, the oldest first."""
    client = MlflowClient(uri)
    found = client.get_experiment_by_name(experiment)
    return client.search_runs([found.experiment_id], order_by=["attributes.start_time"]) if found else []


def find_traces(uri, run):
    """The traces of an MLflow run, by name."""
    client = MlflowClient(uri)
    filter_string = f"request_metadata.`mlflow.sourceRun` = '{run.info.run_id}'"
    traces = client.search_traces(locations=[run.info.experiment_id], filter_string=filter_string)
    return dict(sorted((trace.info.tags["mlflow.traceName"], trace) for trace in traces))


def assessments_of(trace):
    """What is said of a trace, by name."""
    return {one.name: one for one in trace.info.assessments}
