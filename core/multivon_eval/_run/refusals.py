"""Whether a reply refuses, while a conversation goes on: by rules, or by asking the judge."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from .._journal.past import Decided
from .._money.meter import Account
from .._plugins.isolation import FAULTS, let_pass, told
from .._questions import ask, refusal_question
from .._types.conversation import Conversation
from ..errors import BudgetExceeded
from ..protocols import RunContext
from ..refusal import is_refusal


@attrs.frozen(eq=False)
class Refusals:
    """Decides for each reply of one conversation whether it refuses.

    Attributes:
        asks: Whether the judge is asked; if not, the rules decide.
        account: The conversation's; where the rules had to step in, its notes say so.
        context: Gives the metered judge for one question.
    """

    asks: bool
    account: Account
    context: Callable[[], RunContext]

    async def refuses(self, conversation: Conversation) -> bool:
        """Decide on the last message of a conversation, which is the assistant's.

        A judge that fails, cannot tell or is not within the budget is stood in for by the rules.

        Raises:
            JournalError: What the judge said cannot be kept.
        """
        if not self.asks:
            return is_refusal(conversation.messages[-1].content)
        decided = await self._decided(conversation)
        self.account.journal.decided(conversation, decided)
        return self._taken(decided)

    def refused(self, conversation: Conversation) -> bool | None:
        """What was decided on the last message before a resume; None where nothing was."""
        past = self.account.journal.past.case(conversation.case_uid)
        decided = past.decided.get(len(conversation.messages))
        return None if decided is None else self._taken(decided)

    def _taken(self, decided: Decided) -> bool:
        if decided.note:
            self.account.notes.append(decided.note)
        return decided.refused

    async def _decided(self, conversation: Conversation) -> Decided:
        question = refusal_question(conversation)
        try:
            answer = await ask(self.context().judge, question)
        except BudgetExceeded as error:
            why = str(error)
        except FAULTS as error:
            let_pass(error)
            why = told(error)
        else:
            if answer.refused != "unknown":
                return Decided(answer.refused == "yes")
            why = f"the judge could not tell: {answer.reason}"
        turn = conversation.numbered()[-1][0]
        note = f"whether the reply of turn {turn} refuses was decided by the rules: {why}"
        return Decided(is_refusal(conversation.messages[-1].content), note)
