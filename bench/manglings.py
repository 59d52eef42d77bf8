"""Forms as departments send them back: each filled with answers that are known, then changed as offices change forms.

Departments, measures and answers are made up (架空). `bench/mangled.py` hands what is here to `gyokaku collect`, and compares.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter
import xlwt
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.worksheet import Worksheet

DEPARTMENTS = ("架空総務部", "架空市民部", "架空福祉部", "架空都市部", "架空上下水道局", "架空教育部")
THEMES = (
    "広場使用料の見直し",
    "広場使用料の見直し（第2期）",
    "公用車の更新計画の見直し",
    "窓口の予約制の導入",
    "印刷物のペーパーレス化",
    "未利用地の貸付け",
    "電力の調達方法の見直し",
    "広告収入の確保",
    "委託業務の集約",
    "施設の包括管理",
)
EXPECTED = ("36000", "1200", "36000", "1200", "36000", "1200", "2400", "対象外", "45000", "300")
GRADES = ("B", "B", "C", "B", "D", "B", "A", "B", "B", "B")
ACTUALS = (36500, 1150, 35000, 1300, 36100, 1250, 2600, "対象外", 0, 310)
WHY = {2: "調査段階", 4: "財源・人員"}
NEXTS = (37000, None, 36000, 1300, None, 1200, 2700, "対象外", 46000, None)
ITEMS = ("grade", "actual", "reason", "words", "expected_next")
LETTER = dict(
    zip(
        (
            *("number", "policy_id", "promotion_item", "measure", "department", "indicator", "target", "expected"),
            *("grade_before", "grade", "actual", "reason", "words", "expected_next"),
        ),
        "ABCDEFGHIJKLMN",
        strict=True,
    )
)
AT = {item: ord(letter) - ord("A") + 1 for item, letter in LETTER.items()}
HEAD, FIRST = 4, 5  # rows of the form, counted from 1
COUNT = len(THEMES)
LAST = FIRST + COUNT - 1
BIG, SMALL = (0, 2, 4), (1, 3, 5)  # measures whose expected amount is 36,000, and those with 1,200
OUT_OF_SCOPE = "not_applicable"


@dataclass(frozen=True)
class Meant:
    """What a cell means: the values that may be taken without a word, and those that may be if a doubt tells of them.

    None is no answer.
    """

    silent: tuple[str | None, ...]
    told: tuple[str | None, ...] = (None,)


def right(*values: str | None) -> Meant:
    """One meaning; not to take it and say so is no fault."""
    return Meant(values)


def ask(*values: str) -> Meant:
    """Whatever is taken, the department must be asked."""
    return Meant((), (None, *values))


@dataclass(frozen=True)
class Sent:
    """A file that comes in; `to` is the format into which another program is to convert it first."""

    name: str
    content: bytes
    to: str = ""


Answers = dict[tuple[str, str], Meant]


@dataclass
class Case:
    """What came in, in one or more rounds, and what it means; `by_file` where a doubt about the file tells enough."""

    kind: str
    what: str
    rounds: list[list[Sent]]
    meant: Answers
    touched: set[tuple[str, str]]
    by_file: bool = False

    @property
    def workbooks(self) -> int:
        """How many files came in."""
        return sum(len(one) for one in self.rounds)


@dataclass
class Kit:
    """The forms as sent out: of this collection, and of others."""

    forms: dict[str, bytes]
    others: dict[str, dict[str, bytes]]
    random: random.Random
    turn: int = 0
    measures: dict[str, list[str]] = field(default_factory=dict)

    def department(self) -> str:
        """The departments in turn."""
        self.turn += 1
        return DEPARTMENTS[self.turn % len(DEPARTMENTS)]


def measure(department: str, at: int) -> str:
    """The name of a measure."""
    return f"架空・{department.removeprefix('架空')}の{THEMES[at]}"


def measures_csv() -> str:
    """The list that the departments are asked about."""
    lines = ["番号,基本方針,推進項目,取組,部,指標,目標,効果見込額（千円）,前年度の評価"]
    for of, department in enumerate(DEPARTMENTS, 1):
        for at in range(COUNT):
            expected = EXPECTED[at]
            lines.append(
                f"{of}-{at + 1},{at % 5 + 1},架空項目,{measure(department, at)},{department},件数,{at + 1}件,{expected},B"
            )
    return "\n".join(lines) + "\n"


def words_of(department: str, at: int) -> str:
    """What the department writes about a measure."""
    return f"架空の説明。{department}の{at + 1}番目の取組を進めた。"


class Form:
    """A form that a department has filled in."""

    def __init__(self, content: bytes, department: str) -> None:
        self.department = department
        self.book = load_workbook(io.BytesIO(content))
        self.sheet = self.book["回答"]
        self.names = [measure(department, at) for at in range(COUNT)]
        self.meant: Answers = {}
        self.touched: set[tuple[str, str]] = set()
        for at in range(COUNT):
            self._fill(at)

    def _fill(self, at: int) -> None:
        values = {
            "grade": GRADES[at],
            "actual": ACTUALS[at],
            "reason": WHY.get(at),
            "words": words_of(self.department, at),
            "expected_next": NEXTS[at],
        }
        for item, value in values.items():
            self.cell(at, item).value = value
            said = OUT_OF_SCOPE if value == "対象外" else None if value is None else str(value)
            self.meant[self.names[at], item] = right(said)

    def cell(self, at: int, item: str) -> Cell:
        """The cell of a measure's item, as long as the table stands as it was sent."""
        return self.sheet[f"{LETTER[item]}{FIRST + at}"]

    def put(self, at: int, item: str, value: object, meant: Meant, look: str = "") -> "Form":
        """Another answer than the filled one."""
        cell = self.cell(at, item)
        cell.value = value
        if isinstance(value, str) and value.startswith("="):
            cell.data_type = "s" if look == "@" else "f"
        if look:
            cell.number_format = look
        return self.means(at, item, meant)

    def means(self, at: int, item: str, meant: Meant) -> "Form":
        """What an answer means after all."""
        self.meant[self.names[at], item] = meant
        self.touched.add((self.names[at], item))
        return self

    def all(self, change: Callable[[Meant], Meant] = lambda one: one, items: Iterable[str] = ITEMS) -> "Form":
        """Every answer of these items is touched, and means something else."""
        for at in range(COUNT):
            for item in items:
                self.means(at, item, change(self.meant[self.names[at], item]))
        return self

    def saved(self) -> bytes:
        """The workbook's bytes."""
        written = io.BytesIO()
        self.book.save(written)
        return written.getvalue()

    def case(self, kind: str, what: str, *, by_file: bool = False, name: str = "") -> Case:
        """This form alone came back."""
        sent = [Sent(name or f"{self.department}.xlsx", self.saved())]
        return Case(kind, what, [sent], self.meant, self.touched, by_file)


def doubtful(meant: Meant) -> Meant:
    """The same answers, of which the department must be asked."""
    return Meant(tuple(one for one in meant.silent if one is None), (*meant.silent, *meant.told))


def nothing(_: Meant) -> Meant:
    """No answer may be taken, and a word must say so."""
    return Meant((), (None,))


def either(_: Meant) -> Meant:
    """Whether the answer is taken or not, there is nothing to find fault with here."""
    return Meant((None,))


# Cells

