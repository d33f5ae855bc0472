"""Make the weights of ``roleplay/voice.json`` from the labelled messages: run it after those have changed."""

import json
import math
from collections import Counter
from pathlib import Path

from multivon_eval_plugins.roleplay import voice

HERE = Path(__file__).parent
REPLIES = ("replies", "replies_hard", "replies_typical")
LABELLED = 3
"""How often a labelled last message counts: it is the kind that is to be told apart."""
FEWEST = 4
"""In how many messages a feature stands at least."""
LEAST = 0.7
"""The least weight that is kept: what both say about as often tells nothing."""
SMOOTHING = 0.5
USER, SERVICE = 0, 1


def read_rows(path):
    """The rows of one file of labels."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def list_examples(turns):
    """Messages with whose they are and how often they count: labelled turns, what stands before them, and replies."""
    examples = Counter()
    for row in turns:
        for place, text in enumerate(row["before"]):
            examples[text, SERVICE if place % 2 else USER] = 1
        if row["fault"] in (None, "plays_assistant"):
            examples[row["last"], SERVICE if row["fault"] else USER] = LABELLED
    for name in REPLIES:
        for row in read_rows(HERE.parent / "refusal" / f"{name}.jsonl"):
            if row.get("request"):
                examples[row["request"], USER] = 1
            if not row["refusal"]:
                examples[row["reply"], SERVICE] = 1
    return examples


def make_weights(turns):
    """The logarithm of how much more often who serves says a feature than who asks."""
    counts, sizes = (Counter(), Counter()), [0, 0]
    for (text, whose), times in list_examples(turns).items():
        sizes[whose] += times
        for feature in voice.list_features(text):
            counts[whose][feature] += times
    weights = {}
    for feature in sorted(counts[USER].keys() | counts[SERVICE].keys()):
        if counts[USER][feature] + counts[SERVICE][feature] >= FEWEST:
            shares = [(counts[who][feature] + SMOOTHING) / (sizes[who] + 2 * SMOOTHING) for who in (USER, SERVICE)]
            weight = math.log(shares[SERVICE] / shares[USER])
            if abs(weight) > LEAST:
                weights[feature] = round(weight, 2)
    return weights


if __name__ == "__main__":
    made = make_weights(read_rows(HERE / "turns.jsonl"))
    file = Path(voice.__file__).with_name("voice.json")
    file.write_text(json.dumps(made, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(made)} weights")
