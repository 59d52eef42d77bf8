"""A document whose tables `layout.toml` describes → facts.

The layout says what each column is; sums, differences and printed rates are taken along as what the document states, so that
`check` holds the columns against one another.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from helpers.intake import doubtful, identity, lists
from helpers.intake.claims import claims
from helpers.intake.grids import (
    AMOUNT_IN_WORDS,
    NO_AMOUNT,
    Grid,
    Row,
    amounts,
    amounts_of,
    count,
    grids,
    percent,
    ratio,
    rows_of,
    units_said,
)
from helpers.intake.identity import TYPED, YEAR_NOT_IN_DOCUMENT
from helpers.intake.ledger import ORIGINAL, PLAN, WRONG, Ledger
from helpers.intake.parts import parts
from helpers.intake.passage import Passage, passages
from helpers.intake.tables import NOT_OF_THE_YEAR, add_effect
from helpers.received import Document
from helpers.terms import NamedYear, Plan, Refusal, month, quoted, wareki, without_years, years_alone, years_named
from helpers.terms.folded import squeezed
from helpers.terms.layout import GRADES, HOLDS, IN_CELLS, OUT_OF_SCOPE, TABLES, Column, Layout, TableLayout
from helpers.terms.places import Line

_EFFECT_SAID = re.compile(
    rf"(?P<of>効果見込額|見込額|計画額|(?:実績)?効果額)(?:の(?:合計|総額))?(?:は|が|:)、?(?P<about>約)?(?P<amount>{AMOUNT_IN_WORDS})"
)
# What a grade means, and no result: 概ね達成…年度の目標を8割以上達成したもの.
_DEFINED = re.compile("(?:した|できなかった|していない|ている)(?:もの|取組|項目)$")
_ONLY_A_PART = re.compile("うち|歳入|歳出|主な|累計|年間で?平均|前年度")
# The one policy of a plan whose documents give totals alone.
WHOLE = "計画全体（基本方針ごとの内訳は資料にない）"
_IS_A_NOTE = re.compile(r"[(]?(?:※|\*|注|備考)|上表|表の金額")  # of the table above
_ANY_UNIT = "円"  # a dash is nothing in any unit
_NOT_SET = re.compile("[-ー―…]」?は、?[^。]*(?:設定|見込ま|定め)|(?:設定|見込ま|定め)[^。]*(?:[-ー―]」|ない)")


def read(ledger: Ledger, *, year_not_in_document: bool) -> None:
    """Adds to the ledger what the tables say, its plain sentences, and its lists where the layout has them."""
    layout, found = ledger.layout, grids(ledger.document)
    identity.check_names(ledger)
    _check_year(found, ledger, is_absent=year_not_in_document)
    for table in layout.tables:
        grid = _found(table, found, ledger)
        if grid is None:
            continue
        _check_columns(table, grid, ledger)
        doubtful.check(table, grid, ledger)
        (_grades if table.of == GRADES else _effects)(table, grid, ledger)
    cut = parts(ledger.document, layout) if layout.lists else []
    listed = {line.line for part in cut if part.kind == "list" for line in part.passages}
    _claims(ledger, listed)
    if layout.lists:
        lists.read(cut, ledger)
        _check_lists_are_whole(listed, ledger)


def about(document: Document, plan: Plan, layout: Layout) -> dict[str, str]:
    """Title, publisher and month of publication, as `SOURCES.toml` keeps them, and what the document does not say of itself."""
    lines = [line[:] for line in passages(document) if len(line.places) == 1 and line.text.strip()]
    months = []
    for line in lines:
        try:
            months += [month(line.key)] if re.fullmatch(r"[^。]{4,20}", line.key) and "月" in line.key else []
        except Refusal:
            continue
    titled = next((line for line in lines if years_named(line.key)), lines[0] if lines else None)
    return {
        "title": titled.words if titled else document.name,
        "publisher": plan.municipality,
        "published": months[0] if len(set(months)) == 1 else "not_stated",
        **({} if {plan.municipality, plan.name} <= {*layout.names} else {"name_basis": TYPED}),
        **({"unit_basis": TYPED} if any(table.unit_is_typed for table in layout.tables) else {}),
    }


def _plain(words: str) -> str:
    return re.sub(r"[\s()〔〕【】「」・]", "", squeezed(words))


def _check_year(found: list[Grid], ledger: Ledger, *, is_absent: bool) -> None:
    """The first words that name a year name the one asked for; a year that stands nowhere is a person's to vouch for."""
    asked = wareki(ledger.fiscal_year)
    places = _places_of_years(ledger.document)
    if not places and not is_absent:
        ledger.faults.append(
            f"{ledger.document.name}: 資料の年度が読み取れません（令和6年度、R6、2024年度 のような年度を、表の外の言葉と表の見出しに"
            f"探しました）。原本にも年度がなく、{asked}の資料だと確かめたときは、{YEAR_NOT_IN_DOCUMENT} を付けてください"
            "（年度が資料にないことがページに出ます）。"
        )
    elif places and is_absent:
        ledger.fault(places[0][0], f"資料に年度が書かれています。{YEAR_NOT_IN_DOCUMENT} を外してください")
    else:
        over = {year for grid in found for year in years_over(grid)}
        said = [*places[:1], *_results_of_other_years(ledger.document, places)]
        for line, years in [one for one in said if ledger.fiscal_year not in one[1] | over][:1]:
            says = "・".join(map(wareki, sorted(years)))
            ledger.fault(line, f"{says}とあります。{asked}の資料ではありません。--year か、ファイルを確かめてください")