AMOUNTS: dict[str, list[tuple[object, tuple[int, ...], Meant]]] = {
    "金額に単位を書く": [
        ("36,000千円", BIG, right("36000")),
        ("36000 千円", BIG, right("36000")),
        ("36百万円", BIG, right("36000")),
        ("36.0百万円", BIG, right("36000")),
        ("36.0百万", BIG, right("36000")),
        ("３６百万円", BIG, right("36000")),
        ("3.6千万円", BIG, right("36000")),
        ("3,600万円", BIG, right("36000")),
        ("3600万", BIG, ask("36000")),
        ("0.36億円", BIG, right("36000")),
        ("¥36,000,000", BIG, right("36000")),
        ("￥36,000,000-", BIG, right("36000")),
        ("36,000,000円", BIG, right("36000")),
        ("金36,000,000円也", BIG, right("36000")),
        ("36,000円", BIG, ask("36")),
        ("¥36,000", BIG, ask("36", "36000")),
        ("1億2,300万円", BIG, right("123000")),
        ("1億2千万円", BIG, right("120000")),
        ("1億円", BIG, right("100000")),
        ("5千万円", BIG, right("50000")),
        ("1.2万", SMALL, ask("12", "12000")),
        ("1,200千円/年", SMALL, ask("1200")),
        ("1200(千円)", SMALL, right("1200")),
        ("1.2百万円", SMALL, right("1200")),
        ("1百20万円", SMALL, ask("1200")),
        ("1,200,500円", SMALL, right("1200.5", "1200", "1201")),
        ("1,200K", SMALL, ask("1200")),
        ("1,200ｾﾝ円", SMALL, ask("1200")),
        ("㌢1200", SMALL, ask("1200")),
        ("1200㌦", SMALL, ask("1200")),
        ("36㍉", BIG, ask("36000", "36")),
        ("36百万円強", BIG, ask("36000")),
        ("36百万円（36,123千円）", BIG, ask("36000", "36123")),
    ],
    "数字の書き方": [
        ("３６０００", BIG, right("36000")),
        ("３６，０００", BIG, right("36000")),
        ("36，000", BIG, right("36000")),
        ("36、000", BIG, right("36000")),
        ("36､000", BIG, right("36000")),
        ("36 000", BIG, right("36000")),
        ("36\u00a0000", BIG, right("36000")),
        ("　36000　", BIG, right("36000")),
        ("36,000\n", BIG, right("36000")),
        ("36\n000", BIG, ask("36000")),
        ("36.000", BIG, ask("36000", "36")),
        ("36,00", BIG, ask("36", "36000", "3600")),
        ("3,6000", BIG, ask("36000")),
        ("36,000.", BIG, right("36000")),
        ("36,000。", BIG, right("36000")),
        ("36,000,", BIG, ask("36000")),
        ("'36000", BIG, right("36000")),
        ("36'000", BIG, ask("36000")),
        ("三万六千", BIG, right("36000")),
        ("三万六千千円", BIG, ask("36000")),
        ("三六〇〇〇", BIG, right("36000")),
        ("3万6千", BIG, right("36000")),
        ("参萬六千", BIG, right("36000")),
        ("3.6E+04", BIG, right("36000")),
        ("3.6×10^4", BIG, ask("36000")),
        ("+36000", BIG, right("36000")),
        ("＋1,200", SMALL, right("1200")),
        ("l200", SMALL, ask("1200")),
        ("12OO", SMALL, ask("1200")),
        ("1２0０", SMALL, right("1200")),
        ("①②⓪⓪", SMALL, ask("1200")),
        ("⑫", SMALL, ask("12")),
        ("1,200.00", SMALL, right("1200")),
        ("1.200,00", SMALL, ask("1200")),
        ("1,200.5", SMALL, right("1200.5", "1200", "1201")),
        ("1²00", SMALL, ask("1200", "100")),
        ("½", SMALL, ask()),
        ("٣٦٠٠٠", BIG, ask("36000")),
        ("36000\u200b", BIG, right("36000")),
        ("\ufeff36000", BIG, right("36000")),
        ("0036000", BIG, right("36000")),
        ("36_000", BIG, ask("36000")),
    ],
    "負の書き方": [
        ("△1,234", SMALL, right("-1234")),
        ("▲1234", SMALL, right("-1234")),
        ("△ 1,234千円", SMALL, right("-1234")),
        ("▲１，２３４", SMALL, right("-1234")),
        ("(1,234)", SMALL, ask("-1234", "1234")),
        ("（1,234）", SMALL, ask("-1234", "1234")),
        ("-1234", SMALL, right("-1234")),
        ("－1234", SMALL, right("-1234")),
        ("−1234", SMALL, right("-1234")),
        ("‐1234", SMALL, right("-1234")),
        ("–1234", SMALL, right("-1234")),
        ("ー1234", SMALL, right("-1234")),
        ("ｰ1234", SMALL, right("-1234")),
        ("一1234", SMALL, ask("-1234", "1234", "11234")),
        ("マイナス1,234", SMALL, right("-1234")),
        ("1,234△", SMALL, ask("-1234")),
        ("1,234-", SMALL, ask("-1234", "1234")),
        ("-1,234千円", SMALL, right("-1234")),
        ("△36百万円", BIG, right("-36000")),
        ("（△1,234）", SMALL, ask("-1234")),
        ("(-1234)", SMALL, ask("-1234")),
        ("--1234", SMALL, ask("-1234", "1234")),
        ("△-1234", SMALL, ask("-1234", "1234")),
        ("▼1234", SMALL, ask("-1234")),
        ("減1,234", SMALL, ask("-1234")),
        ("▽1,234", SMALL, ask("-1234")),
        ("Δ1234", SMALL, ask("-1234")),
        ("1,234の減", SMALL, ask("-1234")),
        ("1,234増", SMALL, ask("1234")),
    ],
    "数の代わりの言葉": [
        ("0", BIG, right("0")),
        ("０", BIG, right("0")),
        ("0円", BIG, right("0")),
        ("ゼロ", BIG, right("0")),
        ("〇", BIG, ask("0")),
        ("○", BIG, ask()),
        ("零", BIG, ask("0")),
        ("-", BIG, ask("0", OUT_OF_SCOPE)),
        ("－", BIG, ask("0", OUT_OF_SCOPE)),
        ("ー", BIG, ask("0", OUT_OF_SCOPE)),
        ("—", BIG, ask("0", OUT_OF_SCOPE)),
        ("△", BIG, ask()),
        ("なし", BIG, ask("0", OUT_OF_SCOPE)),
        ("無", BIG, ask("0", OUT_OF_SCOPE)),
        ("該当なし", BIG, ask("0", OUT_OF_SCOPE)),
        ("効果なし", BIG, ask("0")),
        ("対象外", BIG, right(OUT_OF_SCOPE)),
        ("対 象 外", BIG, right(OUT_OF_SCOPE)),
        ("対象外。", BIG, right(OUT_OF_SCOPE)),
        ("（対象外）", BIG, right(OUT_OF_SCOPE)),
        ("効果額対象外", BIG, right(OUT_OF_SCOPE)),
        ("対象外ではない", BIG, ask()),
        ("対象外（1,200）", BIG, ask(OUT_OF_SCOPE, "1200")),
        ("対象外か0", BIG, ask("0", OUT_OF_SCOPE)),
        ("設定なし", BIG, ask(OUT_OF_SCOPE)),
        ("算定不可", BIG, ask()),
        ("調整中", BIG, ask()),
        ("未定", BIG, ask()),
        ("集計中（4月中旬確定）", BIG, ask()),
        ("別紙のとおり", BIG, ask()),
        ("同上", (2,), ask("1150")),
        ("〃", (2,), ask("1150")),
        ("々", (2,), ask("1150")),
        ("前年度と同額", BIG, ask()),
        ("?", BIG, ask()),
        ("×", BIG, ask()),
        ("済", BIG, ask()),
        ("N/A", BIG, ask(OUT_OF_SCOPE)),
        ("nan", BIG, ask()),
        ("None", BIG, ask()),
        ("inf", BIG, ask()),
        ("not_applicable", BIG, ask(OUT_OF_SCOPE)),
        ("not_stated", BIG, ask()),
        ("TRUE", BIG, ask()),
        ("#REF!", BIG, ask()),
        ("########", BIG, ask()),
        (" ", BIG, ask()),
        ("　", BIG, ask()),
        (".", BIG, ask()),
        (",", BIG, ask()),
        ("担当: 内線1234", BIG, ask()),
        ("令和7年4月確定", BIG, ask()),
        ("R7.4.1", BIG, ask()),
        ("第2期", BIG, ask()),
        ("財政課に確認", BIG, ask()),
        ("50%", BIG, ask()),
        ("３割", BIG, ask()),
        ("5時間", BIG, ask()),
        ("120件", BIG, ask()),
        ("36,000人", BIG, ask()),
        ("36,000ドル", BIG, ask()),
        ("36,000kWh", BIG, ask()),
    ],
    "一つの欄に二つの数": [
        ("1,200 → 1,500", SMALL, ask("1500")),
        ("1,200→1,500", SMALL, ask("1500")),
        ("1200⇒1500", SMALL, ask("1500")),
        ("旧：1,200　新：1,500", SMALL, ask("1500")),
        ("1,200\n1,500", SMALL, ask("1500")),
        ("1,200\n(1,500)", SMALL, ask("1500", "1200")),
        ("1,200（うち現金800）", SMALL, ask("1200")),
        ("1,200～1,500", SMALL, ask()),
        ("1,200-1,500", SMALL, ask()),
        ("1200−1500", SMALL, ask()),
        ("1,200/1,500", SMALL, ask()),
        ("700+500", SMALL, ask("1200")),
        ("700,500", SMALL, ask("1200", "700500")),
        ("1200 1500", SMALL, ask()),
        ("1,200　1,500", SMALL, ask()),
        ("削減700、増収500", SMALL, ask("1200")),
        ("1,200（見込）", SMALL, ask("1200")),
        ("1,200(速報値)", SMALL, ask("1200")),
        ("1,200 ※概算", SMALL, ask("1200")),
        ("1,200※", SMALL, ask("1200")),
        ("1,200*", SMALL, ask("1200")),
        ("約1,200", SMALL, ask("1200")),
        ("1,200程度", SMALL, ask("1200")),
        ("1,200以上", SMALL, ask("1200")),
        ("1,200弱", SMALL, ask("1200")),
        ("1,200?", SMALL, ask("1200")),
        ("令和6年度 1,200", SMALL, ask("1200")),
        ("1,200（令和6年度）", SMALL, ask("1200")),
        ("R6:1,200", SMALL, ask("1200")),
        ("6年度1,200千円", SMALL, ask("1200")),
        ("①700 ②500", SMALL, ask("1200")),
        ("1,200千円×3か所", SMALL, ask("3600")),
        ("1,200千円（税込1,320千円）", SMALL, ask("1200", "1320")),
        ("=700+500", SMALL, ask("1200")),
        ("＝700＋500", SMALL, ask("1200")),
        ("1:200", SMALL, ask("1200")),
        ("第1四半期 300、第2四半期 900", SMALL, ask("1200")),
        ("1,200(△100)", SMALL, ask("1200", "1100")),
        ("1,2OO（訂正1,500）", SMALL, ask("1500")),
    ],
    "桁の疑わしい数": [
        (36_000_000, BIG, ask("36000", "36000000")),
        ("36,000,000", BIG, ask("36000", "36000000")),
        (36, BIG, ask("36000", "36")),
        (36.5, BIG, ask("36500", "36.5")),
        ("36.5", BIG, ask("36500", "36.5")),
        (1_200_000, SMALL, ask("1200", "1200000")),
        (1.2, SMALL, ask("1200", "1.2")),
        (10**12, BIG, ask()),
        (1e300, BIG, ask()),
        ("9" * 400, BIG, ask()),
        ("1,200,000,000千円", SMALL, ask()),
        (-36_000_000, BIG, ask("-36000", "-36000000")),
    ],
    "数の型": [
        (36000.0, BIG, right("36000")),
        (35999.99999999999, BIG, right("36000")),
        (36000.000000000004, BIG, right("36000")),
        (1200.4999, SMALL, right("1200.4999", "1200")),
        (0.1 + 0.2, SMALL, ask("0.3")),
        (True, BIG, ask()),
        (datetime(2024, 4, 1), BIG, ask()),  # noqa: DTZ001 — a cell knows no time zone
        (datetime(1998, 7, 24), BIG, ask("36000")),  # noqa: DTZ001 — the day that 36000 becomes
    ],
}
LOOKS = [  # number formats that show another thing than the number
    (36_000_000, "#,##0,", BIG, ask("36000", "36000000")),
    (36, '0"百万円"', BIG, ask("36000", "36")),
    (36_000_000, '#,##0"円"', BIG, ask("36000", "36000000")),
    (36000, '#,##0"千円"', BIG, right("36000")),
    (1234, '"△ "#,##0', SMALL, ask("-1234", "1234")),
    (0.5, "0%", SMALL, ask()),
    (36000, "yyyy/m/d", BIG, ask("36000")),
    (1200, "0.0", SMALL, right("1200")),
    ("36000", "@", BIG, right("36000")),
    (36000, ";;;", BIG, ask("36000")),
    (1200, '#,##0;"△ "#,##0;"－"', SMALL, right("1200")),
    (-1200, "#,##0;[Red]#,##0", SMALL, right("-1200")),
    (0, '#,##0;"△ "#,##0;"対象外"', BIG, ask("0", OUT_OF_SCOPE)),
    (45383.25, "h:mm", BIG, ask()),
]
GRADE_WORDS: dict[str, list[tuple[object, Meant]]] = {
    "評価の書き方": [
        ("Ａ", right("A")),
        ("ｂ", right("B")),
        ("b", right("B")),
        (" B　", right("B")),
        ("B\n", right("B")),
        ("B評価", right("B")),
        ("評価B", right("B")),
        ("B（概ね計画どおり）", right("B")),
        ("B 概ね計画どおり", right("B")),
        ("B:概ね計画どおり", right("B")),
        ("概ね計画どおり", right("B")),
        ("おおむね計画どおり", right("B")),
        ("概ね計画通り", right("B")),
        ("計画を上回る", right("A")),
        ("Ⓐ", right("A")),
        ("Ⅽ", ask("C")),
        ("В", ask("B")),  # Cyrillic
        ("Α", right("A")),  # Greek
        ("「B」", right("B")),
        ("B。", right("B")),
        ("𝐁", right("B")),
    ],
    "評価が決まらない": [
        ("計画どおり", ask("B")),
        ("A/B", ask()),
        ("A・B", ask()),
        ("AorB", ask()),
        ("AB", ask()),
        ("A→B", ask("B")),
        ("B→A", ask("A")),
        ("A,B", ask()),
        ("B（前年度A）", ask("B")),
        ("A（昨年度B）", ask("A")),
        ("B+", ask("B")),
        ("B－", ask("B")),
        ("B'", ask("B")),
        ("B?", ask("B")),
        ("BかC", ask()),
        ("Bに近いA", ask("A")),
        ("S", ask()),
        ("E", ask()),
        ("◎", ask()),
        ("○", ask()),
        ("△", ask()),
        ("×", ask()),
        (2, ask()),
        ("②", ask()),
        ("Ⅱ", ask()),
        ("2", ask()),
        ("甲", ask()),
        ("ア", ask()),
        ("8", ask()),
        ("13", ask()),
        ("対象外", ask()),
        ("-", ask()),
        ("－", ask()),
        ("未評価", ask()),
        ("評価不能", ask()),
        ("完了", ask()),
        ("廃止", ask()),
        ("R5で終了", ask()),
        ("同左", ask("B")),
        ("同上", ask()),
        ("前年度と同じ", ask("B")),
        ("調整中", ask()),
        ("A（概ね計画どおり）", ask("A", "B")),
        ("C 概ね計画どおり", ask("B", "C")),
        ("Bではない", ask()),
        ("B（案）", ask("B")),
        ("B（部長協議中）", ask("B")),
        ("自己評価A、部長評価B", ask("A", "B")),
        (True, ask()),
        ("ABCD", ask()),
        ("#N/A", ask()),
        ("計画を上回る見込みだったが概ね計画どおり", ask("B")),
        ("計画どおり進捗", ask("B")),
        ("計画どおり進捗せずとは言えない", ask()),
    ],
}
REASON_WORDS = [
    ("検討・合意形成の遅れ ", right("検討・合意形成の遅れ")),
    ("検討･合意形成の遅れ", right("検討・合意形成の遅れ")),
    ("検討、合意形成の遅れ", right("検討・合意形成の遅れ")),
    ("検討・\n合意形成の遅れ", right("検討・合意形成の遅れ")),
    ("検討･合意形成のおくれ", ask("検討・合意形成の遅れ")),
    ("外部環境", ask("外部環境・競合")),
    ("人員不足", ask("財源・人員")),
    ("財源・人員、制度・法令", ask("財源・人員", "制度・法令")),
    ("財源・人員\n制度・法令", ask("財源・人員", "制度・法令")),
    ("その他", ask()),
    ("コロナの影響により", ask()),
    ("1", ask()),
    ("①", ask()),
    ("財源・人員ではない", ask()),
    ("上記のとおり", ask()),
    ("説明欄のとおり", ask()),
    ("-", ask()),
    ("なし", ask()),
    ("特になし", ask()),
    ("調査段階（令和7年度へ）", ask("調査段階")),
    ("調査段階のため", ask("調査段階")),
    ("study", right("調査段階")),
    ("unknown", right("不明")),
    ("不明", right("不明")),
]
WORDS = [
    ("一行目。\n二行目。", right("一行目。二行目。")),
    ("長い説明。" * 300, right("長い説明。" * 300)),
    ("長い説明。" * 6000, right("長い説明。" * 6000)),
    ("㈱架空商事①②Ⅲ髙﨑㍻", right("㈱架空商事①②Ⅲ髙﨑㍻")),
    ("ﾍﾟｰﾊﾟｰﾚｽ化を推進", right("ﾍﾟｰﾊﾟｰﾚｽ化を推進")),
    ("絵文字も可😀👨‍👩‍👧", right("絵文字も可😀👨‍👩‍👧")),
    ("<b>強調</b> & <script>alert(1)</script>", right("<b>強調</b> & <script>alert(1)</script>")),
    ("カンマ,引用\"符と'点", right("カンマ,引用\"符と'点")),
    ("特になし", right("特になし", None)),
    ("-", right("-", None)),
    ("別紙のとおり", ask("別紙のとおり")),
    ("別添資料参照", ask("別添資料参照")),
    ("同上", ask("同上")),
    ("〃", ask("〃")),
    ("前年度と同じ", ask("前年度と同じ")),
    ("調整中", ask("調整中")),
    ("※財政課へ: 公表しないでください", ask("※財政課へ: 公表しないでください")),
    (20240401, right("20240401")),
    (0, right("0")),
    ("TRUE", right("TRUE")),
    ("nan", right("nan")),
    ('=HYPERLINK("http://example.com","資料")', right("資料", '=HYPERLINK("http://example.com","資料")')),
    ("+1件増", right("+1件増")),
    ("@全課", right("@全課")),
    ("空白　　と\tタブ", right("空白　　と\tタブ")),
    ("#REF!", ask()),
    (datetime(2024, 4, 1), right("2024-04-01", "2024/4/1", "2024年4月1日")),  # noqa: DTZ001 — a cell knows no time zone
    ("not_registered", right("not_registered")),
    ("制御文字_x000D_あり", right("制御文字_x000D_あり", "制御文字\rあり")),
    ("取り消し線は〜〜〜で", right("取り消し線は〜〜〜で")),
    ("葛󠄀城市・辻󠄀", right("葛󠄀城市・辻󠄀")),
    ("か゛き゛（濁点が別）", right("か゛き゛（濁点が別）")),
]


