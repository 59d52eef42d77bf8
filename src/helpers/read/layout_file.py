"""`layout.toml`: what each of its fields may hold, and the layout that it describes."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from helpers.read.folders import LAYOUT_FILE, data_folder, plan_folder_name
from helpers.terms import Refusal
from helpers.terms.contract import Name, NameOrNone, Shape, Text, held
from helpers.terms.files import content
from helpers.terms.layout import (
    EFFECTS,
    GRADES,
    HOLDS,
    HOLDS_WHOLE,
    IN_CELLS,
    LINKED_PLANS,
    OF_WHOLE_DOCUMENTS,
    STATED,
    TABLES,
    Column,
    Layout,
    Lists,
    TableLayout,
)
from helpers.terms.money import UNITS_IN_YEN

MOST_COLUMNS = 40
SUMMARY = "summary.toml"
ONCE = {"kind", "amount", "expected", "actual"}

_MAY_HOLD = {of: {**HOLDS.get(of, {}), **HOLDS_WHOLE[of]} for of in TABLES}


class _Column(Shape):
    heading: NameOrNone
    holds: Literal[tuple(dict.fromkeys(one for of in _MAY_HOLD.values() for one in of))]
    grade: NameOrNone = ""
    in_parentheses: Literal["expected"] | None = None


def _held_twice(columns: list[_Column]) -> str:
    """What two columns of a table hold that only one can: a grade, a kind of amount; empty where none does."""
    held = [kind for column in columns for kind in column.holds.split("_and_") if kind in ONCE]
    held += [column.grade for column in columns if column.grade]
    return "、".join(one for one, times in Counter(held).items() if times > 1)


class _Table(Shape):
    of: Literal[tuple(TABLES)]
    unit: Literal[(*UNITS_IN_YEN, IN_CELLS, STATED)] | None = None
    unit_is_typed: bool = False
    under: NameOrNone = ""
    is_turned: bool = False
    columns: Annotated[list[_Column], Field(min_length=2, max_length=MOST_COLUMNS)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for column in self.columns:
            if column.holds not in _MAY_HOLD[self.of]:
                raise ValueError(
                    f"「{column.holds}」は {self.of} の表の欄になりません（{'、'.join(_MAY_HOLD[self.of])}）"
                )
            if bool(column.grade) != (column.holds == "grade"):
                raise ValueError(f"欄「{column.heading}」の grade は、holds が grade のときだけ書いてください")
            if column.in_parentheses and column.holds != "amount":
                raise ValueError(
                    f"欄「{column.heading}」の in_parentheses は、holds が amount のときだけ書いてください"
                )
        names = "family" if self.of == LINKED_PLANS else "policy"
        if [column.holds for column in self.columns].count(names) != 1:
            raise ValueError(f'holds = "{names}" の欄が一つではありません')
        if twice := _held_twice(self.columns):
            raise ValueError(f"{twice} の欄が二つあります。読まない方の holds を ignored にしてください")
        if (self.of == EFFECTS) != (self.unit is not None):
            raise ValueError("unit は effects の表に、そしてそこだけに書いてください")
        return self


def _of_whole_documents(table: _Table) -> Iterator[str]:
    """What only documents with a title may have."""
    if table.of == LINKED_PLANS:
        yield f"{LINKED_PLANS} の表"
    if table.unit == STATED:
        yield f'unit = "{STATED}"'
    for column in table.columns:
        if column.holds not in HOLDS.get(table.of, {column.holds}):
            yield f"{column.holds} の欄"
        if column.in_parentheses:
            yield "in_parentheses"


def _check_is_of_whole(table: _Table) -> None:
    holds = [column.holds for column in table.columns]
    needed, allowed = OF_WHOLE_DOCUMENTS[table.of]
    if table.is_turned or table.under or table.unit_is_typed or table.unit == IN_CELLS:
        raise ValueError('title のある資料の表に is_turned・under・unit_is_typed と、unit = "cells" は書けません')
    if "each_grade" in holds and "grade" in holds:
        raise ValueError(f"{table.of} の表の columns には、each_grade か grade の、どちらかだけを書いてください")
    if not {*needed} <= {*holds} <= {*needed} | allowed or holds[0] != needed[0]:
        others = "、".join([*needed[1:], *(f"{one}（あれば）" for one in sorted(allowed))])
        raise ValueError(
            f"title のある資料の {table.of} の表の columns は、左端が {needed[0]}、ほかは {others} にしてください"
        )


def _each_kind_once(tables: list[_Table]) -> list[_Table]:
    if len({table.of for table in tables}) < len(tables):
        raise ValueError("同じ種類（of）の表が二つあります。一つにしてください")
    return tables


_Words = Annotated[list[Name], Field(min_length=1, max_length=10)]


class _Lists(Shape):
    heading: Name
    exceeded: _Words
    behind: _Words
    effect: _Words


class _LayoutFile(Shape):
    names: Annotated[list[Name], Field(max_length=10)]
    title: NameOrNone = ""
    tables: Annotated[list[_Table], Field(min_length=1, max_length=len(TABLES)), AfterValidator(_each_kind_once)]
    lists: _Lists | None = None
    sources: dict[Text, Text]

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        """A document with a title is read whole, and its tables are those that this reader understands; one without, its tables alone."""
        if not self.title and (asked := [name for table in self.tables for name in _of_whole_documents(table)]):
            raise ValueError(f"{'と'.join(dict.fromkeys(asked))}は、title（表題にある言葉）のある資料だけに書けます")
        if self.title and (self.lists is None or not {GRADES, EFFECTS} <= {table.of for table in self.tables}):
            raise ValueError(f"title のある資料には、{GRADES} と {EFFECTS} の表と [lists] が要ります")
        for table in self.tables if self.title else []:
            _check_is_of_whole(table)
        return self


def layout(plan_id: str, data_dir: str | Path = "") -> Layout:
    """The layout of a plan's documents; where it has no file, that of the summary (取組結果の概要) which `gyokaku draft` writes.

    Raises:
        Refusal: The file is not what it should be; all faults at once, each with line and field.
    """
    path = data_folder(data_dir) / plan_folder_name(plan_id) / LAYOUT_FILE
    if not path.exists() and not path.is_symlink():
        return summary_layout()
    try:
        return _layout(content(path), place=str(path))
    except OSError:
        raise Refusal(f"{path}: 読めません。ファイルの種類と権限を確かめてください。") from None


@cache
def summary_layout() -> Layout:
    """The layout of the summary (取組結果の概要): of no one city, its grades those of the plan."""
    return _layout(files("helpers.read").joinpath(SUMMARY).read_bytes(), place=SUMMARY)


def _layout(content: bytes, *, place: str) -> Layout:
    said = held(content, _LayoutFile, place=place, also=_without_source)
    tables = tuple(
        TableLayout(
            table.of,
            tuple(Column(one.heading, one.holds, one.grade, one.in_parentheses or "") for one in table.columns),
            table.unit or "",
            table.unit_is_typed,
            table.under,
            table.is_turned,
        )
        for table in said.tables
    )
    lists = said.lists and Lists(
        said.lists.heading,
        {"effect": (*said.lists.effect,), "behind": (*said.lists.behind,), "exceeded": (*said.lists.exceeded,)},
    )
    return Layout(tuple(said.names), tables, said.sources, said.title, lists)


def _without_source(said: dict) -> Iterator[tuple[tuple, str]]:
    sources = said.get("sources")
    for name in (name for name in ("names", "title", "tables", "lists") if name in said or name in {"names", "tables"}):
        if not isinstance(sources, dict) or name not in sources:
            yield ("sources",), f"{name} の出典がありません。何で分かったかを1行加えてください"
