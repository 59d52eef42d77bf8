"""A plan and its first document → `plan.toml` and `layout.toml`, each value with where it comes from."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.intake.grids import grids
from helpers.intake.identity import holds_name
from helpers.intake.laid_out import WHOLE, is_item
from helpers.intake.passage import Passage, passages
from helpers.intake.proposal import Reading
from helpers.received import Document
from helpers.terms import Grade, periods_named, without_years
from helpers.terms.layout import EFFECTS, GRADES, HOLDS, IN_CELLS, TABLES, Lists
from helpers.terms.municipalities import SOURCE, Municipality, municipalities

_NTH = "第[0-9一二三四五六七八九十]+[次期]"
# 第4次行財政改革大綱・実施計画, 行財政改革プラン2023, 行政改革大綱(第8次)行動計画.
_PLAN_NAME = re.compile(
    rf"(?:{_NTH})?[一-龥ぁ-んァ-ヶー]*?(?:行財政|行政|財政|行革|市政|経営)[一-龥ぁ-んァ-ヶー]*?"
    rf"(?:計画|プラン|大綱|プログラム|指針|推進方針)(?:20[0-9]{{2}}(?![0-9年.~-]))?(?:\s*\({_NTH}\))?"
    r"(?:(?:[\s・]|及び|および|並びに)*(?:[前後]期)?(?:[一-龥]{0,4}(?:実施|推進|行動|実行|改革))(?:計画|プラン|プログラム)|[\s・]*アクションプラン)?"
)
# What stands before a plan's name is its city's where the name goes on by itself.
_CITYS = re.compile("^(?!第)[^第]*?[市町村区県府都道](?=第|新|行|財|経|市政)")
_IS_NO_NAME = "(?!民|内|外|立|営|場|役|有|道|債|税)"  # 三田市民, 三田市立
_REGISTERED_BY = "登録した人の指定"
_LATER = "\n# 英語の名称、短い名称、基本理念などは、あとから加えられる（data/README.md）。"
_MEANS = "\n# names は、資料に必ずある言葉。holds の意味は data/README.md にある。"


@dataclass
class Registration:
    """What is known of a plan that is being registered; each with where it comes from, in `sources`."""

    plan_id: str = ""
    municipality: Municipality | None = None
    name: str = ""
    first: int = 0
    last: int = 0
    grades: list[Grade] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """Municipality and plan: 三田市 行革断行プラン."""
        municipality = self.municipality.name if self.municipality else ""
        return self.name if municipality in self.name else f"{municipality} {self.name}"


def municipalities_in(document: Document) -> list[tuple[Municipality, Passage]]:
    """The municipalities that passages name, each once, with the first place; 府中市 alone is both of that name."""
    found: dict[str, tuple[Municipality, Passage]] = {}
    lines = [(line[:], line.key) for line in passages(document) if len(line.places) == 1]
    for one in municipalities():
        for line, words in ((line, words) for line, words in lines if one.name in words):
            if re.search(rf"(?<![一-龥ぁ-んァ-ヶ](?<![年度月日次期県府都道])){one.name}{_IS_NO_NAME}", words):
                found.setdefault(one.code, (one, line))
    towns = [(one, line) for one, line in found.values() if one.name != one.prefecture]
    in_full = [(one, line) for one, line in towns if any(one.full_name in words for _, words in lines)]
    return in_full or towns or list(found.values())


def plan_names_in(document: Document) -> list[tuple[str, Passage]]:
    """What passages call like a reform plan, each once."""
    found: dict[str, Passage] = {}
    for line in (line[:] for line in passages(document) if len(line.places) == 1):
        for hit in _PLAN_NAME.finditer(line.text) or _PLAN_NAME.finditer(line.key):
            found.setdefault(" ".join(_CITYS.sub("", hit[0]).split()), line)
    # A name that is a part of another is that one, cut short.
    parts = {one for one in found for other in found if one != other and one in other}
    whole = [(one, line) for one, line in found.items() if one not in parts]
    return [(one, line) for one, line in whole if not is_item(line)] or whole


def periods_in(document: Document, year: int) -> list[tuple[tuple[int, int], Passage]]:
    """The periods of years that passages name and that take in the year, each once."""
    found: dict[bool, dict[tuple[int, int], Passage]] = {True: {}, False: {}}
    for line in passages(document):
        for first, last in periods_named(line.text):
            if first.year <= year <= last.year:
                found[len(line.places) == 1].setdefault((first.year, last.year), line[:])
    return list((found[True] or found[False]).items())  # a row 計画期間 of a table speaks where no passage does


def policies(readings: Sequence[Reading]) -> tuple[list[tuple[str, str, Passage]], list[str], str]:
    """The policies of the tables: id, name and place; what is wrong between two tables; and where the numbers are from."""
    rows = {reading.of: [row for row in reading.rows if row.what == "policy"] for reading in readings}
    first = next(iter(rows.values()), [])
    named: dict[str, tuple[str, Passage]] = {}
    for row in first:
        named.setdefault(row.name.key, (row.number, row.name))
    faults = []
    for others in rows.values():
        keys = {row.name.key for row in others}
        other = next((row.name for row in [*others, *first] if row.name.key in keys ^ {*named}), None)
        if other:
            faults.append(
                f"{other.where}「{other.words}」: {TABLES[GRADES]}の表と{TABLES[EFFECTS]}の表で、行の名が違います。"
                "同じ基本方針なら資料の名称をそろえ、別のものなら、どちらか一方の表だけを --table に番号を付けて登録してください。"
            )
    if not named and readings:
        total = next((row for row in readings[0].rows if row.what == "total"), None)
        if total is None:
            return [], [f"{readings[0].grid.first.where}の表に、基本方針ごとの行も合計の行もありません。"], ""
        return [("1", WHOLE, total.name)], [], "基本方針ごとの内訳がなく、計画全体を一つとして扱う（本プロジェクト）"
    numbers = [number for number, _ in named.values()]
    has_numbers = all(numbers) and len({*numbers}) == len(numbers)
    made = [(number if has_numbers else str(n), name.words, name) for n, (number, name) in enumerate(named.values(), 1)]
    proof = "番号も資料による" if has_numbers else "番号は資料になく、本プロジェクトが上から順に付けた"
    return made, list(dict.fromkeys(faults)), proof


def plan_text(about: Registration, readings: Sequence[Reading], document: Document) -> str:
    """`plan.toml`: what nobody can infer, and what the document says; all else is taken as usual."""
    found, _, numbered = policies(readings)
    effects = next((reading for reading in readings if reading.of == EFFECTS), None)
    first = found[0][2].where if found else ""
    head = {
        "id": about.plan_id,
        "name": about.name,
        "municipality": about.municipality.name,
        "municipality_code": about.municipality.code,
        "first_fiscal_year": about.first,
        "last_fiscal_year": about.last,
    }
    sources = {
        "id": _REGISTERED_BY,
        "municipality_code": SOURCE,
        "policies": f"{document.name} {first} からの表。{numbered}",
    }
    if effects and effects.unit != IN_CELLS:
        head["effect_unit"] = effects.unit
        sources["effect_unit"] = effects.unit_proof
    if about.grades:
        sources["grades"] = (
            f"表の見出し。達成とみなす評価は{about.sources['achieved']}。段階（band）は言葉から本プロジェクトが置いた"
        )
    sources |= {name: said for name, said in about.sources.items() if name != "achieved"}
    sources |= {"first_fiscal_year": about.sources["period"], "last_fiscal_year": about.sources["period"]}
    del sources["period"]
    blocks = [
        f"# {about.full_name}。gyokaku new が {document.name} から作った。ここから先は人が保守する。{_LATER}",
        _table("[plan]", head),
        *(
            _table(
                "[[grades]]",
                {"code": g.code, "label": g.label, "order": g.order, "achieved": g.achieved, "band": g.band},
            )
            for g in about.grades
        ),
        *(_table("[[policies]]", {"id": number, "name": name}) for number, name, _ in found),
        _table("[sources]", sources),
    ]
    return "\n\n".join(blocks) + "\n"


def layout_text(
    about: Registration, readings: Sequence[Reading], document: Document, lists: Lists | None = None
) -> str:
    """`layout.toml`: the tables as they were read, and what proves each column; the lists of measures, where they were read."""
    names = [name for name in (about.municipality.name, about.name) if holds_name(document, name)]
    blocks = [
        f"# {about.full_name}の資料の表の読み方。gyokaku new が {document.name} から作り、人が確かめたもの。{_MEANS}",
        f"names = {json.dumps(names, ensure_ascii=False)}",
    ]
    proofs = {}
    for reading in readings:
        layout = reading.layout
        unit = f"unit = {json.dumps(layout.unit, ensure_ascii=False)}\n" if layout.of == EFFECTS else ""
        unit += "unit_is_typed = true\n" if layout.unit_is_typed else ""
        unit += "is_turned = true\n" if layout.is_turned else ""
        unit += f"under = {json.dumps(under, ensure_ascii=False)}\n" if (under := _under(reading, document)) else ""
        columns = "\n".join(f"  {one.line}," for one in layout.columns)
        blocks.append(f'[[tables]]\nof = "{layout.of}"\n{unit}columns = [\n{columns}\n]')
        for guess in reading.guesses:
            if guess.proof:
                proofs[f"{layout.of} {guess.column.heading or '（見出しなし）'}"] = (
                    f"{guess.column.holds}: {guess.proof}"
                )
    if lists:
        blocks.append(_table("[lists]", {"heading": lists.heading, **lists.told_by}))
        proofs["lists"] = f"{document.name}。見出しが「{lists.heading}」の一覧を、残らず読めた"
    where = "・".join(f"{TABLES[reading.of]}は {reading.grid.first.where} から" for reading in readings)
    sources = {
        "names": f"{document.name}" if names else "資料に市町村の名も計画の名もない。登録した人の指定による",
        "tables": f"{document.name}（{where}）",
    }
    blocks.append(_table("[sources]", sources | proofs))
    return "\n\n".join(blocks) + "\n"


def _under(reading: Reading, document: Document) -> str:
    """The words above a table, where another of the document has the same headings."""
    same = [grid for grid in grids(document) if grid.headings == reading.grid.headings]
    return without_years(reading.grid.over[-1].words) if len(same) > 1 and reading.grid.over else ""


def _table(heading: str, values: dict[str, object]) -> str:
    lines = [f"{_key(name)} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join([heading, *lines])


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def suggested_id(about: Registration) -> str:
    """A name for the plan's folder: the municipality's code and the plan's first year."""
    return f"{about.municipality.code}-{about.first}" if about.municipality else ""