def _fresh(kit: Kit, department: str = "") -> Form:
    department = department or kit.department()
    return Form(kit.forms[department], department)


def in_cells(kit: Kit) -> list[Case]:
    """Single answers written in another way, two a workbook."""
    cases = []
    for kind, entries in AMOUNTS.items():
        cases += _pairs(kit, kind, "actual", [(value, "", where, meant) for value, where, meant in entries])
    cases += _pairs(kit, "表示形式", "actual", list(LOOKS))
    for kind, entries in GRADE_WORDS.items():
        cases += _pairs(kit, kind, "grade", [(value, "", (1, 3, 5, 8), meant) for value, meant in entries])
    cases += _pairs(kit, "遅れの理由", "reason", [(value, "", (2, 4), meant) for value, meant in REASON_WORDS])
    return cases + _pairs(kit, "説明の言葉", "words", [(value, "", (0, 1, 2, 3), meant) for value, meant in WORDS])


def _pairs(kit: Kit, kind: str, item: str, entries: list) -> list[Case]:
    left, cases = list(entries), []
    kit.random.shuffle(left)
    while left:
        form, at_most, said, used = _fresh(kit), 2, [], set()
        for entry in list(left):
            value, look, where, meant = entry
            at = next((one for one in where if one not in used), None)
            if at is None or len(said) == at_most:
                continue
            used.add(at)
            left.remove(entry)
            form.put(at, item, value, meant, look)
            if value in ("C 概ね計画どおり", "Ⅽ"):
                form.means(at, "reason", right(None))
            said.append(f"{LETTER[item]}{FIRST + at}={_short(value)}{f' [{look}]' if look else ''}")
        cases.append(form.case(kind, "、".join(said)))
    return cases


def _short(value: object) -> str:
    words = repr(value) if not isinstance(value, str) else f"「{value}」"
    most = 40
    return words if len(words) <= most else f"{words[:most]}…"


# Formulas, errors, fonts, comments, boxes


def cached(content: bytes, values: dict[str, str]) -> bytes:
    """The workbook with the results of formulas, as Excel keeps them; a word or an error is one, too."""
    source, written = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = part.decode()
                for cell, value in values.items():
                    kind = "" if re.fullmatch(r"-?[0-9.]+", value) else ' t="e"' if value[0] == "#" else ' t="str"'
                    text = re.sub(
                        rf'<c r="{cell}"([^>]*?)(?: t="[a-z]+")?><f>(.*?)</f><v ?/?>(?:</v>)?</c>',
                        lambda found, kind=kind, value=value: (
                            f'<c r="{found.string[found.start() + 6 : found.end()].split(chr(34))[0]}"'
                            f"{found[1]}{kind}><f>{found[2]}</f><v>{value}</v></c>"
                        ),
                        text,
                    )
                part = text.encode()
            out.writestr(name, part)
    return written.getvalue()


def formulas(kit: Kit) -> list[Case]:
    """Answers that are computed."""
    cases = []
    for formula, value, meant in (
        ("=700+500", "1200", right("1200")),
        ("=700+500", "", ask("1200")),
        ("=SUM(H6:H7)/31", "1200", right("1200")),
        ("=ROUND(36000/30,0)", "", ask("1200")),
        ("=[1]Sheet1!$A$1", "1200", right("1200")),
        ("=H99", "0", ask("0")),
        ("=H6", "1200", right("1200")),
        ('=TEXT(1200,"#,##0")', "1,200", right("1200")),
        ("=#REF!+1", "#REF!", ask()),
        ("=VLOOKUP(1,A1:B2,2)", "#N/A", ask()),
        ("=1/0", "#DIV/0!", ask()),
        ('=IF(1,"","")', "", ask()),
        ('="対象"&"外"', "対象外", right(OUT_OF_SCOPE)),
        ("=1200.0000001", "1200.0000001", right("1200", "1200.0000001")),
    ):
        form = _fresh(kit).put(1, "actual", formula, meant)
        case = form.case("数式", f"K6 {formula}（保存された値 {value or 'なし'}）")
        if value:
            case.rounds[0][0] = Sent(case.rounds[0][0].name, cached(form.saved(), {"K6": value}))
        cases.append(case)
    for formula, value, meant in (('=IF(1,"B","")', "B", right("B")), ('=IF(1,"B","")', "", ask("B"))):
        form = _fresh(kit).put(1, "grade", formula, meant)
        content = cached(form.saved(), {"J6": value}) if value else form.saved()
        case = form.case("数式", f"J6 {formula}（保存された値 {value or 'なし'}）")
        case.rounds[0][0] = Sent(case.rounds[0][0].name, content)
        cases.append(case)
    for error in ("#REF!", "#N/A", "#VALUE!", "#NAME?"):
        form = _fresh(kit).put(1, "actual", error, ask()).put(3, "grade", error, ask())
        for at, item in ((1, "actual"), (3, "grade")):
            form.cell(at, item).data_type = "e"
        cases.append(form.case("数式", f"K6・J8 が誤りの値 {error}"))
    return cases


def _struck(old: str, new: str) -> CellRichText:
    return CellRichText(TextBlock(InlineFont(strike=True), old), TextBlock(InlineFont(color="FFFF0000"), new))


def fonts(kit: Kit) -> list[Case]:
    """Corrections by strike-through, answers in comments and boxes, and in cells beside the table."""
    cases = []
    for old, new, meant in (
        ("1200", "1500", right("1500")),
        ("1,200", "1,500", right("1500")),
        ("1,200", " 1,500", right("1500")),
        ("12", "13", right("13")),
        ("1200千円", "1500千円", right("1500")),
        ("1200", "対象外", right(OUT_OF_SCOPE)),
        ("1200", "", ask()),
    ):
        form = _fresh(kit).put(1, "actual", _struck(old, new) if new else _struck(old, " "), meant)
        cases.append(form.case("取消線", f"K6 に「{old}」を取消線で消し、赤で「{new}」"))
    form = _fresh(kit).put(1, "grade", _struck("B", "A"), right("A"))
    cases.append(form.case("取消線", "J6 に「B」を取消線で消し、赤で「A」"))
    form = _fresh(kit).put(1, "words", _struck("中止した。", "延期した。"), right("延期した。"))
    cases.append(form.case("取消線", "M6 の言葉の初めを取消線で消す"))
    for item in ("actual", "grade", "words"):
        form = _fresh(kit)
        form.cell(1, item).font = Font(strike=True)
        form.means(1, item, doubtful(form.meant[form.names[1], item]))
        cases.append(form.case("取消線", f"{LETTER[item]}6 の値をそのまま取消線で消す"))
    form = _fresh(kit)
    for item in ITEMS:
        form.cell(1, item).font = Font(strike=True)
        form.means(1, item, doubtful(form.meant[form.names[1], item]))
    cases.append(form.case("取消線", "6行目の答えをすべて取消線で消す"))
    form = _fresh(kit).put(1, "actual", None, ask("1500"))
    form.cell(1, "actual").comment = Comment("1,500千円です", "架空")
    cases.append(form.case("コメント・図形", "K6 は空欄で、コメントに「1,500千円です」"))
    for item, says in (("actual", "1,500に訂正願います"), ("grade", "部長確認でCに変更"), ("words", "差し替え予定")):
        form = _fresh(kit)
        form.cell(1, item).comment = Comment(says, "架空")
        form.means(1, item, doubtful(form.meant[form.names[1], item]))
        cases.append(form.case("コメント・図形", f"{LETTER[item]}6 のコメントに「{says}」"))
    for says, beside in (("1,500に訂正願います", 1), ("取組2の効果額は精査中", 0)):
        form = _fresh(kit)
        form.means(1, "actual", doubtful(form.meant[form.names[1], "actual"]))
        case = form.case(
            "コメント・図形", f"K6 の{'横' if beside else '上'}のテキストボックスに「{says}」", by_file=True
        )
        case.rounds[0][0] = Sent(f"{form.department}.xlsx", with_box(form, says, 5, 10 + 5 * beside))
        cases.append(case)
    for column, says in (("O", "K6は1,500に訂正"), ("P", 1500), ("Q", "この行は精査中です")):
        form = _fresh(kit)
        form.sheet[f"{column}6"] = says
        form.means(1, "actual", doubtful(form.meant[form.names[1], "actual"]))
        cases.append(form.case("表の横・下の書き込み", f"{column}6（見出しなし）に {_short(says)}", by_file=True))
    for row, says in ((LAST + 2, "※取組2の実績効果額は1,500千円に訂正します。"), (2, "取組2の実績は1,500千円です。")):
        form = _fresh(kit)
        form.sheet[f"A{row}"] = says
        form.means(1, "actual", doubtful(form.meant[form.names[1], "actual"]))
        cases.append(form.case("表の横・下の書き込み", f"A{row} に「{says}」", by_file=True))
    form = _fresh(kit)
    form.book["記入要領"]["A40"] = "取組2の実績効果額は1,500千円に訂正します。"
    form.means(1, "actual", doubtful(form.meant[form.names[1], "actual"]))
    cases.append(form.case("表の横・下の書き込み", "記入要領のシートの A40 に訂正", by_file=True))
    form = _fresh(kit)
    form.put(1, "actual", None, ask("1150")).put(3, "actual", None, ask("1300"))
    form.cell(1, "expected").value, form.cell(3, "expected").value = 1150, 1300
    cases.append(form.case("表の横・下の書き込み", "実績を H6・H8（見込額の欄）に書き、K6・K8 は空欄"))
    return cases