def years_in(document: Document) -> list[tuple[int, Passage]]:
    """The fiscal years that the first line with any names, and those of a heading of results that names none of them."""
    places = _places_of_years(document)
    found = [*places[:1], *_results_of_other_years(document, places)]
    return [(year.year, line) for line, years in found for year in _once(line) if year.year in years]


def _places_of_years(document: Document) -> list[tuple[Passage, set[int]]]:
    """The lines that name a year, and not only that of a meeting or of the publication; each with the years."""
    return [(line, years) for line in year_lines(document) if (years := doubtful.years_of_the_result(line.text))]


def _once(line: Passage) -> list[NamedYear]:
    return list({one.year: one for one in reversed(years_alone(line.text))}.values())[::-1]


def _results_of_other_years(
    document: Document, places: list[tuple[Passage, set[int]]]
) -> list[tuple[Passage, set[int]]]:
    """The heading of results above the tables, where the first line of the document names other years: that of a meeting."""
    results = doubtful.years_of_results(_above_the_tables(document))
    if not places or places[0][1] & results:
        return []
    return [(line, results) for line, named in places if named & results][:1]


def year_lines(document: Document) -> list[Passage]:
    """Passages, captions and headings of tables that name a year, not only a month or a period of years, in the order of the document."""
    tables = grids(document)
    heads = {cell.line for grid in tables for cell in [*grid.over, *(cell for row in grid.head for cell in row)]}
    lines = [line for line in passages(document) if len(line.places) == 1 or line.line in heads]
    found = [line[:] for line in lines if years_alone(line.text)]
    # The items of a list are the menu of a web page, which leads to other years.
    return [line for line in found if not is_item(line)] or found or _sheets_of_years(document)


def _above_the_tables(document: Document) -> list[Passage]:
    """The passages above the first table, but for items of a list; all where there is none."""
    lines = passages(document)
    first = next((n for n, line in enumerate(lines) if len(line.places) > 1), len(lines))
    return [line[:] for line in lines[:first] if line.text.strip() and not is_item(line)]


def is_item(line: Passage) -> bool:
    """Whether a passage is an item of a list."""
    return line.text.startswith("- ")


def _sheets_of_years(document: Document) -> list[Passage]:
    """The names of sheets that name a year, each as a passage where the sheet begins: 令和6年度実績."""
    found: dict[str, Passage] = {}
    for number, line in enumerate(document.lines, 1):
        sheet, is_cell, _ = line.place.partition("!")
        if is_cell and years_alone(sheet):
            found.setdefault(sheet, Passage.of(number, Line(sheet, line.place)))
    return list(found.values())


def years_over(grid: Grid) -> set[int]:
    """The years that the nearest passage above a table with any names, or its sheet."""
    named = [doubtful.years_of_the_result(line.text) for line in reversed(grid.over)]
    sheet, is_cell, _ = grid.first.locator.partition("!")
    named.append({one.year for one in years_alone(sheet)} if is_cell else set())
    return next(filter(None, named), set())


def key(heading: str) -> str:
    """A heading in the form in which those of two years are compared: without blanks, and without the year."""
    return without_years(squeezed(heading)).strip("年度")


