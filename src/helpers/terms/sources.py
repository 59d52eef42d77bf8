"""`SOURCES.toml`: what is said of each document that was received."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, RootModel

from helpers.terms.contract import Name, Shape, Text, held, matching, plain
from helpers.terms.money import MOST_YEN
from helpers.terms.places import LOCATOR
from helpers.terms.plan import FIRST_YEAR, LAST_YEAR
from helpers.terms.toml import Where, toml

SOURCE_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_FILE_LETTERS = 255  # the most that file systems hold


def _plain_file_name(name: str) -> str:
    if re.search(r'[\\/:*?"<>|]', name) or name in {".", ".."} or name != name.strip():
        raise ValueError("source/ の中のファイル名だけを書いてください")
    return name


class _Source(Shape):
    model_config = ConfigDict(extra="allow")  # people note more of a document than is asked for
    __pydantic_extra__: dict[Name, Text | bool | Annotated[int, Field(ge=-MOST_YEN, le=MOST_YEN)] | date]

    file: Annotated[
        str, Field(min_length=1, max_length=_FILE_LETTERS), AfterValidator(plain), AfterValidator(_plain_file_name)
    ] = ""
    title: Text = ""
    publisher: Name = ""
    published: Annotated[
        str, matching(r"[0-9]{4}-(0[1-9]|1[0-2])|not_stated", "2025-08 の形か not_stated を書いてください")
    ] = ""
    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "cp932", "binary"] = "utf-8"
    sha256: Annotated[str, matching(r"[0-9a-f]{64}", "資料のハッシュ（16進64桁）を書いてください")] = ""
    fiscal_year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = FIRST_YEAR
    year_basis: Literal["stated", "typed"] = "stated"
    unit_basis: Literal["stated", "typed"] = "stated"
    name_basis: Literal["stated", "typed"] = "stated"
    graded_against: Text = ""
    graded_against_at: Annotated[str, matching(LOCATOR, "資料の中の位置を L58 のように書いてください")] = "L1"
    licence: Text = ""
    superseded: bool = False
    form: bool = False
    received_as: Text = ""
    round: Annotated[int, Field(ge=0, le=10_000)] = 0


class _Sources(
    RootModel[dict[Annotated[str, matching(SOURCE_ID, "見出しは半角の英数字と「-」で書いてください")], _Source]]
):
    pass


def sources(
    content: bytes, *, path: Path, needed: Collection[str] = (), fiscal_year: int | None = None
) -> dict[str, dict]:
    """What `SOURCES.toml` says of each document, by its id.

    Args:
        content: Its bytes.
        path: Where it lies, for the sentences.
        needed: What must be said of each.
        fiscal_year: The year in whose folder it lies, where that is to be held.

    Raises:
        Refusal: It is no TOML, or says what cannot be; all faults at once, each with line and field.
    """

    def missing(said: dict) -> Iterator[tuple[Where, str]]:
        for source_id, about in said.items():
            if isinstance(about, dict):
                yield from (
                    ((source_id,), f"{one} がありません。1行加えてください") for one in needed if one not in about
                )
                said_year = about.get("fiscal_year")
                if fiscal_year and isinstance(said_year, int) and said_year != fiscal_year:
                    yield (source_id, "fiscal_year"), _other_year(said_year, fiscal_year)

    held(content, _Sources, place=str(path), also=missing)
    return toml(content, place=str(path))


def _other_year(said: int, fiscal_year: int) -> str:
    return (
        f"{said}年度とありますが、フォルダーは{fiscal_year}年度です。"
        "どちらかを直すか、資料を gyokaku intake で正しい年度に登録し直してください"
    )
