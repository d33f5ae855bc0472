"""What a judge is asked. Each kind of question knows its prompt, its schema and how to read the answer.

A :class:`Question` carries the rendered prompt and, beside it, the typed thing it asks about. A provider sends
the prompt; a judge that is no model answers from the typed thing.
"""

from .answer_json import read_object
from .ask import answered, ask
from .count import CountAsked, Counted, count_question
from .goal import GoalAsked, digest_goal_prompt, goal_question
from .personas import PersonasAsked
from .prompt import Asked, Prompt, PromptMessage, Question
from .text import TextAsked, text_question
from .together import TogetherAsked, join_questions
from .transcript import quote_stands_in
from .user_turn import UserTurnAsked, user_turn_question, write_user_turn
from .yes_no import YesNo, YesNoAnswer, YesNoAsked, yes_no_question

__all__ = [
    "Asked",
    "CountAsked",
    "Counted",
    "GoalAsked",
    "PersonasAsked",
    "Prompt",
    "PromptMessage",
    "Question",
    "TextAsked",
    "TogetherAsked",
    "UserTurnAsked",
    "YesNo",
    "YesNoAnswer",
    "YesNoAsked",
    "answered",
    "ask",
    "count_question",
    "digest_goal_prompt",
    "goal_question",
    "join_questions",
    "quote_stands_in",
    "read_object",
    "text_question",
    "user_turn_question",
    "write_user_turn",
    "yes_no_question",
]
