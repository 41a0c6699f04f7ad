"""Building a service from sentences and parameters: every number keeps its source, and every fault is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.service.build import read_parameters, set_parameters
from sim.service.distribution import Distribution
from sim.service.fault import InputError
from sim.study.load import load_service
from tests.two_towns import WARD, built, stroke

HEADER = "name,value,law,mean,sd,median,lower,upper,unit,source,confidence,basis,note\n"


def refusal(**given) -> str:
    with pytest.raises(InputError) as raised:
        built(**given)
    return str(raised.value)


def stage(**change) -> dict:
    """One group of one stage, with some settings changed."""
    return {"all": {**WARD, "stages": {"ward": {**WARD["stages"]["ward"], **change}}}}


def test_every_number_used_keeps_its_unit_and_source():
    parameters = stroke().parameters
    assert len({p.name for p in parameters}) == len(parameters) > 20
    for parameter in parameters:
        assert parameter.unit, parameter.name
        assert parameter.source, parameter.name
        assert parameter.confidence in ("high", "medium", "low"), parameter.name


def test_only_the_numbers_used_are_listed():
    assert [p.name for p in built(groups=stage(stay="stay_hyperacute")).parameters] == ["stay_hyperacute"]


def test_one_group_takes_what_the_other_index_groups_leave():
    service = stroke(thrombectomy_share=0.1)
    share = {group.name: group.per_admission for group in service.groups}
    assert share["thrombectomy"] == 0.1
    # Of those transferred 9.3 % are not treated: 0.1025 for each one who is.
    assert share["thrombectomy_not_proceeding"] == pytest.approx(0.01025)
    assert share["stroke"] == pytest.approx(1 - 0.1 - 0.01025)
    assert sum(group.per_admission for group in service.groups if group.is_index) == pytest.approx(1)


def test_a_list_of_parameters_is_their_product():
    table = read_parameters("stroke")
    service = built(groups=stage(next={"death": ["share_death", "share_care_home", 0.5], "home": "rest"}))
    expected = table["share_death"].value * table["share_care_home"].value * 0.5
    assert service.groups[0].stages[0].next["death"] == pytest.approx(expected)


def test_a_number_set_by_the_user_has_the_user_as_its_source():
    made = stroke(parameters={"mimic_ratio": 0.3, "stay_hyperacute": {"mean": 5, "sd": 4}, "share_death": None})
    by_name = {p.name: p for p in made.parameters}
    assert (by_name["mimic_ratio"].value, by_name["mimic_ratio"].source) == (0.3, "set by the user")
    assert by_name["stay_hyperacute"].value == Distribution("lognormal", mean=5, sd=4)
    assert by_name["share_death"] == next(p for p in stroke().parameters if p.name == "share_death")
    assert next(g for g in made.groups if g.name == "mimic").per_admission == 0.3


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"mimc_ratio": 0.3}, ["unknown parameter 'mimc_ratio'; did you mean 'mimic_ratio'?"]),
        ({"mimic_ratio": "many"}, ["parameter mimic_ratio: a number is needed, got 'many'"]),
        ({"mimic_ratio": float("nan")}, ["parameter mimic_ratio: a number is needed, got nan"]),
        ({"mimic_ratio": True}, ["a number is needed, got True"]),
        ({"stay_hyperacute": "long"}, ["parameter stay_hyperacute: a distribution is a number of days or a law"]),
        ({"stay_hyperacute": {"mean": 5}}, ["parameter stay_hyperacute: lognormal: sd must be above 0"]),
        ({"mimic_ratio": "many", "share_death": "few"}, ["2 faults", "mimic_ratio", "share_death"]),
    ],
)
def test_a_parameter_set_wrongly_is_refused_by_name(value, words):
    with pytest.raises(InputError) as raised:
        set_parameters(read_parameters("stroke"), value)
    for word in words:
        assert word in str(raised.value)


def test_a_table_of_parameters_of_ones_own_is_read_by_its_path(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "ratio,0.25,,,,,,,share,own,low,assumption,\nstay,,gamma,4,2,,,,days,own,high,seen,\n")
    table = read_parameters(str(path))
    assert table["ratio"].value == 0.25
    assert table["ratio"].is_guess
    assert table["stay"].value == Distribution("gamma", mean=4, sd=2)
    assert not table["stay"].is_guess


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER.replace("value,", ""), ["own.csv: column 'value' is missing"]),
        ("", ["own.csv: the file is empty"]),
        ("nothing\n", ["own.csv row 1: the first row names no column that is known"]),
        (HEADER + "ratio,many,,,,,,,share,own,low,seen,\n", ["own.csv row 2 column value", "'many'"]),
        (HEADER + "ratio,nan,,,,,,,share,own,low,seen,\n", ["own.csv row 2 column value", "must be a number, got 'nan'"]),
        (HEADER + "ratio,1,,,,,,,share,,low,seen,\n", ["own.csv row 2 column source", "must not be blank"]),
        (HEADER + "ratio,1\n", ["own.csv row 2", "a row must have 13 cells", "got 2"]),
        (HEADER + "stay,,gama,4,2,,,,days,own,low,seen,\n", ["own.csv row 2", "unknown law, got 'gama'"]),
        (HEADER + "a,x,,,,,,,share,own,low,seen,\nb,y,,,,,,,share,own,low,seen,\n", ["2 faults", "row 2", "row 3"]),
    ],
)
def test_a_faulty_table_of_parameters_is_refused_by_row(tmp_path, text, words):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_parameters(str(path))
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize("name", ["strok", "/nowhere/own.csv", 5, None])
def test_a_table_that_is_not_there_is_refused_with_those_that_are(name):
    with pytest.raises(InputError, match=r"no such table of parameters, got .*shipped: .*stroke"):
        read_parameters(name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": 1}, ["unknown setting, got 'colour'", "known: name, table"]),
        ({"access_kind": None}, ["access_kind is missing"]),
        ({"access_kind": "hyperactue"}, ["access_kind is none of", "'hyperactue'", "did you mean 'hyperacute'?"]),
        ({"threshold_minutes": 30}, ["threshold_minutes is a list of minutes, 0 or more, got 30"]),
        ({"threshold_minutes": []}, ["threshold_minutes is a list of minutes"]),
        ({"threshold_minutes": [30, "x"]}, ["threshold_minutes is a list of minutes"]),
        ({"blocked_first": "maybe"}, ["blocked_first is true or false, got 'maybe'"]),
        ({"groups": 5}, ["settings are needed, as key: value, got 5"]),
        ({"groups": {"all": 5}}, ["group all: settings are needed, as key: value, got 5"]),
        ({"groups": {"all": {**WARD, "stages": {"ward": 5}}}}, ["group all stage ward: settings are needed"]),
        ({"groups": stage(next="home")}, ["group all stage ward next: settings are needed, as key: value, got 'home'"]),
        (
            {"groups": stage(stay="stay_hyperactue")},
            ["unknown parameter 'stay_hyperactue'; did you mean 'stay_hyperacute'?"],
        ),
        ({"groups": stage(stay=["share_death", "stay_hyperacute"])}, ["a product is a list of numbers"]),
        ({"groups": {"all": {**WARD, "per_admission": []}}}, ["a product is a list of numbers"]),
        (
            {"groups": {"all": {**WARD, "per_admission": "rest"}, "one": {**WARD, "per_admission": "rest"}}},
            ["only one group", "rest"],
        ),
        (
            {"groups": {"all": {**WARD, "per_admission": "rest"}, "one": {**WARD, "per_admission": 2}}},
            ["more than one patient"],
        ),
        ({"standards": 5}, ["settings are needed"]),
        ({"standards": {"s": {"kind": "acute", "minimum": 1, "source": "x"}}}, ["standard s: counts is missing"]),
        (
            {"standards": {"s": {"kind": "acute", "counts": "index", "minimum": "x", "source": "x"}}},
            ["minimum must be a number, 0 or more"],
        ),
        (
            {"standards": {"s": {"kind": "acte", "counts": "index", "minimum": 1, "source": "x"}}},
            ["standard s kind", "did you mean 'acute'?"],
        ),
        (
            {"standards": {"s": {"kind": "acute", "counts": "inex", "minimum": 1, "source": "x"}}},
            ["standard s counts", "'index'"],
        ),
        (
            {"standards": {"s": {"kind": "acute", "counts": "index", "minimum": 1, "source": "x", "colour": 1}}},
            ["unknown setting, got 'colour'"],
        ),
        ({"treated": {"counts": "thrombectomy"}}, ["treated counts is none of index, got 'thrombectomy'"]),
        ({"treated": {"eligible_share": 2}}, ["treated eligible_share must be a number, from 0 to 1, got 2"]),
        ({"treated": {"counted": 1}}, ["unknown setting, got 'counted'", "did you mean 'counts'?"]),
        ({"cost": {"admission": 1}}, ["cost: transfer is missing"]),
        ({"cost": {"admission": 1, "transfer": 1}}, ["built from staff and pay, and the service has no staff", "share_fixed"]),
        ({"cost": {"admission": 1, "transfer": 1, "share_fixed": 0.2}}, ["share_fixed is stated alone", "share_semi_fixed"]),
        (
            {"cost": {"admission": 1, "transfer": 1, "share_fixed": 0.2, "share_semi_fixed": 0.2, "per_bed_day": 5}},
            ["either built or stated", "per_bed_day", "leave out the one or the other"],
        ),
        ({"cost": {"admission": 1, "transfer": 1, "equipment": {"acte": 1}}}, ["cost equipment", "did you mean 'acute'?"]),
        (
            {
                "cost": {"admission": 1, "transfer": 1},
                "staff": {"share_moving": 0, "groups": {"nurses": {"per_bed": {"acute": 1}}}},
            },
            ["staff group nurses has no pay", "GBP a year for a whole-time equivalent"],
        ),
        (
            {"cost": {"admission": -1, "transfer": 1, "share_fixed": 0.2, "share_semi_fixed": 0.2}},
            ["cost admission must be a number, 0 or more"],
        ),
        ({"table": "strok"}, ["no such table of parameters, got 'strok'"]),
    ],
)
def test_a_service_that_cannot_be_built_is_refused(change, words):
    said = refusal(**change)
    for word in words:
        assert word in said


def test_faults_of_many_parts_are_told_together():
    said = refusal(groups=stage(stay="nothing"), threshold_minutes=5, blocked_first=3)
    assert "3 faults" in said


def test_the_shipped_table_of_parameters_is_read_wherever_one_stands():
    assert not Path("stroke.csv").exists()
    assert "stay_hyperacute" in read_parameters("stroke")


def test_factors_multiply_numbers_and_the_durations_of_laws():
    plain, more = stroke(), stroke(factors={"stay_hyperacute": 1.5, "share_death": 0.5})
    stage, twin = (next(g for g in s.groups if g.name == "stroke").stage("hyperacute") for s in (plain, more))
    assert twin.stay.expectation == pytest.approx(1.5 * stage.stay.expectation)
    assert twin.stay.quantile(0.9) == pytest.approx(1.5 * stage.stay.quantile(0.9))
    assert twin.next["death"] == pytest.approx(0.5 * stage.next["death"])
    used = {each.name: each for each in more.parameters}
    assert used["share_death"].source.startswith("0.5 times: SAMueL")
    with pytest.raises(InputError, match="did you mean 'stay_hyperacute'"):
        stroke(factors={"stay_hyperacut": 1.1})
    with pytest.raises(InputError, match="must be a number, 0 or more"):
        stroke(factors={"stay_hyperacute": -1})


def test_beds_may_be_sized_with_other_numbers_than_the_service_has():
    beds = {"rule": "delay", "delay": 0.05, "sized_with": {"factors": {"stay_rehabilitation": 1.0}}}
    plain, longer = (load_service(region="england_220", factors=given) for given in ({}, {"stay_rehabilitation": 2.0}))
    stands = load_service(region="england_220", factors={"stay_rehabilitation": 2.0}, beds=beds)
    assert (stands.beds() == plain.beds()).all()
    assert (longer.beds() > stands.beds())[stands.gives("rehabilitation")].mean() > 0.9


def test_intervals_of_a_table_of_parameters_are_kept():
    used = {each.name: each for each in stroke().parameters}
    assert (used["stay_hyperacute"].low, used["stay_hyperacute"].high) == (4.04, 4.16)
    assert "sampling error" in used["stay_hyperacute"].interval