def with_box(form: Form, says: str, row: int, column: int) -> bytes:
    """The same values with a text box over the sheet."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    for sheet in form.book.worksheets:
        new = book.add_worksheet(sheet.title)
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is not None:
                    new.write(cell.row - 1, cell.column - 1, cell.value)
        if sheet is form.sheet:
            new.insert_textbox(row, column, says)
        if sheet.sheet_state != "visible":
            new.very_hidden()
    book.close()
    return written.getvalue()


# The table


def _move(sheet: Worksheet, old: int, new: int) -> None:
    values = [sheet.cell(row, old).value for row in range(1, sheet.max_row + 1)]
    sheet.delete_cols(old)
    sheet.insert_cols(new)
    for row, value in enumerate(values, 1):
        sheet.cell(row, new).value = value


def moved_column(form: Form) -> None:
    """説明 stands before 評価."""
    _move(form.sheet, AT["words"], AT["grade"])


def amount_first(form: Form) -> None:
    """実績 and 評価 change places."""
    _move(form.sheet, AT["actual"], AT["grade"])


def blank_column(form: Form) -> None:
    """An empty column in the middle."""
    form.sheet.insert_cols(AT["actual"])


def remarks_column(form: Form) -> None:
    """A column of the department's own with notes."""
    form.sheet.insert_cols(AT["actual"])
    form.sheet.cell(HEAD, AT["actual"]).value = "担当課"
    for at in range(COUNT):
        form.sheet.cell(FIRST + at, AT["actual"]).value = f"架空第{at + 1}課"


def numbers_column(form: Form) -> None:
    """A column of serial numbers at the left."""
    form.sheet.insert_cols(1)
    form.sheet.cell(HEAD, 1).value = "通番"
    for at in range(COUNT):
        form.sheet.cell(FIRST + at, 1).value = 100 + at


def fewer_columns(form: Form) -> None:
    """What the department need not answer is gone, but for number and name."""
    for item in ("grade_before", "target", "indicator", "department", "promotion_item", "policy_id"):
        form.sheet.delete_cols(AT[item])


def no_numbers(form: Form) -> None:
    """The column of numbers is gone."""
    form.sheet.delete_cols(AT["number"])


def no_names(form: Form) -> None:
    """The column of names is gone."""
    form.sheet.delete_cols(AT["measure"])


def _headings(form: Form, **said: str) -> None:
    for item, words in said.items():
        form.sheet[f"{LETTER[item]}{HEAD}"] = words


def wrapped(form: Form) -> None:
    """Headings with breaks and blanks in them."""
    _headings(form, grade="評\n価", actual="実 績 効 果 額\n（千円）", reason="遅れの\n理由", words=" 説　明 ")


def half_width(form: Form) -> None:
    """Brackets of another width."""
    _headings(form, actual="実績効果額(千円)", expected="効果見込額(千円)", expected_next="次年度の見込額 [千円]")


def titles_gone(form: Form) -> None:
    """The rows above the headings are gone."""
    form.sheet.delete_rows(1, HEAD - 1)


def lines_above(form: Form) -> None:
    """Five more lines above the headings."""
    form.sheet.insert_rows(1, 5)
    form.sheet["A1"] = "（総務課より）架空の回答です。"


def blank_rows(form: Form) -> None:
    """An empty row between two measures."""
    for row in (FIRST + 7, FIRST + 3):
        form.sheet.insert_rows(row)


def _sorted_rows(form: Form, key: Callable[[tuple], object]) -> None:
    rows = [tuple(cell.value for cell in row) for row in form.sheet.iter_rows(min_row=FIRST, max_row=LAST)]
    for at, values in enumerate(sorted(rows, key=key)):
        for column, value in enumerate(values, 1):
            form.sheet.cell(FIRST + at, column).value = value


def by_grade(form: Form) -> None:
    """Rows in the order of the grades."""
    _sorted_rows(form, lambda row: str(row[AT["grade"] - 1]))


def backwards(form: Form) -> None:
    """Rows from the last to the first."""
    _sorted_rows(form, lambda row: -int(str(row[0]).partition("-")[2]))


def subtotals(form: Form) -> None:
    """A subtotal after every five measures, and a total."""
    form.sheet.insert_rows(FIRST + 5)
    for row, words, of in ((FIRST + 5, "小計", 5), (LAST + 2, "小計", 5), (LAST + 3, "合計", 10)):
        form.sheet.cell(row, AT["measure"]).value = words
        form.sheet.cell(row, AT["actual"]).value = 11_111 * of
        form.sheet.cell(row, AT["expected"]).value = 12_222 * of


def total_first(form: Form) -> None:
    """A total over the measures, its word in the column of numbers."""
    form.sheet.insert_rows(FIRST)
    form.sheet.cell(FIRST, 1).value = "部計"
    form.sheet.cell(FIRST, AT["actual"]).value = 114_210


def by_policy(form: Form) -> None:
    """Lines that name a policy between the measures."""
    for at, name in ((6, "【基本方針2】公共私連携・協働"), (0, "【基本方針1】行政サービスの最適化")):
        form.sheet.insert_rows(FIRST + at)
        form.sheet.cell(FIRST + at, 1).value = name


def footnotes(form: Form) -> None:
    """Notes under the table."""
    for row, words in enumerate(("※1 架空の注記", "※2 効果額は税込み", "記入者: 架空太郎（内線1234）"), LAST + 2):
        form.sheet.cell(row, 1).value = words


def hidden_rows(form: Form) -> None:
    """A filter hides some measures."""
    form.sheet.auto_filter.ref = f"A{HEAD}:N{LAST}"
    for row in (FIRST + 1, FIRST + 4, FIRST + 6):
        form.sheet.row_dimensions[row].hidden = True


def hidden_columns(form: Form) -> None:
    """Columns are hidden."""
    for letter in "BCFGK":
        form.sheet.column_dimensions[letter].hidden = True


def floats(form: Form) -> None:
    """The numbers of measures became decimals: 1-10 → 1.1."""
    for at in range(COUNT):
        number = form.sheet.cell(FIRST + at, 1)
        number.value, number.number_format = float(str(number.value).replace("-", ".")), "General"


def dates(form: Form) -> None:
    """The numbers of measures became dates: 1-1 → 1 January."""
    for at in range(COUNT):
        number = form.sheet.cell(FIRST + at, 1)
        month, day = map(int, str(number.value).split("-"))
        number.value, number.number_format = datetime(2024, month, day), 'm"月"d"日"'  # noqa: DTZ001


def serial(form: Form) -> None:
    """The numbers of measures are filled anew from 1."""
    for at in range(COUNT):
        form.sheet.cell(FIRST + at, 1).value = at + 1


def no_dashes(form: Form) -> None:
    """The numbers' dashes are of another kind, and the letters wide."""
    for at in range(COUNT):
        number = form.sheet.cell(FIRST + at, 1)
        number.value = str(number.value).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))


def names_wrapped(form: Form) -> None:
    """Names with blanks, breaks, other brackets and a note."""
    for at in range(COUNT):
        name = form.sheet.cell(FIRST + at, AT["measure"])
        name.value = str(name.value).replace("の", "の\n", 1).replace("（", " (").replace("）", ")")
    form.sheet.cell(FIRST, AT["measure"]).value += "　★重点"


def names_edited(form: Form) -> None:
    """Names said otherwise; the numbers stay."""
    for at in (0, 4, 8):
        name = form.sheet.cell(FIRST + at, AT["measure"])
        name.value = str(name.value).replace("見直し", "適正化").replace("化", "化の推進").replace("架空・", "")


def merged_known(form: Form) -> None:
    """Equal cells of 部 and 推進項目 are merged, as people like tables."""
    for letter in "CE":
        form.sheet.merge_cells(f"{letter}{FIRST}:{letter}{LAST}")


def two_line_heading(form: Form) -> None:
    """The headings take two rows, amounts under a common one."""
    form.sheet.insert_rows(HEAD)
    _headings(form, number="番号", actual="効果額", grade="評価", measure="取組", words="説明")
    form.sheet[f"K{HEAD + 1}"] = "実績（千円）"
    form.sheet[f"N{HEAD + 1}"] = "次年度の見込額（千円）"
    form.sheet.merge_cells(f"J{HEAD}:J{HEAD + 1}")
    form.sheet.merge_cells(f"D{HEAD}:D{HEAD + 1}")


def split_heading(form: Form) -> None:
    """The unit of each heading stands in a row of its own below."""
    form.sheet.insert_rows(HEAD + 1)
    for letter in "HKN":
        words = str(form.sheet[f"{letter}{HEAD}"].value)
        form.sheet[f"{letter}{HEAD}"] = words.partition("\n")[0]
        form.sheet[f"{letter}{HEAD + 1}"] = "（千円）"


def merged_heading(form: Form) -> None:
    """評価 and 前年度の評価 under one merged heading of two rows."""
    form.sheet.insert_rows(HEAD)
    form.sheet[f"I{HEAD}"] = "評価"
    form.sheet.merge_cells(f"I{HEAD}:J{HEAD}")
    form.sheet[f"I{HEAD + 1}"], form.sheet[f"J{HEAD + 1}"] = "前年度", "今年度"


def guide_gone(form: Form) -> None:
    """Only the sheet of answers is left."""
    for name in ("記入要領", "gyokaku"):
        del form.book[name]


def renamed_sheet(form: Form) -> None:
    """The sheet has another name."""
    form.sheet.title = "Sheet1"


def blank_sheets(form: Form) -> None:
    """Empty sheets around."""
    form.book.create_sheet("Sheet2", 0)
    form.book.create_sheet("作業")["A1"] = "メモ"


