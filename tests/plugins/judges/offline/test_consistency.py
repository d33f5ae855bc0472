import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.offline import check

CHANGED = ("When?", "The refund window is 30 days.", "Sure?", "The refund window is 14 days.")


def answer(key, first, second):
    """The answer on two replies, and the turns that it quotes."""
    told = check(key, "When?", first, "Sure?", second)
    assert all(quote.found for quote in told.evidence)
    return told.answer, [quote.turn for quote in told.evidence]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The refund window is 30 days.", "The refund window is 14 days."),
        ("The refund window is thirty days.", "The refund window is 14 days."),
        ("Your parcel arrives by 3 May.", "Your parcel arrives by 10 May."),
        ("Your parcel arrives by May 3rd.", "Your parcel arrives by 3 June."),
        ("Your parcel arrives on 2024-05-03.", "Your parcel arrives on May 4."),
        ("The parcel arrives on Monday.", "The parcel arrives on Friday."),
        ("Express shipping costs $5.", "Express shipping costs 7 dollars."),
        ("The discount on lamps is 10%.", "The discount on lamps is 15 per cent."),
        ("The refund takes 3 to 5 days.", "The refund takes 7 to 10 days."),
    ],
)
def test_a_figure_that_changes(first, second):
    """Two numbers, dates, prices or shares of one and the same thing are a change, in either order."""
    for one, other in ((first, second), (second, first)):
        assert answer("changes_figures", one, other) == ("yes", [1, 2])
        assert answer("contradicts_itself", one, other) == ("yes", [1, 2])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The refund window is 30 days.", "The refund window is 30 days."),
        ("The refund window is 30 days.", "Yes, the refund window is thirty days."),
        ("The refund window is 30 days.", "No, the refund window is not 14 days."),
        ("The refund window is 30 days.", "Delivery takes 14 days."),
        ("The refund window is 30 days.", "The refund window costs 14 dollars."),
        ("Your parcel arrives by 3 May.", "Your parcel arrives by May 3rd."),
        ("Express shipping costs $5.", "Express shipping costs 5 dollars."),
        ("The refund takes 3 to 5 days.", "The refund takes 5 days."),
        ("We are open from Monday to Friday.", "We are open on Friday."),
        ("It is in the box.", "It is in the other box."),
        ("Soon.", "Very soon."),
        ("The refund window is 30 days. The money takes 5 days.", "Yes."),
    ],
)
def test_a_figure_that_does_not_change(first, second):
    """The same figure in other words, of another thing or unit, denied or within one reply is no change."""
    assert answer("changes_figures", first, second) == ("no", [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The refund window is 30 days.", "If it is a sale item, the refund window is 14 days."),
        ("The refund window is 30 days.", "The refund window for sale items is 14 days."),
        ("The refund window is 30 days.", "The refund window is usually 14 days."),
        ("The refund window is 30 days.", "Sorry, I was wrong: the refund window is 14 days."),
        ("The refund window is 30 days.", "The window closes after 14 days."),
        ("The refund window is a week.", "The refund window is a month long."),
        ("The refund window is 30 days.", "The refund window is a month long."),
    ],
)
def test_a_figure_that_may_have_changed(first, second):
    """A condition, a hedge, a correction, a period without a number: words cannot decide, so nothing is claimed."""
    assert answer("changes_figures", first, second) == ("unknown", [])
    assert answer("contradicts_itself", first, second) == ("unknown", [])


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("Refunds are possible.", "Refunds are not possible.", "yes"),
        ("Refunds are possible.", "Refunds are impossible.", "yes"),
        ("You can't return a gift.", "You can return a gift.", "yes"),
        ("Refunds are possible with a receipt.", "Refunds are not possible without a receipt.", "unknown"),
        ("Refunds are possible.", "Refunds are not possible yet.", "unknown"),
        ("Refunds are possible.", "Exchanges are not possible.", "unknown"),
        ("Refunds are possible.", "I apologise, refunds are not possible.", "unknown"),
        ("Refunds are possible.", "Refunds are possible.", "unknown"),
        ("The window is 30 days.", "The window is not 14 days.", "unknown"),
        ("Are refunds possible?", "Refunds are not possible.", "unknown"),
        ("Soon.", "Never.", "unknown"),
    ],
)
def test_a_yes_that_becomes_a_no(first, second, told):
    """A statement and its denial in different replies contradict each other; whether nothing does words can't tell."""
    assert answer("contradicts_itself", first, second) == (told, [1, 2] if told == "yes" else [])


def test_what_one_reply_says_twice_is_no_change():
    """Two figures in one reply may well belong to two things."""
    assert (
        check("changes_figures", "When?", "The refund window is 30 days. The refund window is 14 days.").answer == "no"
    )


@given(replies=st.lists(st.text("abc no 3 days May 10 $% .\n", max_size=40).filter(str.strip), min_size=2, max_size=4))
def test_a_claim_of_change_comes_with_both_places(replies):
    """Whatever is said, a yes quotes two different turns, and the same reply twice changes nothing."""
    contents = [part for reply in replies for part in ("When?", reply)]
    for key in ("changes_figures", "contradicts_itself"):
        told = check(key, *contents)
        if told.answer == "yes":
            assert len({quote.turn for quote in told.evidence if quote.found}) == 2
        assert check(key, "When?", replies[0], "Sure?", replies[0]).answer != "yes"
