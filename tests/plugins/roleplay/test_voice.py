"""Whose voice a message has: the weights are those that the labels give, and labels left out are told apart."""

import importlib.util
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval_plugins.roleplay import voice

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("make_voice", HERE / "make_voice.py")
make_voice = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_voice)
TURNS = make_voice.read_rows(HERE / "turns.jsonl")


def test_the_weights_are_those_of_the_labels():
    """Who changes labels, features or rules of counting makes the file anew."""
    made = make_voice.make_weights(TURNS)
    kept = json.loads(Path(voice.__file__).with_name("voice.json").read_text(encoding="utf-8"))
    assert kept == made, "run python tests/plugins/roleplay/make_voice.py"


def test_labels_left_out_are_told_apart():
    """Five times a fifth of the personas is weighed by weights made of the others' messages; printed."""
    names = sorted({row["persona"]["name"] for row in TURNS})
    served = sound = found = wrong = 0
    for part in range(5):
        left_out = set(names[part::5])
        weights = make_voice.make_weights([row for row in TURNS if row["persona"]["name"] not in left_out])
        for row in TURNS:
            if row["persona"]["name"] in left_out and row["fault"] in (None, "plays_assistant"):
                is_service = voice.weigh(row["last"], weights) > voice.SERVES
                served += row["fault"] is not None
                sound += row["fault"] is None
                found += is_service and row["fault"] is not None
                wrong += is_service and row["fault"] is None
    print(f"voice: {found} of {served} messages of who serves found, {wrong} of {sound} sound ones called so")
    assert sound >= 400
    assert found / served >= 0.6
    assert wrong / sound <= 0.015


def test_the_words_that_weigh_are_named():
    """The detail of the fault says why; what is quoted is somebody else's."""
    served = (
        "Certainly! I've arranged a replacement card for you, and you'll have it by Monday. Is there anything else?"
    )
    assert voice.find_service_voice(served)
    assert not voice.find_service_voice(f'You wrote "{served}" and nothing came.')
    assert not voice.find_service_voice("Yes please.")


@given(st.text(max_size=400))
def test_any_text_has_a_weight(text):
    """And it is the same however the text is written, capitals and spaces aside."""
    weight = voice.weigh(text, voice.read_weights())
    assert math.isfinite(weight)
    assert weight == pytest.approx(voice.weigh(f"  {text}\n", voice.read_weights()))
