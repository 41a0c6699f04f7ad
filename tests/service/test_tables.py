"""Tables: everything wrong with a file is said at once, with file, row, column, value, rule and cure."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.service.tables import NOTE, TEXT, Column, read_matrix, read_table

COLUMNS = {
    "id": Column(is_unique=True),
    "site": Column(known=["Ashford", "Dover"], known_from="sites.csv"),
    "beds": Column(int, blank=np.nan, least=0),
    "share": Column(float, least=0, most=1),
    "open": Column(bool, is_required=False),
    "note": NOTE,
}


@pytest.fixture
def write(tmp_path):
    def write(*lines, name="units.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


def test_cells_become_arrays_of_the_type_the_column_says(write):
    table = read_table(write("id,site,beds,share,open,note", "a,Ashford,12,0.5,1,", 'b,Dover,,1,0,"first, second"'), COLUMNS)
    assert table["id"].tolist() == ["a", "b"]
    np.testing.assert_array_equal(table["beds"], [12, np.nan])
    assert table["open"].tolist() == [True, False]
    assert table["note"].tolist() == ["", "first, second"]


def test_a_byte_order_mark_and_blank_rows_are_tolerated(write):
    path = write("id,site,beds,share,note", "", "a,Ashford,12,0.5,x", ",,,,", encoding="utf-8-sig")
    assert read_table(path, COLUMNS)["id"].tolist() == ["a"]


def test_a_column_that_is_not_required_may_be_absent(write):
    assert "open" not in read_table(write("id,site,beds,share,note", "a,Ashford,12,0.5,x"), COLUMNS)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,Ashford,-3,0.5,x", ["row 2", "column beds", "whole number, 0 or more", "'-3'"]),
        ("a,Ashford,many,0.5,x", ["row 2", "column beds", "'many'"]),
        ("a,Ashford,2.5,0.5,x", ["whole number", "'2.5'"]),
        ("a,Ashford,2,nan,x", ["column share", "a number, 0 to 1", "'nan'"]),
        ("a,Ashford,2,inf,x", ["column share", "'inf'"]),
        ("a,Ashford,2,,x", ["column share", "must not be blank"]),
        ("a,Dovver,2,0.5,x", ["column site", "must be in sites.csv", "'Dovver'", "did you mean 'Dover'?"]),
        ("a,Ashford,2,0.5", ["row 2", "5 cells", "got 4"]),
    ],
)
def test_a_bad_cell_is_named_with_row_column_value_and_rule(write, row, words):
    with pytest.raises(InputError) as raised:
        read_table(write("id,site,beds,share,note", row), COLUMNS)
    message = str(raised.value)
    assert message.startswith("units.csv")
    for word in words:
        assert word in message


def test_all_faults_of_a_table_are_raised_together(write):
    with pytest.raises(InputError) as raised:
        read_table(write("id,site,beds,share,note", "a,Ashford,-1,2,x", "a,Calais,x,0.5,x"), COLUMNS)
    lines = str(raised.value).splitlines()
    assert lines[0] == "5 faults"
    assert len(lines) == 6
    assert any("row 3 column id" in line and "row 2 has it too" in line for line in lines)


def test_a_row_is_counted_as_an_editor_shows_it(write):
    path = write("id,site,beds,share,note", 'a,Ashford,1,0.5,"two', 'lines"', "", "b,Ashford,-1,0.5,x")
    with pytest.raises(InputError, match="row 5 column beds"):
        read_table(path, COLUMNS)


def test_a_missing_column_is_named_with_what_may_have_been_meant(write):
    with pytest.raises(InputError, match=r"column 'beds' is missing.*did you mean 'bed'\?"):
        read_table(write("id,site,bed,share,note", "a,Ashford,1,0.5,x"), COLUMNS)


def test_extra_columns_are_refused_unless_asked_for(write):
    path = write("id,colour", "a,red")
    with pytest.raises(InputError, match="column 'colour' is not known"):
        read_table(path, {"id": TEXT})
    assert read_table(path, {"id": TEXT}, allow_extra=True)["colour"].tolist() == ["red"]


def test_a_column_given_twice_is_refused(write):
    with pytest.raises(InputError, match="column 'id' is given 2 times"):
        read_table(write("id,id", "a,b"), {"id": TEXT})


def test_a_file_that_is_not_there_or_not_text_is_one_message(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_table(tmp_path / "areas.csv", COLUMNS)
    (tmp_path / "areas.csv").write_bytes(b"id\n\xff\xfe\n")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_table(tmp_path / "areas.csv", COLUMNS)


def test_a_matrix_is_joined_on_names_and_not_on_order(write):
    matrix = read_matrix(write("area,Dover,Ashford", "b,15,50", "a,40,10"), ["a", "b"], ["Ashford", "Dover"])
    assert matrix.minutes.tolist() == [[10, 40], [50, 15]]
    assert not matrix.is_absent.any()
    assert not matrix.fault


def test_bad_minutes_are_counted_and_named_by_pair(write):
    path = write("area,Ashford,Dover", "a,-1,-2", "b,nan,far", "c,inf,3")
    said = [str(fault) for fault in read_matrix(path, ["a", "b", "c"], ["Ashford", "Dover"]).fault]
    assert any("travel_minutes is negative for 2 pairs: (a, Ashford), (a, Dover)" in line for line in said)
    assert any("travel_minutes is NaN for 1 pair: (b, Ashford)" in line for line in said)
    assert any("travel_minutes is not a number for 1 pair: (b, Dover)" in line for line in said)
    assert any("travel_minutes is infinite for 1 pair: (c, Ashford)" in line for line in said)


def test_blank_cells_and_places_left_out_are_absent_but_unreachable_is_known(write):
    matrix = read_matrix(write("area,Ashford", "a,", "b,unreachable"), ["a", "b", "c"], ["Ashford", "Dover"])
    assert matrix.is_absent.tolist() == [[True, True], [False, True], [True, True]]
    assert np.isnan(matrix.minutes).all()
    assert not matrix.fault


def test_places_of_a_matrix_given_twice_or_not_known_are_faults(write):
    path = write("area,Ashford,Asford", "a,1,2", "a,3,4", "z,5,6")
    said = " ".join(str(fault) for fault in read_matrix(path, ["a"], ["Ashford"]).fault)
    assert "row 'a' is given 2 times" in said
    assert "row 'z' is not a known place" in said
    assert "column 'Asford' is not a known place; did you mean 'Ashford'?" in said
