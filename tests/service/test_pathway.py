"""Pathways: what stages may say, how shares are filled, and that every fault of a stage is told at once."""

from __future__ import annotations

import pytest

from sim.service.fault import InputError
from sim.service.pathway import Group, Stage, expected_stay, expected_visits

STAGE = {"kind": "acute", "stay": 9}


def group(**stages) -> Group:
    return Group.read("stroke", {"per_admission": 1, "stages": stages})


def refusal(given) -> str:
    with pytest.raises(InputError) as raised:
        Group.read("stroke", given)
    return str(raised.value)


def test_a_stage_that_says_nothing_of_what_follows_ends_at_home():
    assert group(acute=STAGE).stages[0].next == {"home": 1.0}


def test_the_rest_is_what_the_other_shares_leave():
    made = group(acute={**STAGE, "next": {"death": 0.25, "care_home": 0.125, "home": "rest"}})
    assert made.stages[0].next == {"death": 0.25, "care_home": 0.125, "home": 0.625}


def test_a_rest_of_nothing_is_no_fault():
    assert group(acute={**STAGE, "next": {"death": 1, "home": "rest"}}).stages[0].next["home"] == 0


def test_a_first_stage_is_ranked_from_home_and_a_later_one_from_where_the_patient_is():
    made = group(a={**STAGE, "next": {"b": 1}}, b={**STAGE, "next": {"c": 1}}, c={**STAGE, "ranked_from": "home"})
    assert [stage.ranked_from for stage in made.stages] == ["home", "here", "home"]


def test_a_setting_left_blank_is_as_one_not_given():
    blank = dict.fromkeys(
        ("stay_same_bed", "transfer", "leaving", "gives_up_after", "priority", "diversion_minutes", "next")
    )
    assert group(acute={**STAGE, **blank}) == group(acute=STAGE)


def test_visits_multiply_along_every_way():
    made = group(
        a={**STAGE, "next": {"b": 0.5, "c": 0.25, "home": "rest"}},
        b={**STAGE, "next": {"c": 0.5, "home": "rest"}},
        c=STAGE,
    )
    # c is reached straight by 0.25, and through b by 0.5 x 0.5.
    assert expected_visits(made) == {"a": 1.0, "b": 0.5, "c": 0.5}


def test_the_expected_stay_is_over_those_who_go_each_way():
    stage = Stage.read(
        "acute", {**STAGE, "next": {"death": 0.25, "home": "rest"}, "stay_if": {"death": 1}}, True, "group stroke"
    )
    assert expected_stay(stage) == 0.25 * 1 + 0.75 * 9
    assert expected_stay(stage, in_same_bed=True) == expected_stay(stage)
    again = Stage.read("acute", {**STAGE, "stay_same_bed": 4}, True, "group stroke")
    assert (expected_stay(again, in_same_bed=True), expected_stay(again)) == (4, 9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"knid": "acute"}, ["unknown setting of a stage, got 'knid'", "did you mean 'kind'?"]),
        ({"kind": None}, ["a stage needs kind; add kind:"]),
        ({"stay": None}, ["a stage needs stay; add stay:"]),
        ({"kind": 5}, ["kind is a word, got 5"]),
        ({"slot": 5}, ["slot is a word, got 5"]),
        ({"stay": -1}, ["a mean of 0 or more, got -1"]),
        ({"stay": {"law": "gamma", "mean": 4}}, ["sd must be above 0"]),
        ({"if_full": "leave"}, ["if_full is one of wait, lost, got 'leave'"]),
        ({"wait_at": "all"}, ["wait_at is one of first, any, got 'all'"]),
        ({"stay_from": "asked"}, ["stay_from is one of given, requested, got 'asked'"]),
        ({"beds": "endless"}, ["beds is one of counted, unlimited, got 'endless'"]),
        ({"ranked_from": "there"}, ["ranked_from is one of home, here, got 'there'"]),
        ({"ranked_from": "here"}, ["a first stage is ranked from home"]),
        ({"keeps_bed": "no"}, ["keeps_bed is true or false, got 'no'"]),
        ({"same_bed": 1}, ["same_bed is true or false, got 1"]),
        ({"priority": "high"}, ["priority must be a whole number", "'high'"]),
        ({"priority": 1.5}, ["priority must be a whole number", "1.5"]),
        ({"diversion_minutes": -1}, ["diversion_minutes must be 0 or more, got -1"]),
        ({"diversion_minutes": float("nan")}, ["diversion_minutes must be 0 or more, got nan"]),
        ({"next": {"home": 0.5}}, ["shares must sum to 1, got 0.5", "let one of them be `rest`"]),
        ({"next": {"home": 0.9, "death": 0.2}}, ["shares must sum to 1, got 1.1"]),
        ({"next": {"home": "rest", "death": 1.2}}, ["a share is a number from 0 to 1, got 1.2", "mend death"]),
        ({"next": {"home": "rest", "death": 0.7, "care_home": 0.7}}, ["must not sum to more than 1, got 1.4"]),
        ({"next": {"home": "rest", "death": "rest"}}, ["only one share can be the rest"]),
        ({"next": {"home": "rest", "death": float("nan")}}, ["a share is a number from 0 to 1, got nan"]),
        (
            {"next": {"home": "rest", "deth": 0}},
            ["unknown next stage or destination, got 'deth'", "did you mean 'death'?"],
        ),
        (
            {"next": {"acute": 0.5, "home": "rest"}},
            ["a next stage must be listed after it, got 'acute'", "under another name"],
        ),
        ({"stay_if": {"hoem": 3}}, ["unknown next stage or destination, got 'hoem'"]),
    ],
)
def test_a_stage_that_cannot_be_is_refused(change, words):
    said = refusal({"per_admission": 1, "stages": {"acute": {**STAGE, **change}}})
    for word in ("stroke", "acute", *words):
        assert word in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"per_admission": -1}, ["per_admission must be a number, 0 or more, got -1"]),
        ({"per_admission": float("nan")}, ["per_admission must be a number, 0 or more, got nan"]),
        ({"per_admission": True}, ["got True"]),
        ({"per_admission": None}, ["per_admission must be a number"]),
        ({"stages": {}}, ["a group needs stages"]),
        ({"stages": 5}, ["a group needs stages, got 5"]),
        ({"is_index": "no"}, ["is_index is true or false, got 'no'"]),
        ({"priority": "high"}, ["priority must be a whole number"]),
        ({"prority": 1}, ["unknown setting of a group, got 'prority'", "did you mean 'priority'?"]),
        ({"first_contact": "soon"}, ["first_contact", "a number of days or a law"]),
        ({"stages": {"home": STAGE}}, ["a stage cannot have the name of a destination, got 'home'"]),
    ],
)
def test_a_group_that_cannot_be_is_refused(change, words):
    said = refusal({"per_admission": 1, "stages": {"acute": STAGE}, **change})
    for word in ("stroke", *words):
        assert word in said


def test_all_faults_of_all_stages_are_told_together():
    said = refusal(
        {"per_admission": 1, "stages": {"a": {**STAGE, "stay": -1, "beds": 3}, "b": {**STAGE, "next": {"home": 2}}}}
    )
    for word in ("stage a", "stage b", "got -1", "counted, unlimited", "a share is a number from 0 to 1, got 2"):
        assert word in said
