"""What a plug-in says that it will ask the judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._plugins.abilities import find_ability
from .._plugins.isolation import FAULTS, format_error, format_value, raise_if_fatal
from .._questions import Question
from .._types.conversation import Conversation
from .._types.log import get_logger
from ..errors import PluginBroken
from ..protocols import Asks

_LOG = get_logger("plugin")


def list_questions(
    plugin: object, conversation: Conversation, otherwise: Sequence[Question[Any]] = ()
) -> Sequence[Question[Any]] | None:
    """Return what a plug-in will ask about a conversation as it stands; None where its driver would end it.

    Money is only planned with it: where the plug-in fails to say it while the run goes on, it counts like one that
    cannot say it.

    Args:
        plugin: A driver, evaluator or observer.
        conversation: What was said so far.
        otherwise: What counts for a plug-in that cannot say it.
    """
    try:
        return find_questions(plugin, conversation, otherwise)
    except PluginBroken as error:
        # It was asked before the run and could say it then, so this is one odd conversation, not a broken plug-in.
        _LOG.warning("%s", error)
        return otherwise


def find_questions(
    plugin: object, conversation: Conversation, otherwise: Sequence[Question[Any]] = ()
) -> Sequence[Question[Any]] | None:
    """Do what :func:`list_questions` does, before the run.

    Raises:
        PluginBroken: If the plug-in fails to say it.
    """
    if (asking := find_ability(plugin, Asks)) is None:
        return otherwise
    name = type(plugin).__qualname__
    try:
        found: object = asking.questions(conversation)
    except FAULTS as error:
        raise_if_fatal(error)
        raise PluginBroken(f"{name} raised {format_error(error)} in its 'questions'") from error
    if found is None:
        return None
    if not isinstance(found, Sequence) or not all(isinstance(one, Question) for one in found):
        raise PluginBroken(f"{name} gave {format_value(found)} as its questions; give a list of Question")
    return found