def _found(table: TableLayout, found: list[Grid], ledger: Ledger) -> Grid | None:
    wanted = [key(column.heading) for column in table.columns]
    found = [(grid.turned() if table.is_turned else grid).of_year(ledger.fiscal_year) for grid in found]
    same = [grid for grid in found if [key(heading) for heading in grid.headings] == wanted]
    of_year = [grid for grid in same if ledger.fiscal_year in years_over(grid)]
    same = of_year if len(same) > 1 and of_year else same
    if len(same) > 1 and table.under:
        same = [grid for grid in same if any(key(table.under) in key(line.words) for line in grid.over)] or same
    if len(same) == 1:
        return same[0]
    name = f"{ledger.document.name}: {TABLES[table.of]}の表"
    if same:
        places = "と".join(grid.first.where for grid in same)
        ledger.faults.append(f"{name}と読める表が {places} にあります。どれか一つだけの資料を指定してください。")
        return None
    near = max(found, key=lambda grid: _alike(grid, wanted), default=None)
    if near is None or _alike(near, wanted) == 0:
        ledger.faults.append(f"{name}（{'・'.join(c.heading for c in table.columns)}）がありません。{ORIGINAL}。")
        return None
    there = [key(heading) for heading in near.headings]
    new = [heading for heading in near.headings if key(heading) not in wanted]
    gone = [column.heading for column in table.columns if key(column.heading) not in there]
    says = f"layout.toml の {table.of} の表と見出しが違います。"
    says += f"新しい欄: {'、'.join(f'「{one}」' for one in new)}。" if new else ""
    says += f"なくなった欄: {'、'.join(f'「{one}」' for one in gone)}。" if gone else ""
    says += "" if new or gone else "欄の順が変わりました。"
    lines = "\n".join(_column_line(heading, table) for heading in near.headings)
    says += f"資料が正しければ、layout.toml のその表の columns を次のようにしてください（「？」は {'・'.join(HOLDS[table.of])} のどれか）"
    ledger.fault(near.first, says)
    ledger.faults[-1] += f"\n{lines}"
    return None


def _alike(grid: Grid, wanted: list[str]) -> int:
    return len({key(heading) for heading in grid.headings} & {*wanted} - {""})


def _column_line(heading: str, table: TableLayout) -> str:
    known = next((column for column in table.columns if key(column.heading) == key(heading)), Column("", "？"))
    return f"  {replace(known, heading=heading).line},"


def _check_columns(table: TableLayout, grid: Grid, ledger: Ledger) -> None:
    """A column that is read is of the year asked for."""
    for at, column in enumerate(table.columns):
        years = {one.year for one in years_named(grid.headings[at])}
        if column.holds != "ignored" and years and ledger.fiscal_year not in years:
            ledger.fault(grid.head[0][at], f"{'・'.join(map(wareki, sorted(years)))}の欄です。{WRONG}")


def _rows(table: TableLayout, grid: Grid, ledger: Ledger) -> Iterator[tuple[tuple[str, str], str, Row]]:
    """The rows of policies and of the total: their scope, the policy's name, and the row."""
    at = _names_in(table)
    rows = rows_of(grid, at)
    if not any(row.what == "total" for row in rows):
        ledger.fault(grid.first, f"この表に合計の行がありません。写し漏れがないか、{ORIGINAL}")
    named = {_plain(policy.name): policy for policy in ledger.plan.policies}
    most = 2 if any(column.holds == "kind" for column in table.columns) else 1
    seen: Counter[str] = Counter()
    if [one.name for one in ledger.plan.policies] == [WHOLE]:
        yield from ((("policy", ledger.plan.policies[0].id), WHOLE, row) for row in rows if row.what == "total")
        return
    for row in rows:
        seen[row.what + row.name.key] += 1
        if row.what in {"policy", "total"} and seen[row.what + row.name.key] > most:
            ledger.fault(
                row.name, f"「{quoted(row.name.words)}」の行が二つ以上あります。基本方針ごとに一行の表に、{ORIGINAL}"
            )
            continue
        policy = named.get(_plain(row.name.words)) or named.get(_plain(row.cells[at].words))
        if row.what == "total":
            yield PLAN, "", row
        elif policy and row.what == "policy":
            yield ("policy", policy.id), policy.name, row
        elif row.what == "policy":
            says = f"{ledger.plan.id} の plan.toml にない基本方針です。加わったのなら [[policies]] に加え、名称が改まったのなら直してください"
            ledger.fault(row.name, says)


def _names_in(table: TableLayout) -> int:
    return [column.holds for column in table.columns].index("policy")