def protected_again(form: Form) -> None:
    """Protected with a password."""
    form.sheet.protection.set_password("架空")
    form.sheet.protection.enable()
    form.book.security = WorkbookProtection(workbookPassword="ABCD", lockStructure=True)


def repeated_heading(form: Form) -> None:
    """The heading row once more in the middle, as printed pages have it."""
    form.sheet.insert_rows(FIRST + 5)
    for column in range(1, 15):
        form.sheet.cell(FIRST + 5, column).value = form.sheet.cell(HEAD, column).value


def far_cell(form: Form) -> None:
    """A blank at the very end of the sheet."""
    form.sheet["XFD1048576"] = " "


def far_row(form: Form) -> None:
    """A blank in the last row of the sheet."""
    form.sheet["A1048576"] = " "


def far_column(form: Form) -> None:
    """A blank in the last column of the sheet."""
    form.sheet["XFD5"] = " "


def many_blank_rows(form: Form) -> None:
    """Borders on thousands of rows below."""
    for row in range(LAST + 1, 1000):
        for column in range(1, 15):
            form.sheet.cell(row, column).border = copy(form.sheet.cell(LAST, 1).border)


# Ways to change the table after which every answer still means what it meant.
HARMLESS: dict[str, tuple[str, Callable[[Form], None]]] = {
    one.__name__: (kind, one)
    for kind, some in {
        "列を動かす・足す・消す": (
            *(moved_column, amount_first, blank_column, remarks_column, numbers_column, fewer_columns, no_numbers),
            *(no_names, hidden_columns),
        ),
        "見出しを変える": (wrapped, half_width, two_line_heading, split_heading, merged_heading, repeated_heading),
        "行を動かす・足す": (titles_gone, lines_above, blank_rows, by_grade, backwards, hidden_rows, many_blank_rows),
        "小計・注記を足す": (subtotals, total_first, by_policy, footnotes),
        "番号・取組の名を変える": (floats, dates, serial, no_dashes, names_wrapped, names_edited, merged_known),
        "シートを変える": (guide_gone, renamed_sheet, blank_sheets, protected_again, far_cell, far_row, far_column),
    }.items()
    for one in some
}


def tables(kit: Kit) -> list[Case]:
    """Each harmless change alone, in one department's form."""
    cases = []
    for name, (kind, change) in HARMLESS.items():
        form = _fresh(kit)
        change(form)
        form.all()
        cases.append(form.case(kind, f"{name}: {(change.__doc__ or '').splitlines()[0]}"))
    return cases


def headings(kit: Kit) -> list[Case]:
    """Headings said otherwise, with and without another unit."""
    cases = []
    for said in (
        {"actual": "実績額（千円）", "grade": "今年度の評価"},
        {"actual": "R6実績効果額（千円）", "grade": "R6評価"},
        {"actual": "令和6年度実績効果額（千円）", "grade": "令和6年度の評価"},
        {"grade": "自己評価", "reason": "遅れている理由"},
        {"grade": "評価（A～D）", "words": "取組の説明"},
        {"words": "コメント", "expected_next": "R7見込額（千円）"},
        {"actual": "実績"},
        {"actual": "効果額（千円）", "grade": "評定"},
        {"grade": "ランク", "actual": "決算額（千円）"},
        {"grade": "", "actual": ""},
        {"words": "進捗状況・説明", "reason": "理由"},
        {"measure": "事業名", "number": "No."},
        {"number": "", "measure": ""},
        {"expected": "見込（千円）", "actual": "実績（千円）", "expected_next": "次年度（千円）"},
        {"actual": "実績効果額（税込・千円）"},
        {"actual": "実績効果額（単位：千円）※確定値"},
        {"grade": "評価\n（1次）"},
        {"grade_before": "評価", "grade": "評価"},
        {"grade_before": "評価（前年度）", "grade": "評価（今年度）"},
        {"expected_next": "実績効果額（千円）"},
    ):
        form = _fresh(kit)
        _headings(form, **said)
        form.all()
        cases.append(form.case("見出しを変える", "、".join(f"{LETTER[i]}4=「{w}」" for i, w in said.items())))
    for heading, factor, is_said in (
        ("実績効果額（百万円）", 1000, True),
        ("実績効果額\n（円）", 0.001, True),
        ("実績効果額（単位：万円）", 10, True),
        ("実績効果額(円)", 0.001, True),
        ("実績効果額［百万円］", 1000, True),
        ("実績効果額 百万円", 1000, True),
        ("実績効果額・円", 0.001, True),
        ("実績効果額（¥）", 0.001, True),
        ("実績効果額（億円）", 100_000, True),
        ("実績効果額（千円→百万円）", 1000, True),
        ("実績効果額（千円）", 1000, False),
        ("実績効果額（千円）", 0.001, False),
    ):
        form = _fresh(kit)
        _headings(form, actual=heading)
        for at in range(COUNT):
            value = ACTUALS[at]
            if isinstance(value, int):
                new = value / factor if factor > 1 else value * 1000
                meant = right(str(value)) if is_said or not value else ask(str(value), _plain(new))
                form.put(at, "actual", int(new) if new == int(new) else new, meant)
        what = f"K4=「{heading}」で、値も{'その単位' if is_said else f'{1 / factor:g}倍（単位を書かない）'}"
        cases.append(form.case("単位を変える", what))
    for where, words in (("N3", "（単位：円）"), ("A3", "※金額は円単位で記入しました"), ("K3", "（百万円）")):
        form = _fresh(kit)
        form.sheet[where] = words
        is_yen = "百万円" not in words
        for at in range(COUNT):
            value = ACTUALS[at]
            if isinstance(value, int):
                new = value * 1000 if is_yen else value / 1000
                form.put(at, "actual", new, right("0") if not value else ask(str(value), _plain(new)))
        cases.append(form.case("単位を変える", f"{where}=「{words}」で、実績効果額がその単位、見出しは千円のまま"))
    return cases


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def shifted(kit: Kit) -> list[Case]:  # noqa: C901, PLR0912, PLR0915 — a list of cases, one after the other
    """Answers beside where they belong."""
    cases = []
    form = _fresh(kit)
    values = [[form.cell(at, item).value for item in ITEMS] for at in range(COUNT)]
    for at in range(COUNT):
        for item, value in zip(ITEMS, values[at], strict=True):
            form.sheet.cell(FIRST + at + 1, AT[item]).value = value
    for item in ITEMS:
        form.cell(0, item).value = None
    form.all(doubtful)
    cases.append(form.case("ずれて貼る", "J〜N の答えが1行下（最後の行は表の外）", by_file=True))
    for item in ("actual", "grade", "words"):
        form = _fresh(kit)
        values = [form.cell(at, item).value for at in range(COUNT)]
        for at in range(COUNT):
            form.sheet.cell(FIRST + at + 1, AT[item]).value = values[at]
        form.cell(0, item).value = None
        form.all(doubtful, [item])
        cases.append(form.case("ずれて貼る", f"{LETTER[item]} だけが1行下（最後の値は表の外）", by_file=True))
    form = _fresh(kit)
    for at in range(COUNT):
        for old in reversed(ITEMS):
            form.sheet.cell(FIRST + at, AT[old] + 1).value = form.cell(at, old).value
        form.cell(at, "grade").value = None
    form.all(doubtful)
    cases.append(form.case("ずれて貼る", "J〜N の答えが1列右（K に評価、L に金額…）"))
    form = _fresh(kit)
    for at in range(COUNT):
        for old in ITEMS:
            form.sheet.cell(FIRST + at, AT[old] - 1).value = form.cell(at, old).value
        form.cell(at, "expected_next").value = None
    form.all(doubtful)
    cases.append(form.case("ずれて貼る", "J〜N の答えが1列左（I に評価、J に金額…）"))
    form = _fresh(kit)
    for at in range(COUNT):
        grade, actual = form.cell(at, "grade").value, form.cell(at, "actual").value
        form.cell(at, "grade").value, form.cell(at, "actual").value = actual, grade
    form.all(doubtful, ["grade", "actual"])
    cases.append(form.case("ずれて貼る", "評価と実績効果額を互いの欄に書く"))
    form = _fresh(kit)
    for at in range(4):
        why = form.cell(at, "reason")
        form.cell(at, "reason").value, form.cell(at, "words").value = form.cell(at, "words").value, why.value
        for item in ("reason", "words"):
            form.means(at, item, doubtful(form.meant[form.names[at], item]))
    cases.append(form.case("ずれて貼る", "遅れの理由と説明を互いの欄に書く（4行）"))
    # Only the answers were sorted: every row holds another measure's; nothing in the file can tell, but the form's own numbers.
    form = _fresh(kit)
    numbers = [form.sheet.cell(FIRST + at, 1).value for at in range(COUNT)]
    for at in range(COUNT):
        form.sheet.cell(FIRST + at, 1).value = numbers[-1 - at]
    form.all(doubtful)
    cases.append(form.case("ずれて貼る", "番号の列だけを並べ替える（番号と取組が食い違う）", by_file=True))
    form = _fresh(kit)
    for at, other in ((0, 3), (3, 0)):
        form.sheet.cell(FIRST + at, AT["measure"]).value = form.names[other]
        for item in ITEMS:
            form.means(at, item, doubtful(form.meant[form.names[at], item]))
    cases.append(form.case("ずれて貼る", "取組の名を二つの行で入れ替える（番号はもとのまま）", by_file=True))
    form = _fresh(kit)
    rows = [[form.sheet.cell(FIRST + at, column).value for column in range(1, 15)] for at in range(COUNT)]
    for row in range(HEAD, LAST + 1):
        for column in range(1, 15):
            form.sheet.cell(row, column).value = None
    for column in range(1, 15):
        form.sheet.cell(HEAD + column, 1).value = f"{[*LETTER][column - 1]}"
    titles = load_workbook(io.BytesIO(kit.forms[form.department]))["回答"]
    for column in range(1, 15):
        form.sheet.cell(HEAD + column, 1).value = titles.cell(HEAD, column).value
        for at in range(COUNT):
            form.sheet.cell(HEAD + column, 2 + at).value = rows[at][column - 1]
    form.all()
    cases.append(form.case("ずれて貼る", "表の行と列を入れ替える（見出しが A 列）", by_file=True))
    return cases


