"""The form of one department as a workbook: what is known filled in and locked, what is asked coloured and open, and how to answer beside it."""

import io
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from helpers import notation
from helpers.terms import Plan, wareki
from helpers.terms import form as terms
from helpers.terms.tables import TOKENS

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

A4 = 9
HEAD = 3  # row of the headings, counted from 0
LINE_HEIGHT, HEADING_HEIGHT = 14.5, 44
OPEN, LACKS, HEADING, RULE = "#FFF8D6", "#F9C6C6", "#E8EEF7", "#8A8A8A"
# Names of devices, which Windows takes for no file.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
MOST_FILE_LETTERS = 60


@dataclass(frozen=True)
class Asked:
    """What all forms of one stage have in common.

    Attributes:
        form: Hash of what is asked, by which a form is known again.
        until: Day by which to answer; empty where none is set.
        contact: Whom to ask; empty where nobody is named.
    """

    plan: Plan
    fiscal_year: int
    stage: str
    form: str
    until: str = ""
    contact: str = ""

    @property
    def title(self) -> str:
        """What the form is called."""
        return f"{self.plan.full_name}　{wareki(self.fiscal_year)}　進捗管理表（{terms.STAGES[self.stage]}）"


def file_name(department: str, asked: Asked, taken: set[str]) -> str:
    """A name for a department's form that every system takes, and no other form has; it is added to `taken`."""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", unicodedata.normalize("NFC", department)).strip(" .")
    plain = plain[:MOST_FILE_LETTERS].strip(" .") or "部"
    plain = f"_{plain}" if _DEVICES.fullmatch(plain) or plain.startswith(("~$", "-")) else plain
    stem = f"{wareki(asked.fiscal_year)}_{terms.STAGES[asked.stage]}_{plain}"
    name, n = stem, 1
    while unicodedata.normalize("NFKC", name).casefold() in taken:
        n += 1
        name = f"{stem}_{n}"
    taken.add(unicodedata.normalize("NFKC", name).casefold())
    return f"{name}.xlsx"


def forms(asked: pd.DataFrame, about: Asked) -> dict[str, tuple[str, bytes]]:
    """The form of each department, as file name and bytes, in the order asked."""
    taken: set[str] = set()
    return {
        department: (file_name(department, about, taken), form(measures, department, about))
        for department, measures in asked.groupby("department", sort=False)
    }


def form(measures: pd.DataFrame, department: str, asked: Asked) -> bytes:
    """The form's bytes; the same for the same content, whenever and wherever it is made.

    Args:
        measures: The department's rows of `ASKED`.
        department: Who answers.
        asked: What is common to all forms.
    """
    # Not at the top: who only collects does not write.
    import xlsxwriter  # noqa: PLC0415

    written = io.BytesIO()
    face = {"font_name": notation.tokens()["face"]["text"], "font_size": 10, "valign": "vcenter"}
    book = xlsxwriter.Workbook(
        written,
        {"in_memory": True, "default_format_properties": face, "strings_to_formulas": False, "strings_to_urls": False},
    )
    # No clock: a file that must carry a day carries the first one of its fiscal year.
    made = datetime(asked.fiscal_year, 4, 1)  # noqa: DTZ001 — a workbook knows no time zone
    book.set_properties({"title": f"{asked.title}　{department}", "author": "gyokaku", "created": made})
    _answers(book, measures, department, asked)
    _guide(book, asked)
    _hidden(book, department, asked)
    book.close()
    return written.getvalue()


