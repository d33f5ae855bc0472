"""The system under test. Put a call to your assistant into ``model_fn``."""

HOURS = "Our opening hours are Monday to Friday, 9 to 17 o'clock."
RETURNS = "You can return an unused item within 30 days; send it back with the label in your account."


def model_fn(prompt: str) -> str:
    """Answer a conversation.

    ``prompt`` is all that was said so far, as lines that begin with ``USER:`` and ``ASSISTANT:``. Name a
    parameter ``messages`` instead to get it as a list of role/content dicts.
    """
    asked = prompt.rpartition("USER:")[2].lower()
    if "open" in asked or "hours" in asked:
        return HOURS
    if "return" in asked or "send back" in asked:
        return RETURNS
    return "I can help with opening hours and returns. Which of the two is it about?"
