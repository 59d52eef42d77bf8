"""What a document says of itself is believed, not what was typed: year, plan, city, month, unit and denominator."""

import tomllib
from pathlib import Path

import pytest

from helpers import check, cli, intake, notation, pages, read
from helpers.terms import Refusal, Sentence
from helpers.terms.tables import TYPED

ROOT = Path(__file__).parents[1]
SEED = Path(__file__).parent / "documents" / "isehara-2024.txt"
TEXT = SEED.read_text(encoding="utf-8")
LAYOUT = read.layout("isehara-6", ROOT / "data")
TITLE = "伊勢原市第6次行財政改革推進計画の 令和6年度取組結果（概要）について"
HEADINGS = ("（令和6年度①）", "（令和6年度②）")
DEPARTMENTS = "企画部\nデジタル・行政経営課"
UNIT = "（単位：千円）"
CLAIM = "➤ 計画に位置付けた74件の取組項目のうち、**8割程度の62件が「計画以上」か「概ね計画どおり」と**の進捗結果に"
YEAR = "令和6年度"
PAGES = ("第6次行財政改革推進計画の取組結果の概要（令和6年度①", "第6次行財政改革推進計画の取組結果の概要（令和6年度②")


@pytest.fixture(scope="module")
def plan():
    return read.plan("isehara-6", ROOT / "data")


def changed(*changes):
    text = TEXT
    for old, new in changes:
        assert old in text, f"the document does not hold {old!r}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def sentences(plan, tmp_path):
    """How a document is refused; nothing where it is read."""

    def told(text, **asked):
        (tmp_path / "資料.txt").write_text(text, encoding="utf-8")
        try:
            intake.facts(
                intake.document(tmp_path / "資料.txt"), **{"plan": plan, "layout": LAYOUT, "fiscal_year": 2024, **asked}
            )
        except Refusal as refusal:
            return list(refusal.sentences)
        return []

    return told