def _answers(book: "xlsxwriter.Workbook", measures: pd.DataFrame, department: str, asked: Asked) -> None:
    sheet = book.add_worksheet(terms.ANSWERS_SHEET)
    title = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"{asked.title}　{department}", title)
    until = f"回答期限: {terms.day_in_words(asked.until)}　" if asked.until else ""
    contact = f"問合せ: {asked.contact}　" if asked.contact else ""
    sheet.write_string(
        1, 0, f"{until}{contact}色の付いた欄に記入してください。書き方は「{terms.GUIDE_SHEET}」のシートにあります。"
    )
    looks = _Looks(book)
    rows = [_known(measure, asked.plan) for measure in measures.to_dict("records")]
    for at, column in enumerate(terms.COLUMNS):
        sheet.write_string(HEAD, at, column.heading.replace("（", "\n（"), looks.heading)
        # A column that nobody knows and nobody is asked would only make the print smaller.
        is_hidden = asked.stage not in column.open_in and not any(row.get(column) for row in rows)
        sheet.set_column(at, at, column.width, None, {"hidden": is_hidden})
    sheet.set_row(HEAD, HEADING_HEIGHT)
    first, last = HEAD + 1, HEAD + len(measures)
    for row, known in enumerate(rows, first):
        for at, column in enumerate(terms.COLUMNS):
            looks.write(sheet, row, at, known.get(column, ""), column, is_open=asked.stage in column.open_in)
        lines = max(_lines(str(known.get(column, "")), column.width) for column in terms.COLUMNS)
        sheet.set_row(row, max(2, lines) * LINE_HEIGHT)
    if len(measures):
        _rules(sheet, asked, first, last, looks)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": False})
    sheet.freeze_panes(HEAD + 1, terms.COLUMNS.index(terms.MEASURE) + 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.print_area(0, 0, max(last, first), len(terms.COLUMNS) - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F&R&P / &N")
    sheet.set_first_sheet()
    sheet.activate()


def _known(measure: dict[str, str], plan: Plan) -> dict[terms.Column, str]:
    policy = next((one for one in plan.policies if one.id == measure["policy_id"]), None)
    said = {
        terms.NUMBER: measure["number"],
        terms.POLICY: f"{policy.id} {policy.name}" if policy else measure["policy_id"],
        terms.ITEM: measure["promotion_item"],
        terms.MEASURE: measure["measure"],
        terms.DEPARTMENT: measure["department"],
        terms.INDICATOR: measure["indicator"],
        terms.TARGET: measure["target"],
        terms.EXPECTED: "対象外" if measure["expected"] == "not_applicable" else measure["expected"],
        terms.BEFORE: measure["grade_before"],
    }
    return {column: "" if words in TOKENS else words for column, words in said.items()}


class _Looks:
    """The formats of the cells."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        cell = {"border": 1, "border_color": RULE, "text_wrap": True}
        self.heading = book.add_format({**cell, "bold": True, "bg_color": HEADING, "align": "center", "locked": True})
        self.lacks = book.add_format({"bg_color": LACKS})
        amount = {"num_format": '#,##0;"△ "#,##0;0'}
        self._of: dict[tuple[bool, bool], Format] = {
            (is_open, is_amount): book.add_format(
                cell
                | ({"bg_color": OPEN, "locked": False} if is_open else {"locked": True})
                | (amount if is_amount else {"num_format": "@"})
            )
            for is_open in (False, True)
            for is_amount in (False, True)
        }

    def write(self, sheet: "Worksheet", row: int, at: int, words: str, column: terms.Column, *, is_open: bool) -> None:
        """One cell: an amount as a number, anything else as text; what is not known is blank."""
        is_amount = column.kind == terms.AMOUNT
        look = self._of[is_open, is_amount]
        if not words:
            sheet.write_blank(row, at, None, look)
        elif is_amount and re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", words):
            sheet.write_number(row, at, float(words) if "." in words else int(words), look)
        else:
            sheet.write_string(row, at, words, look)


def _rules(sheet: "Worksheet", asked: Asked, first: int, last: int, looks: _Looks) -> None:
    """What a cell takes, and the mark on a reason that lacks."""
    at = {column: number for number, column in enumerate(terms.COLUMNS)}
    letters = {column: chr(ord("A") + number) for column, number in at.items()}
    for column in terms.COLUMNS:
        if asked.stage not in column.open_in:
            continue
        rule = _rule(column, f"{letters[column]}{first + 1}", asked.plan)
        if rule:
            sheet.data_validation(first, at[column], last, at[column], rule)
    if asked.stage in terms.GRADED.open_in:
        late = [grade.code for grade in asked.plan.grades if grade.is_rated and not grade.achieved]
        is_late = ",".join(f'${letters[terms.GRADED]}{first + 1}="{_in_formula(code)}"' for code in late)
        cell = f"${letters[terms.WHY]}{first + 1}"
        if late:
            sheet.conditional_format(
                first,
                at[terms.WHY],
                last,
                at[terms.WHY],
                {"type": "formula", "criteria": f'=AND(OR({is_late}),{cell}="")', "format": looks.lacks},
            )


def _in_formula(words: str) -> str:
    return words.replace('"', '""')


def _rule(column: terms.Column, cell: str, plan: Plan) -> dict | None:
    if column.kind == terms.GRADE:
        codes = [grade.code for grade in plan.grades]
        meant = "、".join(f"{grade.code} {grade.label}" for grade in plan.grades)
        return {
            "validate": "list",
            "source": codes,
            "input_title": "評価",
            "input_message": meant[:255],
            "error_title": "評価",
            "error_message": f"{'・'.join(codes)} のどれかを選んでください。"[:255],
        }
    if column.kind == terms.REASON:
        return {
            "validate": "list",
            "source": list(terms.REASONS.values()),
            "error_title": "遅れの理由",
            "error_message": "一覧から選んでください。くわしくは「説明」に書いてください。",
        }
    if column.kind == terms.AMOUNT:
        whole = f"AND(ISNUMBER({cell}),{cell}=INT({cell}),ABS({cell})<={terms.MOST_AMOUNT})"
        return {
            "validate": "custom",
            "value": f'=OR({cell}="対象外",{whole})',
            "input_title": column.heading,
            "input_message": f"{terms.UNIT}単位の整数。マイナスは -500 のように。効果がなかったら 0、効果額を設定していないなら 対象外。",
            "error_title": column.heading,
            "error_message": f"{terms.UNIT}単位の整数か「対象外」を書いてください（36百万円なら 36000）。",
        }
    return None


def guide_extent(asked: Asked) -> tuple[int, int]:
    """How many rows and columns the sheet 記入要領 fills: what stands beyond them somebody has written."""
    return len(_how(asked)) + 2, 2


def _guide(book: "xlsxwriter.Workbook", asked: Asked) -> None:
    """How to answer, on one page."""
    sheet = book.add_worksheet(terms.GUIDE_SHEET)
    heading = book.add_format({"bold": True, "font_size": 12, "bottom": 1, "bottom_color": RULE})
    title, plain = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    cell = book.add_format({"text_wrap": True, "border": 1, "border_color": RULE, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 68)
    sheet.write_string(0, 0, f"{terms.GUIDE_SHEET}（{terms.STAGES[asked.stage]}）", title)
    for row, says in enumerate(_how(asked), 2):
        if isinstance(says, str):
            sheet.merge_range(row, 0, row, 1, says, plain if not says.startswith("■") else heading)
            sheet.set_row(row, max(1, _lines(says, 88)) * LINE_HEIGHT + 3)
        else:
            for at, words in enumerate(says):
                sheet.write_string(row, at, words, cell)
            sheet.set_row(
                row, max(_lines(words, width) for words, width in zip(says, (20, 68), strict=True)) * LINE_HEIGHT + 2
            )
    sheet.set_portrait()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 1)
    sheet.protect()


def _how(asked: Asked) -> list[str | tuple[str, str]]:
    """The guide's lines; a pair is a row of a table."""
    stage = asked.stage
    until = f"{terms.day_in_words(asked.until)}までに、" if asked.until else ""
    where = f"{asked.contact}へ" if asked.contact else "送ってきた課へ"
    lines: list[str | tuple[str, str]] = [
        f"「{terms.ANSWERS_SHEET}」のシートの色の付いた欄に記入し、{until}{where}このファイルを返してください。ファイルの名前は変えてもかまいません。",
        "行や列を足したり消したりせず、担当でない取組や、完了・廃止した取組があれば、消さずに連絡してください。",
        "一つの取組の答えは、その行の欄に書きます（セルの結合、取消線、コメント、欄の外への書き込みはしないでください）。",
        "■ 記入する欄",
        *((column.heading, _says(column, asked)) for column in terms.COLUMNS if stage in column.open_in),
    ]
    if stage in terms.GRADED.open_in:
        lines += ["■ 評価", *((grade.code, f"{grade.label}{_band(grade)}") for grade in asked.plan.grades)]
        lines += ["■ 遅れの理由", "、".join(terms.REASONS.values())]
    return lines


def _band(grade: object) -> str:
    if not grade.is_rated:
        return "（評価の対象外）"
    return "" if grade.achieved else "（「遅れの理由」も選んでください）"


def _says(column: terms.Column, asked: Asked) -> str:
    optional = "" if asked.stage in column.needed_in else "（なければ空欄）"
    if column.kind == terms.AMOUNT:
        which = {
            terms.EXPECTED: "計画で見込む、この年度の効果額",
            terms.ACTUAL: "この年度に実際に出た効果額"
            if asked.stage == terms.RESULT
            else "これまでに出た効果額（速報）",
            terms.NEXT: "次の年度に見込む効果額",
        }[column]
        blank = "" if optional else "空欄は「まだ答えていない」と読みます。"
        nothing = "効果がなかったら 0" if column == terms.ACTUAL else "効果を見込まないなら 0"
        return (
            f"{which}{optional}。{terms.UNIT}単位の整数（36百万円なら 36000）。マイナスの額は -500 のように。"
            f"{nothing}、効果額を設定していない取組は「対象外」。{blank}"
        )
    return {
        terms.INDICATOR: f"取組の進み具合を測るもの{optional}。",
        terms.TARGET: f"この年度の目標{optional}。",
        terms.GRADED: "下の表から選ぶ。",
        terms.WHY: "計画より遅れた評価のときだけ、下の一覧から選ぶ（選ぶまで、欄が赤くなる）。",
        terms.WORDS: "何をして、どうなったか（遅れたときは、なぜか）を1〜2文で。公表資料の案に、このまま使われることがあります。",
    }[column]


def _hidden(book: "xlsxwriter.Workbook", department: str, asked: Asked) -> None:
    """What the form says of itself to `collect`."""
    sheet = book.add_worksheet(terms.HIDDEN_SHEET)
    says = {
        "plan": asked.plan.id,
        "fiscal_year": str(asked.fiscal_year),
        "stage": asked.stage,
        "department": department,
        "form": asked.form,
    }
    for row, pair in enumerate(says.items()):
        for at, words in enumerate(pair):
            sheet.write_string(row, at, words)
    sheet.very_hidden()


def _lines(words: str, width: int) -> int:
    """How many lines words take in a cell, a full-width letter being two; a little more than need be."""
    letters = sum(2 if unicodedata.east_asian_width(one) in "FWA" else 1 for one in words)
    return math.ceil(letters * 1.08 / width) if words else 1