def _grades(table: TableLayout, grid: Grid, ledger: Ledger) -> None:
    for scope, name, row in _rows(table, grid, ledger):
        counts: dict[str, int] = {}
        for cell, column in zip(row.cells, table.columns, strict=True):
            if column.holds == "achievement_rate" and (rate := percent(cell)):
                ledger.state(cell, "achievement_rate", scope, rate, "%", "equal")
            elif column.holds not in {"policy", "ignored", "achievement_rate"}:
                number = _counted(cell, column, (*scope, name), ledger)
                counts[column.holds] = counts.get(column.holds, 0) + number
        rated, outside = counts.get("rated", counts.get("grade", 0)), counts.get("out_of_scope", 0)
        if counts.get("measures", rated + outside) != rated + outside:
            says = f"取組の総数 {counts['measures']} が、評価した {rated} と対象外 {outside} の和ではありません"
            ledger.fault(row.name, f"{says}。{ORIGINAL}")


def _counted(cell: Passage, column: Column, of: tuple[str, str, str], ledger: Ledger) -> int:
    """Adds what a cell counts, of the plan or of a policy; 0, and a fault, where it is no count."""
    scope, number, code = of[:2], count(cell), OUT_OF_SCOPE if column.holds == "out_of_scope" else column.grade
    labels = {grade.code: grade.label for grade in ledger.plan.grades}
    if number is None:
        ledger.fault(cell, f"件数として読めません。0以上の整数に、{ORIGINAL}")
        return 0
    if code and code not in labels:
        ledger.fault(cell, f"評価「{quoted(code)}」が plan.toml の [[grades]] にありません。どちらかを直してください")
    elif code and scope == PLAN:
        ledger.state(cell, "measures_by_grade", ("grade", code), number, "件", "equal")
    elif code:
        ledger.add("grade_counts", cell, *of[1:], code, labels[code], number)
    elif column.holds == "rated":
        ledger.state(cell, "measures", scope, number, "件", "equal")
    elif column.holds == "achieved" and scope == PLAN:
        ledger.state(cell, "achieved_measures", scope, number, "件", "equal")
    return int(number)


def _effects(table: TableLayout, grid: Grid, ledger: Ledger) -> None:
    unit = table.unit if table.unit == IN_CELLS else _unit(table, grid, ledger)
    total = next((row.cells for row in rows_of(grid, _names_in(table)) if row.what == "total"), [])
    # A blank or a dash is nothing only where a total adds up without it; below a blank total nobody knows.
    is_summed = [bool(amounts(cell)) for cell in total] or [False] * len(table.columns)
    for scope, name, row in _rows(table, grid, ledger):
        kind = next(
            (_kind(cell, ledger) for cell, c in zip(row.cells, table.columns, strict=True) if c.holds == "kind"), ""
        )
        for cell, column, has_total in zip(row.cells, table.columns, is_summed, strict=True):
            if cell.key in NO_AMOUNT and not has_total:
                continue
            if column.holds in {"multiplier", "actual_share", "expected_share"}:
                _rate(cell, column, scope, ledger)
            for what, printed in _amounts(cell, column.holds, kind, ledger):
                number, in_cell, words = printed
                in_cell = in_cell or (_ANY_UNIT if unit == IN_CELLS and words.key in NO_AMOUNT else "")
                if bool(in_cell) != (unit == IN_CELLS) and in_cell != unit:
                    says = f"単位が layout.toml（{table.unit}）と違います" if in_cell else "金額の単位がありません"
                    ledger.fault(cell, f"{says}。{WRONG}")
                elif what == "difference":
                    ledger.state(words, "effect_gap", scope, number, in_cell or unit, "equal")
                elif scope == PLAN:
                    ledger.state(words, f"{what}_effect", scope, number, in_cell or unit, "equal")
                else:
                    zero = "not_set" if words.key in NO_AMOUNT and _says_not_set(ledger) else "unknown"
                    add_effect(ledger, words, ("policy", scope[1], name), what, number, in_cell or unit, zero=zero)


_PAIRS = {"actual_and_expected": ("actual", "expected"), "expected_and_actual": ("expected", "actual")}


def _amounts(cell: Passage, holds: str, kind: str, ledger: Ledger) -> Iterator[tuple[str, tuple[str, str, Passage]]]:
    """What the amounts of a cell are, and each as printed."""
    kinds = _PAIRS.get(holds, (kind if holds == "amount" else holds,))
    if holds not in {"amount", "expected", "actual", "difference", *_PAIRS}:
        return
    found = [("0", "", cell)] * len(kinds) if cell.key in NO_AMOUNT else amounts(cell)
    if len(found) != len(kinds) or not all(kinds):
        ledger.fault(cell, f"金額として読めません。{ORIGINAL}")
        return
    yield from zip(kinds, found, strict=True)


def _says_not_set(ledger: Ledger) -> bool:
    """Whether a passage says that a dash stands for an amount that was not set."""
    return any(_NOT_SET.search(line.key) for line in passages(ledger.document) if len(line.places) == 1)