def rows(kit: Kit) -> list[Case]:  # noqa: C901, PLR0912, PLR0915 — a list of cases, one after the other
    """Rows gone, added, said twice; answers merged over rows."""
    cases = []
    for some, how in (
        ((9,), "最後の行"),
        ((0,), "最初の行"),
        ((2, 6), "3行目と7行目"),
        (tuple(range(1, 10)), "1件を除く行"),
    ):
        form = _fresh(kit)
        for at in sorted(some, reverse=True):
            form.sheet.delete_rows(FIRST + at)
            for item in ITEMS:
                form.means(at, item, either(right()) if form.meant[form.names[at], item].silent == (None,) else ask())
        cases.append(form.case("行を消す", f"{how}を消す"))
    form = _fresh(kit)
    form.sheet.delete_rows(FIRST, COUNT)
    form.all(lambda one: either(one) if one.silent == (None,) else nothing(one))
    cases.append(form.case("行を消す", "すべての行を消す", by_file=True))
    form = _fresh(kit)
    form.sheet.delete_rows(HEAD)
    form.all()
    cases.append(form.case("行を消す", "見出しの行を消す", by_file=True))
    form = _fresh(kit)
    for column, value in ((1, "新規"), (4, "架空の新しい取組"), (10, "B"), (11, 900), (13, "新しく始めた。")):
        form.sheet.cell(LAST + 1, column).value = value
    form.meant["架空の新しい取組", "grade"] = ask("B")
    form.touched.add(("架空の新しい取組", "grade"))
    cases.append(form.case("行を足す", "新しい取組の行を足す", by_file=True))
    form = _fresh(kit)
    form.sheet.insert_rows(FIRST + 2)
    for column, value in ((11, 300), (13, "（続き）来年度も続ける。")):
        form.sheet.cell(FIRST + 2, column).value = value
    for item in ("actual", "words"):
        form.means(1, item, doubtful(form.meant[form.names[1], item]))
    cases.append(form.case("行を足す", "取組2の下に、番号のない行（K=300 と説明の続き）を足す", by_file=True))
    for changed in ({"actual": 1500}, {"grade": "A"}, {}, {"actual": None}, {"words": "別の説明"}):
        form = _fresh(kit)
        form.sheet.insert_rows(FIRST + 2)
        for column in range(1, 15):
            form.sheet.cell(FIRST + 2, column).value = form.sheet.cell(FIRST + 1, column).value
        for item, value in changed.items():
            form.sheet.cell(FIRST + 2, AT[item]).value = value
            form.means(1, item, doubtful(form.meant[form.names[1], item]) if value else form.meant[form.names[1], item])
        cases.append(form.case("行を足す", f"取組2の行をもう一度、違うところ {changed or 'なし'}"))
    form = _fresh(kit)
    for column in range(1, 15):
        form.sheet.cell(LAST + 5, column).value = form.sheet.cell(FIRST + 1, column).value
    form.sheet.cell(LAST + 5, AT["actual"]).value = 1500
    form.sheet.row_dimensions[LAST + 5].hidden = True
    form.means(1, "actual", doubtful(form.meant[form.names[1], "actual"]))
    cases.append(form.case("行を足す", "非表示の行に、取組2の古い答え（K=1500）"))
    for letter, item, top, value in (
        ("K", "actual", 0, 3000),
        ("J", "grade", 5, "B"),
        ("M", "words", 0, "二つ合わせて。"),
    ):
        form = _fresh(kit)
        form.sheet.merge_cells(f"{letter}{FIRST + top}:{letter}{FIRST + top + 1}")
        form.cell(top, item).value = value
        for at in (top, top + 1):
            form.means(at, item, ask(value) if item != "grade" else right("B"))
        cases.append(form.case("答えを結合", f"{letter}{FIRST + top}:{letter}{FIRST + top + 1} を結合して {value}"))
    form = _fresh(kit)
    form.sheet.merge_cells("J6:K6")
    form.cell(1, "grade").value = "調整中"
    form.means(1, "grade", ask()).means(1, "actual", ask())
    cases.append(form.case("答えを結合", "J6:K6 を横に結合して「調整中」"))
    form = _fresh(kit)
    form.sheet.merge_cells("J6:N6")
    form.cell(1, "grade").value = "B"
    for item in ITEMS[1:]:
        form.means(1, item, right(None) if item in ("reason", "expected_next") else ask())
    cases.append(form.case("答えを結合", "J6:N6 を横に結合して「B」"))
    form = _fresh(kit)
    form.sheet.merge_cells(f"J{FIRST}:N{LAST}")
    form.cell(0, "grade").value = "別紙のとおり"
    form.all(lambda one: either(one) if one.silent == (None,) else ask())
    cases.append(form.case("答えを結合", "J5:N14 をすべて結合して「別紙のとおり」"))
    form = _fresh(kit)
    form.sheet.merge_cells(f"D{FIRST}:D{FIRST + 1}")
    form.sheet.merge_cells(f"A{FIRST}:A{FIRST + 1}")
    for item in ITEMS:
        form.means(
            1,
            item,
            either(right())
            if form.meant[form.names[1], item].silent == (None,)
            else doubtful(form.meant[form.names[1], item]),
        )
    cases.append(form.case("答えを結合", "番号と取組の欄を取組1と2で結合（取組2の名が消える）", by_file=True))
    return cases


def columns(kit: Kit) -> list[Case]:  # noqa: C901 — a list of cases, one after the other
    """Columns said twice, gone, or locked ones changed."""
    cases = []
    for item, values, heading in (
        ("grade", ["A"] * 10, "評価"),
        ("grade", ["A"] * 10, "評価（部長）"),
        ("actual", [500] * 10, "実績効果額（千円）"),
        ("actual", [500] * 10, "実績効果額（うち一般財源）"),
        ("actual", [500] * 10, "実績額"),
        ("words", ["公表用の説明"] * 10, "説明"),
        ("words", ["公表用の説明"] * 10, "説明（公表用）"),
    ):
        form = _fresh(kit)
        form.sheet.insert_cols(AT[item] + 1)
        form.sheet.cell(HEAD, AT[item] + 1).value = heading
        for at in range(COUNT):
            form.sheet.cell(FIRST + at, AT[item] + 1).value = values[at]
        is_own = "うち" in heading or "公表" in heading or "部長" in heading
        form.all((lambda one: one) if is_own and item != "words" else doubtful, [item])
        cases.append(
            form.case(
                "同じ見出しの列", f"{LETTER[item]} の右に、見出し「{heading}」、値 {values[0]} の列", by_file=True
            )
        )
    for item in ("grade", "actual", "words", "reason"):
        form = _fresh(kit)
        form.sheet.delete_cols(AT[item])
        form.all(lambda one: either(one) if one.silent == (None,) else ask(), [item])
        cases.append(form.case("答えの列を消す", f"{LETTER[item]} の列を消す", by_file=True))
    form = _fresh(kit)
    form.sheet.delete_cols(AT["measure"])
    form.sheet.delete_cols(AT["number"])
    form.all()
    cases.append(form.case("列を動かす・足す・消す", "番号と取組の列をともに消す", by_file=True))
    for item, value in (
        ("expected", 99_999),
        ("expected", "対象外"),
        ("department", "架空市民部へ移管"),
        ("grade_before", "A"),
        ("target", "999件"),
    ):
        form = _fresh(kit)
        form.cell(1, item).value = value
        form.means(1, item, ask())
        cases.append(form.case("鍵の欄を書き換える", f"{LETTER[item]}6 を「{value}」に（答えでない欄）"))
    for changes, what, fine in (
        ({"reason": None}, "C なのに理由が空欄", ask()),
        ({"reason": None}, "D なのに理由が空欄", ask()),
    ):
        form = _fresh(kit)
        at = 2 if what[0] == "C" else 4
        for item, value in changes.items():
            form.put(at, item, value, fine)
        cases.append(form.case("評価と理由が合わない", what))
    form = _fresh(kit).put(1, "reason", "調査段階", ask("調査段階"))
    cases.append(form.case("評価と理由が合わない", "B なのに理由が「調査段階」"))
    form = _fresh(kit).put(1, "grade", None, ask()).put(1, "actual", None, ask())
    cases.append(form.case("空欄", "評価と実績が空欄"))
    form = _fresh(kit)
    for at in range(5, COUNT):
        for item in ITEMS:
            form.put(at, item, None, either(right()) if item in ITEMS[2:] else ask())
    cases.append(form.case("空欄", "下の半分が空欄"))
    form = _fresh(kit)
    for at in range(COUNT):
        form.put(at, "words", None, right(None))
    cases.append(form.case("空欄", "説明がすべて空欄（空欄でもよいか）"))
    form = _fresh(kit)
    for at in range(COUNT):
        for item in ITEMS:
            form.put(at, item, None, either(right()) if item in ("reason", "expected_next", "words") else ask())
    cases.append(form.case("空欄", "まったく記入せずに返す", by_file=True))
    return cases


def sheets(kit: Kit) -> list[Case]:  # noqa: C901, PLR0912, PLR0915 — a list of cases, one after the other
    """More than one sheet of answers, and other tables."""
    cases = []
    for title, first, changed in (
        ("回答 (2)", False, {(1, "actual"): 1500, (3, "grade"): "A"}),
        ("回答 (2)", True, {(1, "actual"): 1500}),
        ("回答（修正後）", False, {(1, "actual"): 1500}),
        ("回答 (2)", False, {}),
        ("作業用", False, {(1, "actual"): 1500}),
    ):
        form = _fresh(kit)
        other = form.book.copy_worksheet(form.sheet)
        other.title = title
        for (at, item), value in changed.items():
            other[f"{LETTER[item]}{FIRST + at}"] = value
            form.means(at, item, doubtful(form.meant[form.names[at], item]))
        if first:
            form.book.move_sheet(other, -(len(form.book.sheetnames) - 1))
        if not changed:
            form.all()
        cases.append(
            form.case("シートを足す", f"シート「{title}」に写し（{'前' if first else '後'}、違い {len(changed)}か所）")
        )
    form = _fresh(kit)
    other = form.book.copy_worksheet(form.sheet)
    other.title, other.sheet_state = "回答 (2)", "hidden"
    other["K6"] = 1500
    form.means(1, "actual", doubtful(form.meant[form.names[1], "actual"]))
    cases.append(form.case("シートを足す", "非表示のシートに写し（K6 が違う）"))
    for title, first in (("R5", True), ("令和5年度", False), ("昨年度回答", True)):
        form = _fresh(kit)
        other = form.book.copy_worksheet(form.sheet)
        other.title = title
        other["A1"] = str(other["A1"].value).replace("令和6年度", "令和5年度")
        for at in range(COUNT):
            other[f"K{FIRST + at}"], other[f"J{FIRST + at}"] = 111 + at, "A"
        if first:
            form.book.move_sheet(other, -(len(form.book.sheetnames) - 1))
        form.all(items=["grade", "actual"])
        cases.append(
            form.case("シートを足す", f"前年度のシート「{title}」が{'前' if first else '後'}にある", by_file=True)
        )
    form = _fresh(kit)
    other = form.book.create_sheet("内訳")
    for row in (
        ["番号", "取組", "実績効果額（千円）"],
        [f"{form.sheet['A6'].value}", form.names[1], 700],
        ["", "", 450],
    ):
        other.append(row)
    form.means(1, "actual", form.meant[form.names[1], "actual"])
    cases.append(form.case("シートを足す", "シート「内訳」に、番号・取組・実績効果額（一部）の表", by_file=True))
    form = _fresh(kit)
    for row in range(1, LAST + 1):
        for column in range(1, 15):
            form.sheet.cell(row + 20, column).value = form.sheet.cell(row, column).value
    form.sheet["A21"] = str(form.sheet["A21"].value).replace("令和6年度", "令和5年度")
    for at in range(COUNT):
        form.sheet[f"K{FIRST + at + 20}"] = 111 + at
    form.all(doubtful, ["actual"])
    cases.append(form.case("一つのシートに二つの表", "下に前年度の表（実績が違う）", by_file=True))
    form = _fresh(kit)
    for at in range(5, COUNT):
        for column in range(1, 15):
            form.sheet.cell(FIRST + at + 4, column).value = form.sheet.cell(FIRST + at, column).value
            form.sheet.cell(FIRST + at, column).value = None
    for column in range(1, 15):
        form.sheet.cell(FIRST + 8, column).value = form.sheet.cell(HEAD, column).value
    form.sheet.cell(FIRST + 6, 1).value = "【第二課】"
    form.all()
    cases.append(form.case("一つのシートに二つの表", "半分ずつ、見出しを付けて上下に", by_file=True))
    form = _fresh(kit)
    for at in range(5, COUNT):
        for column in range(1, 15):
            form.sheet.cell(FIRST + at - 5, column + 16).value = form.sheet.cell(FIRST + at, column).value
            form.sheet.cell(FIRST + at, column).value = None
    for column in range(1, 15):
        form.sheet.cell(HEAD, column + 16).value = form.sheet.cell(HEAD, column).value
    form.all()
    cases.append(form.case("一つのシートに二つの表", "半分ずつ、見出しを付けて左右に", by_file=True))
    form = _fresh(kit)
    for row in range(1, LAST + 1):
        for column in range(1, 15):
            form.sheet.cell(row + 20, column).value = form.sheet.cell(row, column).value
    for row in range(HEAD, LAST + 1):
        form.sheet.cell(row, 2).value = "記入例" if row > HEAD else form.sheet.cell(row, 2).value
        if row > HEAD:
            form.sheet.cell(row, AT["actual"]).value = 1000
    form.sheet["A3"] = "（記入例）"
    form.all(doubtful, ["actual"])
    cases.append(form.case("一つのシートに二つの表", "上に記入例の表（同じ取組、実績はすべて 1000）", by_file=True))
    return cases


