"""How much time, memory and prompt a run takes, beside bare loops that make the same calls: ``nox -s bench``."""
