"""What the offline judge says of labelled conversations: rarely anything, and then what people say."""

import json
from collections import Counter
from pathlib import Path

import pytest

from multivon_eval._types.imported import read_foreign
from multivon_eval_plugins.judges.offline.goal import answer_goal

FOLDER = Path(__file__).parent


def count_pairs(name):
    """How often each pair of label and verdict occurs."""
    found = Counter()
    for number, line in enumerate((FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        told = answer_goal(read_foreign(row, number).conversation)["criteria"]
        assert len(told) == len(row["label"]["criteria"])
        found.update((label, answer["met"]) for label, answer in zip(row["label"]["criteria"], told, strict=True))
    return found


@pytest.mark.parametrize("name", ["conversations", "conversations_unseen"])
def test_what_it_says_is_mostly_right(name):
    """Of the criteria that people call met or not met; printed.

    All were written and labelled by somebody who had not read the rules. Of ``conversations`` the first half, and then
    the second, was looked at to make them; ``conversations_unseen`` never.
    """
    found = count_pairs(name)
    says = {word: sum(count for (_, verdict), count in found.items() if verdict == word) for word in ("yes", "no")}
    right = {word: found[word, word] for word in ("yes", "no")}
    told = ", ".join(f"{right[word]} of {says[word]} times rightly {word}" for word in says)
    print(f"{name}: {found.total()} criteria, {told}, else unknown")
    assert found.total() >= 130
    assert right["yes"] >= 0.9 * says["yes"] > 0
    assert right["no"] >= 0.8 * says["no"] > 0