def _kind(cell: Passage, ledger: Ledger) -> str:
    kinds = [
        kind
        for words, kind in (("見込|計画|予定|目標", "expected"), ("実績|決算", "actual"))
        if re.search(words, cell.key)
    ]
    if len(kinds) != 1 or NOT_OF_THE_YEAR.search(cell.key):
        ledger.fault(cell, f"この年度の見込みか実績かが読み取れません。{ORIGINAL}")
        return ""
    return kinds[0]


def _rate(cell: Passage, column: Column, scope: tuple[str, str], ledger: Ledger) -> None:
    rate, holds = ratio(cell, column.heading), column.holds
    is_whole = holds != "multiplier" and scope == PLAN  # 100.0%, by definition
    if rate is not None and not is_whole:
        metric = {"multiplier": "effect_multiplier"}.get(holds, holds)
        ledger.state(cell, metric, scope, *rate, "equal")
    elif rate is None and cell.key not in {"", "-", "－", "―", "ー", "皆増", "皆減"}:
        ledger.fault(cell, f"割合として読めません。{ORIGINAL}")


def _unit(table: TableLayout, grid: Grid, ledger: Ledger) -> str:
    said = unit_of(grid)
    if len(units_of(grid)) > 1:
        shown = "・".join(sorted(units_of(grid)))
        ledger.fault(grid.first, f"この表の金額の単位が二通りあります（{shown}）。{ORIGINAL}")
        return table.unit
    if not said and table.unit_is_typed:
        return table.unit
    if not said:
        ledger.fault(
            grid.first,
            f"この表の金額の単位が、見出しにも前後にもありません（layout.toml では{table.unit}）。{ORIGINAL}",
        )
    elif said != table.unit:
        ledger.fault(grid.first, f"この表の金額の単位は「{said}」で、layout.toml では「{table.unit}」です。{WRONG}")
    return table.unit


def unit_of(grid: Grid) -> str:
    """The unit that the heading of a table, or else the passages around it, name; empty where none or several do."""
    found = units_of(grid)
    return next(iter(found)) if len(found) == 1 else ""


def units_of(grid: Grid) -> set[str]:
    """All units that the heading of a table, the passages above it and the notes below it name; else those of any passage below."""
    near = [cell.text for row in grid.head for cell in row] + [line.text for line in grid.over]
    notes = [line.text for line in grid.below if _IS_A_NOTE.match(line.key)]
    return units_said(near + notes) or units_said([line.text for line in grid.below])


def _check_lists_are_whole(listed: set[int], ledger: Ledger) -> None:
    """Where a plan has lists, a measure with its department stands in one: else a list was cut short, or its heading changed."""
    for line in passages(ledger.document):
        if lists.names_department(line) and line.line not in listed:
            says = "取組と読めますが、layout.toml の [lists] のどの一覧にもありません。見出しを [lists] に加えるか、一覧が途中で切れて"
            says += f"いないか、{ORIGINAL}"
            ledger.fault(line[:], says)


def _claims(ledger: Ledger, listed: set[int]) -> None:
    """What sentences, but those of a list, say of the whole, where it is plain: of the effect, and of the measures achieved."""
    for line in passages(ledger.document):
        if len(line.places) > 1 or not line.text.strip() or line.line in listed or lists.names_department(line):
            continue
        words = line[:]
        years = {one.year for one in years_named(words.key)}
        is_of_a_part = _ONLY_A_PART.search(words.key) or _defines(words.key, ledger.plan)
        if (years and ledger.fiscal_year not in years) or is_of_a_part:
            continue
        for hit in _EFFECT_SAID.finditer(words.key):
            printed = amounts_of(hit["amount"])
            if printed:
                metric = "expected_effect" if re.search("見込|計画", hit["of"]) else "actual_effect"
                ledger.state(words, metric, PLAN, *printed, "about" if hit["about"] else "equal")
        found, unread = claims(words.key, plan=ledger.plan) if ledger.plan.grades else ([], [])
        for claim in found if not unread else []:
            if claim.metric in {"measures", "achieved_measures", "achievement_rate"}:
                ledger.state(words, claim.metric, claim.scope, claim.value, claim.unit, claim.comparison)


def _defines(words: str, plan: Plan) -> bool:
    """Whether a line says what a grade means: it begins with the grade, or ends as a definition does."""
    names = {squeezed(name) for grade in plan.grades for name in (grade.code, grade.label)} - {""}
    begins = any(re.match(rf"「?{re.escape(name)}」?(?:…|:|=|-)", words) for name in names)
    return begins or bool(_DEFINED.search(words))
