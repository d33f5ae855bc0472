import pytest

from multivon_eval import simulate
from multivon_eval.sdk import UserTurn
from multivon_eval_plugins.roleplay.ending import find_awaited
from support.people import SaysJudge, persona


class Ends:
    """A driver whose user says what it is given, one after the other, and then ends the conversation."""

    def __init__(self, *says, goal_reached=True):
        self.says, self.goal_reached = says, goal_reached

    async def next_message(self, conversation, context):
        said = conversation.turns + (conversation.messages[-1:] != () and conversation.messages[-1].role == "user")
        is_last = said >= len(self.says) - 1
        return UserTurn(self.says[said], is_last and self.goal_reached, is_last and not self.goal_reached)


def run(driver, reply):
    """The one result of a conversation in which the assistant always says the same, which is judged with no."""
    [result] = simulate(lambda prompt: reply, [persona()], driver=driver, judge=SaysJudge(met="no"), hooks=())
    return result


@pytest.mark.parametrize(
    ("says", "reply"),
    [
        (["I want to cancel.", "Yes, please."], "Shall I cancel it for you?"),
        (["I want to cancel.", ""], "That costs $75. Would you like me to go ahead?"),
        (["I want to cancel.", "OK"], "Please confirm the cancellation."),
        (["Stornieren, bitte.", "Ja, bitte."], "Soll ich die Bestellung stornieren?"),
        (["I want to cancel.", "no"], "Which of the two orders do you mean?"),
    ],
)
@pytest.mark.parametrize("goal_reached", [True, False])
def test_who_leaves_while_an_answer_is_awaited_is_at_fault(says, reply, goal_reached):
    """The conversation measures nothing of the system: its user left before anything was decided."""
    result = run(Ends(*says, goal_reached=goal_reached), reply)
    assert [fault.fault for fault in result.driver_faults] == ["ends_early"]
    assert result.attribution == "simulation"


@pytest.mark.parametrize(
    ("says", "reply"),
    [
        (["I want to cancel.", "Thanks, bye."], "Done, it is cancelled. Is there anything else I can help you with?"),
        (["I want to cancel.", ""], "It is cancelled."),
        (["I want to cancel.", "Thank you."], "It is cancelled. Do you have any other questions?"),
        (["I want to cancel.", "No, I will leave it."], "It cannot be cancelled any more."),
    ],
)
def test_who_leaves_when_all_is_said_is_not(says, reply):
    """Whether there is anything else need not be answered."""
    result = run(Ends(*says), reply)
    assert (result.driver_faults, result.attribution) == ((), "system")


def test_who_leaves_before_the_first_reply_is_at_fault():
    """Nothing was measured, and the simulation is to blame."""
    result = run(Ends(""), "Hello.")
    assert (result.turns, result.stop_reason) == (0, "goal_reached")
    assert [fault.fault for fault in result.driver_faults] == ["ends_early"]
    assert result.attribution == "simulation"


def test_who_runs_out_of_turns_left_nothing_early():
    """The turns ended it, whatever was asked last."""

    class Talks:
        async def next_message(self, conversation, context):
            return UserTurn(f"Message {conversation.turns}, about something else each time.")

    [result] = simulate(
        lambda prompt: "Shall I?", [persona()], driver=Talks(), judge=SaysJudge(met="no"), hooks=(), max_turns=1
    )
    assert "ends_early" not in [fault.fault for fault in result.driver_faults]


@pytest.mark.parametrize(
    ("reply", "awaits"),
    [
        ("Voulez-vous que j'annule ?", True),
        ("¿Desea que lo cancele?", True),
        ("Vuole confermare?", True),
        ("Deseja continuar?", True),
        ("Wilt u doorgaan?", True),
        ("Your order is on its way.", False),
        ("Can I help you with anything else?", False),
        ("", False),
    ],
)
def test_what_is_awaited(reply, awaits):
    """In the languages of the rules."""
    assert bool(find_awaited(reply)) is awaits