# Files


def shown(cell: Cell) -> str:
    """What a cell shows, as Excel writes it into a CSV."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y}/{value.month}/{value.day}"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "#,##0" in cell.number_format:
        return f"{value:,}" if value >= 0 else f"△ {-value:,}"
    return str(value)


def as_text(sheet: Worksheet, between: str, encoding: str) -> bytes:
    """The sheet as a file of text."""
    lines = []
    for row in sheet.iter_rows():
        cells = [shown(cell) for cell in row]
        lines.append(
            between.join(
                '"' + one.replace('"', '""') + '"' if re.search(rf'[{between}"\n]', one) else one for one in cells
            )
        )
    return ("\r\n".join(lines) + "\r\n").encode(encoding, errors="replace")


def as_xls(book: Workbook) -> bytes:
    """The workbook in the format of before 2007."""
    old = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy/m/d")
    for sheet in book.worksheets:
        new = old.add_sheet(sheet.title[:31])
        new.visibility = 0 if sheet.sheet_state == "visible" else 2
        for row in sheet.iter_rows(max_row=min(sheet.max_row, 5000), max_col=min(sheet.max_column, 60)):
            for cell in row:
                if cell.value is not None and cell.value != "":
                    words = (cell.row - 1, cell.column - 1, cell.value)
                    new.write(*words, day) if isinstance(cell.value, datetime) else new.write(*words)
    written = io.BytesIO()
    old.save(written)
    return written.getvalue()


def as_html(sheet: Worksheet) -> bytes:
    """A web page called .xls, as systems export it."""
    rows = "".join("<tr>" + "".join(f"<td>{shown(cell)}</td>" for cell in row) + "</tr>" for row in sheet.iter_rows())
    return f"<html><meta charset='utf-8'><body><table>{rows}</table></body></html>".encode()


FORMATS: dict[str, Callable[[Form], Sent]] = {
    ".xls（xlwt）": lambda form: Sent(f"{form.department}.xls", as_xls(form.book)),
    "CSV（CP932）": lambda form: Sent(f"{form.department}.csv", as_text(form.sheet, ",", "cp932")),
    "CSV（UTF-8）": lambda form: Sent(f"{form.department}.csv", as_text(form.sheet, ",", "utf-8-sig")),
    "CSV（UTF-8、BOM なし）": lambda form: Sent(f"{form.department}.csv", as_text(form.sheet, ",", "utf-8")),
    "テキスト（タブ、CP932）": lambda form: Sent(f"{form.department}.txt", as_text(form.sheet, "\t", "cp932")),
    "Unicode テキスト（タブ、UTF-16）": lambda form: Sent(
        f"{form.department}.txt", as_text(form.sheet, "\t", "utf-16")
    ),
    "TSV": lambda form: Sent(f"{form.department}.tsv", as_text(form.sheet, "\t", "utf-8")),
    ".ods（LibreOffice）": lambda form: Sent(f"{form.department}.ods", form.saved(), "ods"),
    ".xls（LibreOffice）": lambda form: Sent(f"{form.department}.xls", form.saved(), "xls"),
    ".xlsx（LibreOffice）": lambda form: Sent(f"{form.department}.xlsx", form.saved(), "xlsx"),
    "表のある HTML を .xls と呼ぶ": lambda form: Sent(f"{form.department}.xls", as_html(form.sheet)),
    ".xls の中身を .xlsx と呼ぶ": lambda form: Sent(f"{form.department}.xlsx", as_xls(form.book)),
    ".xlsx の中身を .xls と呼ぶ": lambda form: Sent(f"{form.department}.xls", form.saved()),
    "PDF（LibreOffice）": lambda form: Sent(f"{form.department}.pdf", form.saved(), "pdf"),
}
COMBINED = [*FORMATS][:11]


def formats(kit: Kit) -> list[Case]:
    """Saved in another format, alone and after a change to the table or to an answer."""
    cases = []
    for name, written in FORMATS.items():
        form = _fresh(kit)
        form.all()
        cases.append(Case("別の形式で保存", name, [[written(form)]], form.meant, form.touched, by_file=True))
    harmless = [
        one for one in HARMLESS if one not in {"far_cell", "far_row", "far_column", "many_blank_rows", "guide_gone"}
    ]
    for at, name in enumerate(kit.random.sample(harmless, len(harmless))):
        to = COMBINED[at % len(COMBINED)]
        form = _fresh(kit)
        HARMLESS[name][1](form)
        form.all()
        sent = FORMATS[to](form)
        cases.append(
            Case("表を変えて別の形式で", f"{name} のあと {to}", [[sent]], form.meant, form.touched, by_file=True)
        )
    typed = [
        (kind, *one)
        for kind, some in AMOUNTS.items()
        for one in some
        if isinstance(one[0], str) and kind != "桁の疑わしい数"
    ]
    for at, (kind, value, where, meant) in enumerate(kit.random.sample(typed, 30)):
        to = COMBINED[at % len(COMBINED)]
        form = _fresh(kit)
        is_lossy = "CP932" in to and value.encode("cp932", errors="replace").decode("cp932") != value
        form.put(where[0], "actual", value, Meant((), (None, *meant.silent, *meant.told)) if is_lossy else meant)
        what = f"K{FIRST + where[0]}={_short(value)}（{kind}）を {to}"
        cases.append(Case("答えを変えて別の形式で", what, [[FORMATS[to](form)]], form.meant, form.touched))
    return cases


NAMES = (
    "回答 様式(最終版)_修正2 - コピー.xlsx",
    "【架空部】　進捗管理表　😀.xlsx",
    "①㈱髙﨑課№1㍻.xlsx",
    "架" * 80 + ".xlsx",
    "回答.xlsx.xlsx",
    "回答.XLSX",
    "回答",
    "回答.xlsm",
    "ガイド（NFD）.xlsx",
    "=cmd|' /C calc'!A0.xlsx",
    '部,"引用".xlsx',
    "a#b%20c&d;e.xlsx",
    "-rf.xlsx",
    "回答!K6.xlsx",
    "改行\nあり.xlsx",
    "gyokaku.xlsx",
    "answers.csv.xlsx",
    "回答.xlsx ",
    "R6_実績_架空総務部.bak",
    ".回答.xlsx",
)


def files(kit: Kit) -> list[Case]:
    """Names of all kinds, copies, and files that are no forms."""
    cases = []
    for name in NAMES:
        form = _fresh(kit)
        form.all()
        case = form.case("ファイルの名前", f"「{name[:30]}」".replace("\n", "⏎"), name=name)
        case.rounds[0].append(Sent("案内.txt", "回答を送ります。".encode("cp932")))
        cases.append(case)
    for changed, names in (
        ({}, ("a.xlsx", "a - コピー.xlsx")),
        ({(1, "actual"): 1500}, ("a.xlsx", "a - コピー.xlsx")),
        ({(1, "grade"): "A", (3, "words"): "別の説明"}, ("課1/回答.xlsx", "課2/回答.xlsx")),
        ({(1, "actual"): None}, ("a.xlsx", "b.xlsx")),
        ({(1, "words"): None}, ("a.xlsx", "b.xlsx")),
        ({(1, "actual"): "1,150千円"}, ("a.xlsx", "b.xlsx")),
        ({(1, "actual"): "調整中"}, ("a.xlsx", "b.xlsx")),
    ):
        department = kit.department()
        form, other = _fresh(kit, department), _fresh(kit, department)
        for (at, item), value in changed.items():
            other.cell(at, item).value = value
            is_other = value not in (None, "1,150千円", "調整中")
            form.means(
                at, item, doubtful(form.meant[form.names[at], item]) if is_other else form.meant[form.names[at], item]
            )
        if not changed:
            form.all()
        sent = [Sent(names[0], form.saved()), Sent(names[1], other.saved())]
        what = f"{'・'.join(names)}、違い {[*changed.values()] or 'なし'}"
        cases.append(Case("二つ返す", what, [sent], form.meant, form.touched))
    first, second = _fresh(kit), None
    second = _fresh(kit)
    first.all()
    second.all()
    sent = [Sent("北/回答.xlsx", first.saved()), Sent("南/回答.xlsx", second.saved())]
    cases.append(
        Case(
            "二つ返す",
            "別の部が同じ名前で、別のフォルダー",
            [sent],
            first.meant | second.meant,
            first.touched | second.touched,
        )
    )
    department = kit.department()
    form, other = _fresh(kit, department), _fresh(kit, department)
    for at in range(COUNT):
        for item in ITEMS:
            (form if at % 2 else other).cell(at, item).value = None
    form.all()
    sent = [Sent("第一課.xlsx", form.saved()), Sent("第二課.xlsx", other.saved())]
    cases.append(Case("二つ返す", "一つの部の二つの課が、半分ずつ答える", [sent], form.meant, form.touched))
    return cases + no_forms(kit)


def no_forms(kit: Kit) -> list[Case]:
    """Files that hold no answers, or hold them where none can be read, beside a good form of another department."""
    zipped, blank = io.BytesIO(), io.BytesIO()
    form = _fresh(kit)
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("回答.xlsx", form.saved())
    Workbook().save(blank)
    secret = as_xls(form.book).replace("Workbook".encode("utf-16-le"), "EncryptX".encode("utf-16-le"))
    good = form.saved()
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    some = {
        "回答.docx": document(form),
        "回答.zip": zipped.getvalue(),
        "回答.png": picture,
        "回答.jpg": b"\xff\xd8\xff\xe0" + bytes(500),
        "空.xlsx": b"",
        "空.csv": b"",
        "空白のブック.xlsx": blank.getvalue(),
        "途中で切れた.xlsx": good[: len(good) // 2],
        "頭が壊れた.xlsx": b"\x00" * 100 + good[100:],
        "中が壊れた.xlsx": broken(good),
        "パスワード付き.xlsx": encrypted(),
        "OLE.xls": secret,
        "メモ.txt": "回答は電話でお伝えします。".encode("cp932"),
        "メール.eml": b"Subject: =?UTF-8?B?5Zue562U?=\r\n\r\n\xe5\x9b\x9e\xe7\xad\x94",
        "リンク.url": b"[InternetShortcut]\r\nURL=http://example.com/\r\n",
        "回答.xlsb": good[:-1],
        "回答.pages": zipped.getvalue(),
        "ごみ.xlsx": bytes(kit.random.randrange(256) for _ in range(3000)),
        "深い.csv": (",".join(["1"] * 5000) + "\n").encode() * 20,
        "制御.csv": b"\x00\x01\x02\x03,\x00\n" * 50,
    }
    cases = []
    for name, content in some.items():
        other = Form(kit.forms[DEPARTMENTS[0]], DEPARTMENTS[0])
        bad = Form(kit.forms[DEPARTMENTS[3]], DEPARTMENTS[3])
        # What is in it is another department's, whose answers do not come.
        meant = dict(other.meant)
        meant[f"（{name}）", "file"] = Meant((), (None,))
        touched = {(f"（{name}）", "file")}
        if name in {"回答.docx", "回答.zip", "回答.pages"}:
            meant |= (
                {key: Meant(one.silent, (None,)) for key, one in form.meant.items()}
                if form.department != other.department
                else {}
            )
        cases.append(
            Case(
                "様式でないファイル",
                name,
                [[Sent(name, content), Sent("ほかの部.xlsx", other.saved())]],
                meant,
                touched,
                by_file=True,
            )
        )
        del bad
    litter = {
        "~$回答.xlsx": b"\x05user" + bytes(160),
        "Thumbs.db": bytes(512),
        ".DS_Store": bytes(64),
        "._回答.xlsx": bytes(80),
    }
    other = _fresh(kit)
    sent = [Sent("ほかの部.xlsx", other.saved()), *(Sent(name, content) for name, content in litter.items())]
    other.all()
    cases.append(Case("様式でないファイル", "Excel・macOS が残すファイル", [sent], other.meant, other.touched))
    return cases


def broken(content: bytes) -> bytes:
    """A workbook whose sheet is no XML."""
    source, written = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(written, "w") as out:
        for name in source.namelist():
            part = source.read(name)
            out.writestr(name, part[: len(part) // 3] if name == "xl/worksheets/sheet1.xml" else part)
    return written.getvalue()


def encrypted() -> bytes:
    """A workbook with a password, as Excel stores one: a compound file with an EncryptedPackage."""
    old = xlwt.Workbook()
    old.add_sheet("a").write(0, 0, "b")
    written = io.BytesIO()
    old.save(written)
    content = written.getvalue()
    name, new = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    at = content.index(name + b"\x00\x00")
    changed = bytearray(content)
    changed[at : at + 64] = (new + b"\x00\x00").ljust(64, b"\x00")
    changed[at + 64 : at + 66] = (len(new) + 2).to_bytes(2, "little")
    return bytes(changed)


def document(form: Form) -> bytes:
    """The table in a Word document."""
    from docx import Document  # noqa: PLC0415 — one case alone needs it

    made = Document()
    made.add_heading(str(form.sheet["A1"].value))
    table = made.add_table(rows=0, cols=14)
    for row in form.sheet.iter_rows(min_row=HEAD, max_row=LAST):
        for cell, said in zip(table.add_row().cells, row, strict=True):
            cell.text = shown(said)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


# Other forms, other departments, later rounds


def others(kit: Kit) -> list[Case]:  # noqa: C901, PLR0912 — a list of cases, one after the other
    """Forms of another year, stage, city or list; one department's in another's hands; many in one."""
    cases = []
    for name, forms in kit.others.items():
        for is_bare in (False, True):
            department = kit.department()
            form = Form(forms[department], department)
            if is_bare:
                guide_gone(form)
            is_ours = name.startswith("古い一覧")
            form.all((lambda one: one) if is_ours else nothing)
            if not is_ours:
                form.all(lambda _: Meant((), (None,)))
            what = f"{name}{'（隠しシートのない）' if is_bare else ''}"
            cases.append(form.case("ほかの様式", what, by_file=True))
    # Another's form, answered; the right department answers otherwise.
    owner = kit.department()
    wrong, own = _fresh(kit, owner), _fresh(kit, owner)
    wrong.cell(1, "actual").value = 1500
    own.means(1, "actual", doubtful(own.meant[own.names[1], "actual"]))
    sent = [Sent("架空の他部から.xlsx", wrong.saved()), Sent(f"{owner}.xlsx", own.saved())]
    cases.append(
        Case("ほかの部の答え", "別の部がこの部の様式に答え、この部の答えと違う", [sent], own.meant, own.touched)
    )
    form, other = _fresh(kit), _fresh(kit)
    for column in range(1, 15):
        form.sheet.cell(LAST + 1, column).value = other.sheet.cell(FIRST, column).value
    for item in ITEMS:
        form.meant[other.names[0], item] = other.meant[other.names[0], item]
        form.touched.add((other.names[0], item))
    cases.append(form.case("ほかの部の答え", "自分の様式に、別の部の取組の行を足して答える"))
    form, other = _fresh(kit), _fresh(kit)
    for column in range(1, 15):
        form.sheet.cell(LAST + 1, column).value = other.sheet.cell(FIRST + 1, column).value
    form.sheet.cell(LAST + 1, AT["actual"]).value = 1500
    for item in ITEMS:
        other.means(
            1,
            item,
            doubtful(other.meant[other.names[1], item]) if item == "actual" else other.meant[other.names[1], item],
        )
    sent = [Sent("a.xlsx", form.saved()), Sent("b.xlsx", other.saved())]
    cases.append(
        Case(
            "ほかの部の答え",
            "別の部の取組の行を足し、その部の答えと違う",
            [sent],
            form.meant | other.meant,
            other.touched,
        )
    )
    for is_sheets in (False, True):
        form = _fresh(kit, DEPARTMENTS[0])
        meant = dict(form.meant)
        for place, department in enumerate(DEPARTMENTS[1:], 1):
            other = _fresh(kit, department)
            meant |= other.meant
            target = form.book.create_sheet(department) if is_sheets else form.sheet
            for at in range(1 if is_sheets else FIRST, LAST + 1):
                for column in range(1, 15):
                    row = at if is_sheets else at + COUNT * place
                    target.cell(row, column).value = other.sheet.cell(at, column).value
        if is_sheets:
            form.sheet.title = DEPARTMENTS[0]
        case = form.case(
            "ほかの部の答え",
            f"6つの部を一つのファイルにまとめる（{'部ごとのシート' if is_sheets else '一つの表'}）",
            by_file=True,
        )
        case.meant, case.touched = meant, set(meant)
        cases.append(case)
    form = _fresh(kit)
    for at in range(COUNT):
        form.cell(at, "department").value = "架空企画部"
    form.all()
    cases.append(form.case("ほかの部の答え", "部の欄をすべて「架空企画部」（一覧にない部）に書き換える"))
    return cases


def later(kit: Kit) -> list[Case]:
    """Answers of several rounds."""
    cases = []

    def two(what: str, change: Callable[[Form], None], meant: Callable[[Form], None], names: tuple[str, str]) -> None:
        department = kit.department()
        first, second = _fresh(kit, department), _fresh(kit, department)
        change(second)
        meant(first)
        rounds = [[Sent(names[0], first.saved())], [Sent(names[1], second.saved())]]
        cases.append(Case("二度目の回答", what, rounds, first.meant, first.touched))

    same, other = ("回答.xlsx", "回答.xlsx"), ("回答.xlsx", "回答_修正.xlsx")
    for names in (same, other):
        said = "同じ名前" if names is same else "別の名前"

        def blanked(form: Form) -> None:
            for item in ("grade", "actual", "words"):
                form.cell(1, item).value = None

        two(
            f"二度目は取組2が空欄（{said}）",
            blanked,
            lambda form: [
                form.means(1, item, doubtful(form.meant[form.names[1], item])) for item in ("grade", "actual", "words")
            ],
            names,
        )

        def corrected(form: Form) -> None:
            form.cell(1, "actual").value = 1500

        two(f"二度目は K6 が 1500（{said}）", corrected, lambda form: form.means(1, "actual", right("1500")), names)

        def noted(form: Form) -> None:
            form.cell(1, "actual").value = "調整中"

        two(f"二度目は K6 が「調整中」（{said}）", noted, lambda form: form.means(1, "actual", ask("1150")), names)

        def only_one(form: Form) -> None:
            form.sheet.delete_rows(FIRST + 2, COUNT - 2)
            form.sheet.delete_rows(FIRST)
            form.sheet[f"K{FIRST}"] = 1500

        two(
            f"二度目は取組2の行だけ（K=1500、{said}）",
            only_one,
            lambda form: form.means(1, "actual", right("1500")),
            names,
        )
        two(f"二度目もまったく同じ（{said}）", lambda _: None, lambda form: form.all(), names)
    department = kit.department()
    first, second = _fresh(kit, department), _fresh(kit, department)
    second.cell(1, "actual").value = 1500
    first.means(1, "actual", ask("1150", "1500"))
    rounds = [
        [Sent("回答.xlsx", first.saved())],
        [Sent("修正.xlsx", second.saved())],
        [Sent("再送.xlsx", first.saved())],
    ]
    cases.append(Case("二度目の回答", "修正のあとに、初めのファイルがもう一度届く", rounds, first.meant, first.touched))
    department = kit.department()
    first, second = _fresh(kit, department), _fresh(kit, department)
    second.cell(1, "actual").value = 1500
    first.means(1, "actual", right("1500"))
    both = [Sent("回答.xlsx", first.saved()), Sent("修正.xlsx", second.saved())]
    cases.append(
        Case(
            "二度目の回答",
            "フォルダーに初めのファイルも残したまま集める",
            [[both[0]], both],
            first.meant,
            first.touched,
        )
    )
    department = kit.department()
    first, second = _fresh(kit, department), _fresh(kit, department)
    second.cell(1, "actual").value = 1500
    first.means(1, "actual", ask("1150", "1500"))
    rounds = [[Sent("a.xlsx", first.saved()), Sent("b.xlsx", second.saved())]] * 2
    what = "初めに二つの違う答え、そのあと同じフォルダーをもう一度"
    cases.append(Case("二度目の回答", what, rounds, first.meant, first.touched))
    return cases


def combinations(kit: Kit) -> list[Case]:
    """Two changes to the table at once."""
    cases = []
    names = [
        one for one in HARMLESS if one not in {"far_cell", "far_row", "far_column", "many_blank_rows", "guide_gone"}
    ]
    safe_first = {"titles_gone", "lines_above", "numbers_column", "two_line_heading", "merged_heading", "split_heading"}
    rows_or_sheets = [
        "guide_gone",
        "renamed_sheet",
        "blank_sheets",
        "protected_again",
        "hidden_rows",
        "footnotes",
        "titles_gone",
        "lines_above",
    ]
    for one in kit.random.sample([name for name in names if name not in safe_first], 24):
        two = kit.random.choice([name for name in rows_or_sheets if name != one])
        form = _fresh(kit)
        HARMLESS[one][1](form)
        HARMLESS[two][1](form)
        form.all()
        cases.append(form.case("表を二通りに変える", f"{one} と {two}"))
    return cases


def every_case(kit: Kit) -> list[Case]:
    """All cases, in the order of the table."""
    return [
        case
        for some in (
            in_cells,
            formulas,
            fonts,
            tables,
            headings,
            shifted,
            rows,
            columns,
            sheets,
            formats,
            files,
            others,
            later,
            combinations,
        )
        for case in some(kit)
    ]


def sized(form: bytes, measures: int) -> bytes:
    """A form with many rows, every answer filled."""
    book = load_workbook(io.BytesIO(form))
    sheet = book["回答"]
    for row in range(FIRST, FIRST + measures):
        sheet[f"J{row}"], sheet[f"K{row}"], sheet[f"M{row}"] = "B", 1000 + row, "架空の説明。"
        sheet[f"N{row}"] = 1000
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


__all__ = ["DEPARTMENTS", "Case", "Kit", "Meant", "Sent", "every_case", "measures_csv", "sized"]
