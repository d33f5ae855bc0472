"""The judge ``offline``, asked in one line."""

import asyncio

from multivon_eval.sdk import YesNo, yes_no_question
from multivon_eval_plugins.judges.offline import Offline
from multivon_eval_plugins.judges.offline.checks import RULES
from multivon_eval_plugins.refusal.question import KEY as DECLINES
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from support.people import persona, talk

QUESTIONS = {key: YesNo(key, "Is it?") for key in RULES if key != DECLINES}


def complete(question):
    """The answer to a question."""
    return asyncio.run(Offline().complete(question))


def check(key, *contents):
    """The answer to one yes/no question about a conversation."""
    question = yes_no_question(talk(*contents), [QUESTIONS.get(key, YesNo(key, "Is it?"))])
    return question.read(complete(question).text)[0]


def turn(*contents, **changes):
    """The next message of a persona."""
    question = roleplay_question(talk(*contents, persona=persona(**changes)))
    return question.read(complete(question).text)
