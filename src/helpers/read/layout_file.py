"""`layout.toml`: what each of its fields may hold, and the layout that it describes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from helpers.read.folders import LAYOUT_FILE, data_folder, plan_folder_name
from helpers.terms import Refusal
from helpers.terms.contract import Name, NameOrNone, Shape, Text, held
from helpers.terms.files import content
from helpers.terms.layout import EFFECTS, GRADES, HOLDS, IN_CELLS, Column, Layout, TableLayout
from helpers.terms.money import UNITS_IN_YEN

MOST_COLUMNS = 40


class _Column(Shape):
    heading: NameOrNone
    holds: Literal[tuple(dict.fromkeys(one for of in HOLDS.values() for one in of))]
    grade: NameOrNone = ""


class _Table(Shape):
    of: Literal[GRADES, EFFECTS]
    unit: Literal[(*UNITS_IN_YEN, IN_CELLS)] | None = None
    unit_is_typed: bool = False
    under: NameOrNone = ""
    is_turned: bool = False
    columns: Annotated[list[_Column], Field(min_length=2, max_length=MOST_COLUMNS)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for column in self.columns:
            if column.holds not in HOLDS[self.of]:
                raise ValueError(f"「{column.holds}」は {self.of} の表の欄になりません（{'、'.join(HOLDS[self.of])}）")
            if bool(column.grade) != (column.holds == "grade"):
                raise ValueError(f"欄「{column.heading}」の grade は、holds が grade のときだけ書いてください")
        if [column.holds for column in self.columns].count("policy") != 1:
            raise ValueError('holds = "policy" の欄が一つではありません')
        if (self.of == EFFECTS) != (self.unit is not None):
            raise ValueError("unit は effects の表に、そしてそこだけに書いてください")
        return self


def _each_kind_once(tables: list[_Table]) -> list[_Table]:
    if len({table.of for table in tables}) < len(tables):
        raise ValueError("同じ種類（of）の表が二つあります。一つにしてください")
    return tables


class _LayoutFile(Shape):
    names: Annotated[list[Name], Field(max_length=10)]
    tables: Annotated[list[_Table], Field(min_length=1, max_length=2), AfterValidator(_each_kind_once)]
    sources: dict[Text, Text]


def layout(plan_id: str, data_dir: str | Path = "") -> Layout | None:
    """The layout of a plan's documents; None where it has none and its documents are read as summaries (取組結果の概要).

    Raises:
        Refusal: The file is not what it should be; all faults at once, each with line and field.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / LAYOUT_FILE
    if not path.exists():
        return None
    try:
        said = held(content(path), _LayoutFile, place=str(path), also=_without_source)
    except OSError:
        raise Refusal(f"{path}: 読めません。ファイルの種類と権限を確かめてください。") from None
    tables = tuple(
        TableLayout(
            table.of,
            tuple(Column(one.heading, one.holds, one.grade) for one in table.columns),
            table.unit or "",
            table.unit_is_typed,
            table.under,
            table.is_turned,
        )
        for table in said.tables
    )
    return Layout(tuple(said.names), tables, said.sources)


def _without_source(said: dict) -> Iterator[tuple[tuple, str]]:
    sources = said.get("sources")
    for name in ("names", "tables"):
        if not isinstance(sources, dict) or name not in sources:
            yield ("sources",), f"{name} の出典がありません。何で分かったかを1行加えてください"