def said_by(place: Passage | None, option: str) -> str:
    """Where a value comes from: words of the document, or the person who registers."""
    return f"{place.where}「{' '.join(place.words.split())}」" if place else f"{_REGISTERED_BY}（{option}）"


def shown(readings: Sequence[Reading]) -> list[str]:
    """The tables as they were read, for a person to confirm."""
    lines = []
    for reading in readings:
        unit = "金額ごと" if reading.unit == IN_CELLS else reading.unit
        lines += ["", f"{TABLES[reading.of]}の表（{reading.grid.first.where} から{f'、単位 {unit}' if unit else ''}）"]
        for guess in reading.guesses:
            means = guess.column.grade and f"評価 {guess.column.grade} の取組数"
            lines.append(
                f"  欄「{guess.column.heading}」は {means or HOLDS[reading.of][guess.column.holds]}　{_because(guess.proof)}"
            )
        for row in reading.rows:
            kinds = {
                "policy": "方針",
                "total": "合計",
                "subtotal": "小計（読まない）",
                "memo": "注（読まない）",
                "group": "見出し",
            }
            cells = "　".join(cell.words or "―" for n, cell in enumerate(row.cells) if n != reading.at)
            lines.append(f"  {kinds[row.what]} {row.number} {row.name.words}: {cells}")
    return lines


def _because(proof: str) -> str:
    return f"← {proof}" if proof else "← 読まない"
