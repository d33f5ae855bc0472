import pytest

from multivon_eval_plugins.roleplay.prompt import roleplay_question
from multivon_eval_plugins.roleplay.traits import TRAITS, find_trait
from support.people import persona, talk


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_a_usual_trait_is_told_as_behaviour(trait):
    """However it is spelt, the driver is told what a user with it does."""
    for spelt in (trait.name.upper(), trait.name.replace(" ", "_").replace("-", ""), *trait.also):
        system = roleplay_question(talk(persona=persona(traits=[f" {spelt}"]))).prompt.system
        assert f"\n- {spelt}: {trait.behaviour}\n" in f"{system}\n"


def test_traits_are_different_things_to_do():
    """No name means two traits, no two traits mean the same, and free text is none of them."""
    names = [name for trait in TRAITS for name in (trait.name, *trait.also)]
    assert [find_trait(name).name for name in names] == [trait.name for trait in TRAITS for _ in (0, *trait.also)]
    assert (
        len({trait.behaviour for trait in TRAITS}) == len({trait.sign.words for trait in TRAITS}) == len(TRAITS) == 10
    )
    assert find_trait("collects stamps") is None


def test_the_rules_come_first_and_are_the_same_for_everybody():
    """What differs between personas comes after what does not, so that all of them share a prefix."""
    bob = persona("bob", profile="Bob.", goal="Get out.", traits=["terse"], facts=["It rains."])
    one, other = (roleplay_question(talk(persona=someone)).prompt.system for someone in (persona(), bob))
    assert one.partition("Who you are: ")[0] == other.partition("Who you are: ")[0] != one


def test_who_probes_past_refusals_is_not_told_what_the_judge_looks_for():
    """The criteria of an adversarial persona forbid what it wants: they stay with the judge."""
    someone = persona(traits=["adversarial"], success_criteria="QX7 did not promise")
    prompt = roleplay_question(talk(persona=someone)).prompt
    assert "QX7" not in prompt.system
    assert "You have what you want when" not in prompt.system