ANOTHER_YEAR = "令和5年度の資料ですが、令和6年度（2024）が指定されました"
UNREADABLE = "が年度として読めません"
NO_YEAR = "資料の年度が読み取れません"
ANOTHER_PLAN = "の資料ですが、表題は「第6次行財政改革推進計画」です"
NO_PLAN = "の資料ではありません"
ANOTHER_CITY = "行の表題は「伊勢原市」です"
NO_MONTH = "年月として読めません"
TOO_EARLY, TOO_LATE = "その年度が終わる前です", "その年度が終わってから2年を超えています"
NO_UNIT, NOT_THE_UNIT = "金額の単位として読めません", "金額の単位が、94行の「千円」と違います"
# Each takes the whole document somewhere else than it says; all were registered as FY2024 once, or are neighbours of those.
DAMAGED = {
    "era damaged everywhere": ([(YEAR, "令利6年度")], "3行", UNREADABLE),
    "era damaged in the title": ([(TITLE, TITLE.replace("令和", "令利"))], "3行", "「令利6年度」が年度として読めません"),
    "number damaged": ([(YEAR, "令和G年度")], "3行", UNREADABLE),
    "number lost": ([(YEAR, "令和年度")], "56行", UNREADABLE),
    "era lost": ([(YEAR, "6年度")], "3行", UNREADABLE),
    "western year damaged": ([(YEAR, "2O24年度")], "3行", UNREADABLE),
    "two figures of a western year": ([(YEAR, "24年度")], "88行", UNREADABLE),
    "FY damaged": ([(YEAR, "FY2O24")], "3行", UNREADABLE),
    "two years in one word": ([(TITLE, TITLE.replace(YEAR, "令和6・7年度"))], "3行", UNREADABLE),
    "no year anywhere": ([(f"（{YEAR}", "（第"), (YEAR, "")], "資料.txt", NO_YEAR),
    "kanji numeral": ([(YEAR, "令和五年度")], "3行", ANOTHER_YEAR),
    "kanji numeral in one heading": ([(HEADINGS[1], "（令和五年度②）")], "88行", ANOTHER_YEAR),
    "letter": ([(YEAR, "R5年度")], "3行", ANOTHER_YEAR),
    "letter with a point, full width": ([(YEAR, "Ｒ．５")], "3行", ANOTHER_YEAR),
    "FY": ([(YEAR, "FY2023")], "3行", ANOTHER_YEAR),
    "year without 度": ([(YEAR, "令和5年")], "3行", ANOTHER_YEAR),
    "western year behind": ([(YEAR, "令和5（2023）年度")], "3行", ANOTHER_YEAR),
    "western year before": ([(YEAR, "2023(令和5)年度")], "3行", ANOTHER_YEAR),
    "western year alone": ([(YEAR, "2023年度")], "3行", ANOTHER_YEAR),
    "kanji western year": ([(YEAR, "二〇二三年度")], "3行", ANOTHER_YEAR),
    "months of a fiscal year": ([(YEAR, "令和5年4月〜令和6年3月の")], "3行", ANOTHER_YEAR),
    "months over one page": ([(HEADINGS[1], "（R5年4月1日～R6年3月31日）")], "88行", ANOTHER_YEAR),
    "era in Latin letters": ([(TITLE, TITLE.replace(YEAR, "Reiwa 5 "))], "3行", ANOTHER_YEAR),
    "small letter": ([(HEADINGS[0], "（r5）")], "56行", ANOTHER_YEAR),
    "two western years": ([(YEAR, "2023/2024年度")], "3行", ANOTHER_YEAR),
    "blanks inside": ([(YEAR, "令 和 ５ 年 度")], "3行", ANOTHER_YEAR),
    "title of a year, headings of none": ([(TITLE, TITLE.replace(YEAR, "R5")), *((h, "") for h in HEADINGS)], "3行", ANOTHER_YEAR),
    "two halves that differ": ([(TITLE, TITLE.replace(YEAR, "令和6(2023)年度"))], "3行", "3行の「令和6」は令和6年度"),
    "subtitle of another year": ([(TITLE, f"{TITLE}\n\n（令和5年度版）")], "5行", ANOTHER_YEAR),
    "page of another year": ([(HEADINGS[1], "（R5②）")], "88行", f"{ANOTHER_YEAR}（「R5」。3行の「令和6年度」は令和6年度"),
    "grades of another year": ([("達成状況（各取組", "令和5年度の達成状況（各取組")], "58行", ANOTHER_YEAR),
    "amounts of another year": ([("実績効果額（効果見込額との比較）", "実績効果額（令和5年度）")], "90行", ANOTHER_YEAR),
    "unit line of another year": ([(UNIT, "（令和5年度、単位：千円）")], "94行", ANOTHER_YEAR),
    "line above the table": ([(UNIT, f"FY2023\n\n{UNIT}")], "94行", ANOTHER_YEAR),
    "heading without a word of results": ([(f"\n{UNIT}", f"\n令和5年度の状況\n\n{UNIT}")], "94行", ANOTHER_YEAR),
    "list of another year": ([("進捗していない主な取組", "進捗していない主な取組（令和5年度）")], "79行", ANOTHER_YEAR),
    "column of another year": ([("基本方針\t\t合計", "基本方針\t\t令和五年度")], "96行", "令和5年度の値です"),
    "row of another year": ([("\t実績効果額 b\t9,464", "\tR5実績効果額 b\t9,464")], "102行", "令和5年度の値です"),
    "count of another year": ([("\tD 進捗が ほぼなし\t合計", "\tD 進捗が ほぼなし\t合計（R5）")], "62行", "令和5年度の値です"),
    "claim of another year": ([("➤ 計画に位置付けた", "➤ 令和5年度は、計画に位置付けた")], "60行", "「令和5年度」は、この資料の年度ではありません"),
    "claim of another year, kanji": ([("➤ 計画策定", "➤ 令和五年の計画策定")], "92行", "「令和五年」は、この資料の年度ではありません"),
    "another plan in the title": ([("伊勢原市第6次", "伊勢原市第5次")], "3行", NO_PLAN),
    "another plan in a title in kanji": ([("伊勢原市第6次", "伊勢原市第五次")], "3行", NO_PLAN),
    "number of the plan damaged": ([("伊勢原市第6次", "伊勢原市第b次")], "3行", "「第6次行財政改革推進計画」を探しました"),
    "page of another plan": ([(PAGES[1], PAGES[1].replace("第6次", "第5次"))], "88行", ANOTHER_PLAN),
    "page of a plan of another kind": ([(PAGES[0], PAGES[0].replace("行財政改革推進", "総合"))], "56行", ANOTHER_PLAN),
    "outline of another plan": ([("第6次行財政改革推進計画の概要", "第七次行財政改革推進計画の概要")], "10行", ANOTHER_PLAN),
    "another city in the title": ([("伊勢原市第6次", "秦野市第6次")], "3行", "「伊勢原市」を探しました"),
    "city damaged": ([("伊勢原市第6次", "伊勢厚市第6次")], "3行", "「伊勢原市」を探しました"),
    "no city": ([("伊勢原市第6次", "第6次")], "3行", "「伊勢原市」を探しました"),
    "another publisher": ([(DEPARTMENTS, f"秦野市{DEPARTMENTS}")], "7行", ANOTHER_CITY),
    "another publisher on its own line": ([(DEPARTMENTS, f"秦野市\n{DEPARTMENTS}")], "7行", ANOTHER_CITY),
    "another mayor before the month": ([("令和7年8月", "神奈川県秦野市長\n\n令和7年8月")], "5行", ANOTHER_CITY),
    "another city in brackets": ([("について\n", "について（秦野市）\n")], "3行", ANOTHER_CITY),
    "another city behind the title": ([("について\n", "について　秦野市\n")], "3行", ANOTHER_CITY),
    "another city alone": ([(DEPARTMENTS, f"（秦野市）\n{DEPARTMENTS}")], "7行", ANOTHER_CITY),
    "another ward office": ([(DEPARTMENTS, "横浜市緑区役所")], "7行", ANOTHER_CITY),
    "another city over a page": ([(PAGES[1], f"秦野市{PAGES[1]}")], "88行", ANOTHER_CITY),
    "month before the year began": ([("令和7年8月", "令和2年8月")], "5行", TOO_EARLY),
    "month before the year ended": ([("令和7年8月", "令和7年3月")], "5行", TOO_EARLY),
    "month years away": ([("令和7年8月", "令和17年8月")], "5行", TOO_LATE),
    "month three years away": ([("令和7年8月", "令和九年八月")], "5行", TOO_LATE),
    "thirteenth month": ([("令和7年8月", "令和7年13月")], "5行", NO_MONTH),
    "month of the year nought": ([("令和7年8月", "令和7年0月")], "5行", NO_MONTH),
    "era of the month damaged": ([("令和7年8月", "令利7年8月")], "5行", NO_MONTH),
    "year of the month lost": ([("令和7年8月", "8月")], "5行", NO_MONTH),
    "number of the month lost": ([("令和7年8月", "令和7年月")], "5行", NO_MONTH),
    "月 damaged": ([("令和7年8月", "令和7年8目")], "5行", NO_MONTH),
    "two halves of the month's year": ([("令和7年8月", "令和7(2024)年8月")], "5行", "年度として読めません"),
    "two months in one line": ([("令和7年8月", "令和7年8月・令和8年8月")], "5行", "月が二つあります"),
    "month in English": ([("令和7年8月", "Aug. 2025")], "5行", NO_MONTH),
    "two months": ([("令和7年8月", "令和7年8月\n\n令和7年9月")], "5行「令和7年8月」、7行「令和7年9月」", "公表の年月が二つあります"),
    "no unit": ([(UNIT, "")], "96行", "この表の前に（単位：千円）のような行がありません"),
    "unit damaged": ([(UNIT, "（単位：干円）")], "94行", NO_UNIT),
    "word for the unit damaged": ([(UNIT, "（草位：千円）")], "96行", "この表の前に（単位：千円）のような行がありません"),
    "two units in one line": ([(UNIT, "（単位：千円、百万円）")], "94行", NO_UNIT),
    "two units in brackets": ([(UNIT, "（単位：千円（一部百万円））")], "94行", NO_UNIT),
    "two units in a note": ([(UNIT, f"{UNIT}※一部百万円")], "94行", NO_UNIT),
    "another unit below": ([("\t1,345,649", "\t1,345,649\n\n（単位：百万円）")], "110行", "上の表の単位（千円）と違います"),
    "two lines of units": ([(UNIT, f"{UNIT}\n\n（単位：百万円）")], "96行", NOT_THE_UNIT),
    "unit in the heading": ([("実績効果額（効果見込額との比較）", "実績効果額（百万円）")], "94行", "金額の単位が、90行の「百万円」と違います"),
    "unit in the column": ([("基本方針\t\t合計", "基本方針\t\t合計（百万円）")], "96行", NOT_THE_UNIT),
    "unit in a row": ([("\t実績効果額 b\t9,464", "\t実績効果額（円）\t9,464")], "102行", NOT_THE_UNIT),
    "denominator damaged": ([("位置付けた74件", "位置付けた7#件")], "60行", "「7」が何を指すか読み取れません"),
    "denominator in kanji": ([("位置付けた74件", "位置付けた七十五件")], "60行", "「七十五」が何を指すか読み取れません"),
    "denominator lost": ([("位置付けた74件", "位置付けた件")], "60行", "「件」が何を指すか読み取れません"),
    "period of a plan damaged": ([("(R5~R14)", "(利5~利14)")], "52行", "期間として読めません"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_document_is_filed_under_nothing_that_it_does_not_say(name, sentences):
    changes, place, says = DAMAGED[name]
    told = sentences(changed(*changes))
    assert any(place in one and says in one for one in told), "\n".join(told) or "it was read"
    assert all(one.startswith("資料.txt") and one.endswith("。") for one in told)


SAME = {
    "kanji numeral": [(YEAR, "令和六年度")],
    "letter": [(YEAR, "R6")],
    "full width, with a point": [(YEAR, "Ｒ．６年度")],
    "leading nought": [(YEAR, "令和06年度")],
    "FY": [(YEAR, "FY2024")],
    "western year": [(YEAR, "２０２４年度")],
    "era and western year": [(YEAR, "令和6（2024）年度")],
    "western year and era": [(YEAR, "2024(令和6)年度")],
    "an era that ended": [(YEAR, "平成36年度")],
    "months": [(YEAR, "令和6年4月〜令和7年3月の")],
    "blanks": [(YEAR, "令 和 6 年 度")],
    "year before the city": [(TITLE, "令和６年度　伊勢原市第6次行財政改革推進計画の取組結果（概要）")],
    "year in the headings alone": [(TITLE, TITLE.replace(YEAR, ""))],
    "year in the subtitle": [(TITLE, f"{TITLE.replace(YEAR, '')}\n\n（令和6年度）")],
    "title on three lines": [(TITLE, "伊勢原市第6次行財政改革推進計画の\n令和6年度\n取組結果（概要）について")],
    "the plan's own period in the title": [("推進計画の 令和6年度", "推進計画（令和5年度〜令和9年度）の 令和6年度")],
    "ordinal in kanji": [("第6次行財政", "第六次行財政")],
    "other years in the text": [("➤ 計画に位置付けた", "※ 令和5年度の取組結果は別の資料\n\n➤ 計画に位置付けた")],
    "years in a description": [("目標時間には至らなかった", "目標時間には至らなかった（令和5年度も同様）")],
    "enclosed number behind a letter": [(HEADINGS[0], "（R6⑴）"), (HEADINGS[1], "（R6⑵）")],
    "month in kanji": [("令和7年8月", "令和七年八月")],
    "month with its western year": [("令和7年8月", "令和７（2025）年８月１日")],
    "month in figures": [("令和7年8月", "2025.8")],
    "month with a word": [("令和7年8月", "公表日：令和7年8月吉日")],
    "meeting above the title": [(TITLE, f"令和7年度第2回行財政改革推進本部会議　資料1\n\n{TITLE}")],
    "telephone": [(DEPARTMENTS, f"{DEPARTMENTS}\n0463-94-4711")],
    "no month": [("令和7年8月\n", "")],
    "city before the department": [(DEPARTMENTS, f"神奈川県伊勢原市\n\n伊勢原市{DEPARTMENTS}")],
    "departments like cities": [(DEPARTMENTS, "都市整備部\n市民協働課\n市町村課")],
    "unit twice": [(UNIT, f"{UNIT}\n\n単位：千円")],
    "unit in the heading and over the table": [("実績効果額（効果見込額との比較）", "実績効果額（千円）")],
    "note on what is below the unit": [(UNIT, f"※ 単位未満は切り捨て\n\n{UNIT}")],
    "unit again below": [("\t1,345,649", f"\t1,345,649\n\n{UNIT}")],
    "unit with its rounding": [(UNIT, "（単位：千円、百円未満四捨五入）")],
    "period in kanji": [("(R5~R14)", "(令和五年度〜令和十四年度)")],
    "period of one era": [("(R5~R14)", "(令和5〜14年度)")],
    "period with western years": [("(R5~R14)", "(令和5(2023)年度～令和14(2032)年度)")],
}
SAME |= {
    f"month of what else happened: {what}": [("令和7年8月", f"令和7年8月\n（令和7年10月{what}）")]
    for what in ("修正", "改訂", "改定", "更新", "訂正", "現在", "時点", "策定", "から", "まで")
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_said_otherwise_is_read(name, sentences):
    assert sentences(changed(*SAME[name])) == []


@pytest.mark.parametrize("period", ["(令和五年度〜令和十四年度)", "(令和5〜14年度)", "(R.5～R.14)", "(2023〜2032)"])
def test_a_period_is_stated_in_whatever_spelling(period, plan, tmp_path):
    (tmp_path / "a.txt").write_text(changed(("(R5~R14)", period)), encoding="utf-8")
    links = intake.facts(intake.document(tmp_path / "a.txt"), plan=plan, layout=LAYOUT, fiscal_year=2024)[
        "linked_plans"
    ]
    [link] = links[links["name"] == "公共施設等再配置プラン"].itertuples()
    assert (link.first_fiscal_year, link.last_fiscal_year, link.period_basis) == ("2023", "2032", "stated")


@pytest.mark.parametrize(
    ("claim", "total"), [("75件の取組項目", "74"), ("20件の取組項目", "74"), ("74件の取組項目", "75")]
)
def test_a_denominator_that_differs_is_not_filed(claim, total, registered):
    status, told, _ = registered(changed(("74件の取組項目", claim), ("\t0\t74\n", f"\t0\t{total}\n")))
    assert status == 1
    assert claim[:2] in told or total in told


@pytest.mark.parametrize(
    ("above", "published"), [("令和７年８月", "2025-08"), ("令和7年7月30日", "2025-07"), ("", "not_stated")]
)
def test_a_month_above_the_title_is_the_documents(above, published, plan, tmp_path):
    text = changed(("令和7年8月\n", ""), (TITLE, f"{above}\n{TITLE}"))
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert intake.about(intake.document(tmp_path / "a.txt"), plan, LAYOUT)["published"] == published


@pytest.fixture
def registered(tmp_path, capsys):
    """Status and words of `gyokaku intake`, and the sources of the year that it filed."""

    def run(text, *options):
        folder = tmp_path / "data" / "isehara-6"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.toml").write_bytes((ROOT / "data" / "isehara-6" / "plan.toml").read_bytes())
        (tmp_path / "資料.txt").write_text(text, encoding="utf-8")
        asked = ["--plan", "isehara-6", "--year", "2024", "--data", str(tmp_path / "data")]
        status = cli.main(["intake", str(tmp_path / "資料.txt"), *asked, *options])
        filed = folder / "2024" / "SOURCES.toml"
        return status, capsys.readouterr().err, tomllib.loads(filed.read_text("utf-8")) if filed.exists() else None

    return run


WITHOUT_YEAR = changed((f"（{YEAR}", "（"), (YEAR, ""))
INSISTED = "--year-not-in-document"


def test_what_is_not_in_the_document_is_filed_only_where_a_person_insists(registered, tmp_path):
    status, told, filed = registered(WITHOUT_YEAR)
    assert (status, filed) == (1, None)
    assert "3行「伊勢原市第6次行財政改革推進計画の 取組結果（概要）について」と56・58" in told
    assert INSISTED in told
    status, _, filed = registered(WITHOUT_YEAR, INSISTED)
    [source] = filed.values()
    assert (status, source["fiscal_year"], source["year_basis"]) == (0, 2024, "typed")
    assert read.year("isehara-6", 2024, tmp_path / "data").typed == [TYPED["year_basis"]]


def test_a_damaged_year_can_be_insisted_on_and_another_one_cannot(registered):
    status, told, filed = registered(changed((YEAR, "令和五年度")), INSISTED)
    assert (status, filed) == (1, None)
    assert ANOTHER_YEAR in told
    status, _, filed = registered(changed((YEAR, "令利6年度")), INSISTED)
    assert status == 0
    assert [source["year_basis"] for source in filed.values()] == ["typed"]


def test_a_year_in_the_document_is_not_said_to_be_typed(registered):
    status, told, filed = registered(TEXT, INSISTED)
    assert (status, filed) == (1, None)
    assert f"3行「{TITLE}」: 資料に年度が書かれています。{INSISTED} を外してください。" in told
    status, _, filed = registered(TEXT)
    assert status == 0
    assert all("year_basis" not in source for source in filed.values())


@pytest.mark.parametrize(
    ("language", "says"), [("ja", "年度は資料に記載がなく"), ("en", "the year is not stated in the doc")]
)
def test_pages_say_that_the_year_is_not_from_the_document(language, says, registered, tmp_path):
    registered(WITHOUT_YEAR.replace("令和7年8月\n", ""), INSISTED)
    typed = read.year("isehara-6", 2024, tmp_path / "data")
    stated = read.year("isehara-6", 2024, ROOT / "data")
    notation.speak(language)
    try:
        for frames, is_said in ((typed, True), (stated, False)):
            lines = read.documents(frames, tmp_path / "data" if is_said else ROOT / "data")
            message = notation.sentence("quality.source")
            proofs = pages.quality.source(lines, frames, Sentence("quality.source", message)).html
            assert [says in pages.masthead(frames, audience="internal").html, says in proofs] == [is_said] * 2
        without_month = {"ja": "公表年月の記載なし", "en": "no month of publication stated"}[language]
        assert without_month in pages.provenance(typed, check.tally([])).html
    finally:
        notation.speak(notation.ORIGINAL)
