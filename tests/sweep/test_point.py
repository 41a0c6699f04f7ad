import hypothesis.strategies as st
from hypothesis import given

from sim.sweep.point import Keys, bare, canonical, digest, with_values

CONFIG = {
    "run": {"seed": 1, "workers": 0, "years": 1},
    "service": {"share": 0.1, "groups": {"b": 1, "a": [1, 2]}},
    "results": "x",
}
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.lists(st.text()))


@given(values, values)
def test_a_key_made_by_gaps_is_the_hash_of_the_whole_config(share, seed):
    axes = ["service.share", "run.seed"]
    made = with_values(CONFIG, axes, [share, seed])
    assert Keys(CONFIG, axes, ["rest"]).key([share, seed]) == digest(canonical([bare(made), ["rest"]]))


def test_a_key_does_not_depend_on_how_a_value_came_into_the_config():
    by_axis = Keys(CONFIG, ["run.seed"], 0).key([7])
    assert by_axis == Keys(with_values(CONFIG, ["run.seed"], [7]), [], 0).key([])


def test_what_changes_no_number_is_in_no_key():
    other = CONFIG | {"results": "elsewhere", "figures": True, "report": True, "run": CONFIG["run"] | {"workers": 8}}
    assert Keys(other, [], 0).key([]) == Keys(CONFIG, [], 0).key([])
    swept = Keys(CONFIG, ["run.workers", "run.seed"], 0)
    assert swept.key([1, 5]) == swept.key([2, 5]) != swept.key([2, 6])


def test_the_order_of_a_pathway_is_in_the_key():
    turned = CONFIG | {"service": CONFIG["service"] | {"groups": {"a": [1, 2], "b": 1}}}
    assert Keys(turned, [], 0).key([]) != Keys(CONFIG, [], 0).key([])


def test_code_and_data_are_in_the_key():
    assert Keys(CONFIG, [], ["code 1"]).key([]) != Keys(CONFIG, [], ["code 2"]).key([])


def test_an_item_of_a_list_is_set_by_its_place():
    assert with_values(CONFIG, ["service.groups.a.1"], [9])["service"]["groups"]["a"] == [1, 9]
