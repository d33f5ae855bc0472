"""A confidence sequence only ever gets narrower; how often it holds is seen in tests/statistics/test_sequence.py."""

from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._statistics.sequence import ConfidenceSequence


@given(values=st.lists(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), max_size=60))
def test_it_never_widens(values):
    """What is left out once stays so, and the mean is that of the values."""
    sequence = ConfidenceSequence()
    before = sequence.interval
    assert (before.low, before.high) == (0, 1)
    for number, value in enumerate(values, 1):
        sequence.add(value)
        found = sequence.interval
        assert 0 <= before.low <= found.low < found.high <= before.high <= 1
        assert sequence.number == number
        before = found
    if values:
        assert abs(before.value - sum(values) / len(values)) < 1e-9


def test_it_ends_near_the_mean():
    """After many values that are the same there is little left, on the side where others might be."""
    sequence = ConfidenceSequence()
    for _ in range(200):
        sequence.add(1.0)
    assert sequence.interval.low > 0.96 and sequence.interval.high == 1


def test_its_mirror_image_is_that_of_the_mirrored_values():
    """Nothing prefers one side."""
    one, other = ConfidenceSequence(), ConfidenceSequence()
    for value in [0.0, 1.0, 1.0, 0.25, 0.5, 1.0, 0.75] * 12:
        one.add(value)
        other.add(1 - value)
    assert abs(one.interval.low - (1 - other.interval.high)) < 0.0011
    assert abs(one.interval.high - (1 - other.interval.low)) < 0.0011
    assert one.interval.low > 0.4
