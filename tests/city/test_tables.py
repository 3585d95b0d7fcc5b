"""Tables: validated on reading, replaceable by a user's own."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from kortrijk_sim.city.facts import Fact, Parameter
from kortrijk_sim.city.geography import SectorRow, load_geography
from kortrijk_sim.city.tables import MAX_TABLE_BYTES, Tables
from kortrijk_sim.errors import InputError

HEADER = "name,section,kind,subject,value,unit,year,reference_year,source"
GOOD = "a_fact,2.1,state,homes,12,dwellings,2024,,City of Kortrijk"


def reading(folder, text: str, row=Fact, table: str = "facts_note"):
    (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return Tables(folder).rows(table, row)


def complaint(folder, text: str) -> str:
    with pytest.raises(InputError) as caught:
        reading(folder, text)
    message = str(caught.value)
    assert "facts_note.csv" in message
    assert "\n" not in message
    return message


def test_a_users_folder_replaces_a_table_and_leaves_the_others(tmp_path):
    facts = reading(tmp_path, f"{HEADER}\n{GOOD}\n")
    assert [(fact.name, fact.value, fact.reference_year) for fact in facts] == [("a_fact", 12, None)]
    assert len(Tables(tmp_path).rows("sectors", SectorRow)) == 113


def test_a_users_figures_reach_the_map(tmp_path):
    text = Tables().text("sectors").replace(",1248,2802,", ",1300,2900,")
    (tmp_path / "sectors.csv").write_text(text, encoding="utf-8")
    assert load_geography(Tables(tmp_path)).sectors[0].population == 2900


def test_a_users_table_changes_the_digest(tmp_path):
    reading(tmp_path, f"{HEADER}\n{GOOD}\n")
    assert Tables(tmp_path).digest() != Tables().digest()
    assert Tables().digest() == Tables().digest()


def test_a_table_may_come_from_a_spreadsheet_with_byte_order_mark_and_other_line_ends(tmp_path):
    (tmp_path / "facts_note.csv").write_bytes(f"\ufeff{HEADER}\r\n{GOOD}\r\n".encode())
    assert Tables(tmp_path).rows("facts_note", Fact)[0].name == "a_fact"


def test_a_wrong_value_is_named_with_file_line_and_column(tmp_path):
    message = complaint(tmp_path, f"{HEADER}\n{GOOD}\nother,2.1,state,homes,many,dwellings,2024,,Statbel\n")
    assert "line 3, column 'value'" in message
    assert "'many'" in message


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    quoted = GOOD.replace("homes", '"homes\nand flats"')
    message = complaint(tmp_path, f"{HEADER}\n\n{quoted}\n\nx,1,state,s,many,u,2024,,Statbel\n")
    assert "line 6, column 'value'" in message


def test_a_wrong_kind_is_answered_with_the_valid_ones(tmp_path):
    message = complaint(tmp_path, f"{HEADER}\n{GOOD.replace('state', 'wish')}\n")
    assert "column 'kind'" in message
    assert "'state', 'projection', 'target' or 'action'" in message


@pytest.mark.parametrize("value", ["nan", "inf", "", "1e999"])
def test_a_value_that_is_no_number_is_refused(tmp_path, value):
    assert "line 2, column 'value'" in complaint(tmp_path, f"{HEADER}\n{GOOD.replace(',12,', f',{value},')}\n")


def test_an_unknown_column_gets_the_nearest_name(tmp_path):
    message = complaint(tmp_path, f"{HEADER.replace('subject', 'subjekt')}\n{GOOD}\n")
    assert "unknown column 'subjekt'; did you mean 'subject'?" in message


def test_a_missing_column_is_named(tmp_path):
    message = complaint(tmp_path, "name,section,kind,subject,value,unit,year,source\n")
    assert "column 'reference_year' is missing" in message


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{HEADER},name\n", "column 'name' stands twice"),
        (f"{HEADER}\n{GOOD},extra\n", "line 2: more cells than the 9 columns"),
        (f'{HEADER}\n{GOOD}\n"open', "line 3"),
        ("", "is missing"),
    ],
)
def test_a_malformed_table_is_refused(tmp_path, text, what):
    assert what in complaint(tmp_path, text)


def test_a_table_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "facts_note.csv").write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(InputError, match=r"facts_note\.csv: not UTF-8 text"):
        Tables(tmp_path).rows("facts_note", Fact)


def test_a_huge_table_is_not_read(tmp_path):
    with (tmp_path / "facts_note.csv").open("wb") as file:
        file.truncate(MAX_TABLE_BYTES + 1)
    with pytest.raises(InputError, match="larger than 20 MB"):
        Tables(tmp_path).text("facts_note")


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        Tables(tmp_path / "nowhere")


def test_a_file_that_replaces_nothing_gets_the_nearest_name(tmp_path):
    (tmp_path / "sektors.csv").write_text("code\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"sektors\.csv: no table has this name; did you mean 'sectors'\?"):
        Tables(tmp_path)


PARAMETERS = "name,unit,value,low,high,class,source,note"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            "rate,share,0.5,0.4,0.6,guessed,Statbel,",
            "column 'class': Input should be 'observed', 'calibrated' or 'assumed'",
        ),
        ("rate,share,0.9,0.4,0.6,assumed,Statbel,", "line 2: rate: value 0.9 is not within 0.4 to 0.6"),
        ("rate,share,0.5,0.5,0.5,assumed,Statbel,", "line 2: rate: an assumed value needs a range"),
        ("Rate,share,0.5,0.4,0.6,assumed,Statbel,", "column 'name'"),
        ("rate,share,0.5,0.4,0.6,assumed,,", "column 'source'"),
    ],
)
def test_a_parameter_needs_a_class_a_range_and_a_source(tmp_path, line, what):
    with pytest.raises(InputError) as caught:
        reading(tmp_path, f"{PARAMETERS}\n{line}\n", Parameter)
    assert what in str(caught.value)


def test_a_frame_has_the_models_fields_as_columns(tmp_path):
    class Line(BaseModel):
        name: str
        kind: Literal["a", "b"] = Field(alias="class")

    (tmp_path / "facts_note.csv").write_text("name,class\nx,a\n", encoding="utf-8")
    frame = Tables(tmp_path).frame("facts_note", Line)
    assert frame.to_dict("records") == [{"name": "x", "kind": "a"}]
    (tmp_path / "facts_note.csv").write_text("name,class\n", encoding="utf-8")
    assert list(Tables(tmp_path).frame("facts_note", Line).columns) == ["name", "kind"]
