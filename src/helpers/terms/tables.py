"""The contracts of all tables of a year: columns, headings, units, allowed values, keys.

The one home of a column's name and meaning: `data/README.md` is made from here, `intake` writes by it and
`read` holds every file to it. A cell is never blank unless its column says so: what is not known is no row, or
has a token that says why.
"""

import re
from collections.abc import Mapping

from helpers.terms import form
from helpers.terms.layout import HOLDS, HOLDS_WHOLE
from helpers.terms.layout import TABLES as LAID_OUT
from helpers.terms.money import ROUNDINGS, UNITS_IN_YEN
from helpers.terms.places import LOCATOR, LOCATOR_SAYS
from helpers.terms.table import Column, Table

# Why a cell holds no value. Zero is a value and never one of these.
TOKENS = {
    "not_stated": "資料に記載がない（—（記載なし））",
    "not_applicable": "当てはまらない（対象外）",
    "not_registered": "まだ登録していない（未登録）",
    "not_due": "まだ時期が来ていない（未到来）",
    "unknown": "記載はあるが意味が確かめられない",
}

# [0-9], since \d takes ３ for a digit too.
DECIMAL = r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"
DECIMAL_OR_TOKEN = r"^(-?[0-9]{1,30}(\.[0-9]{1,30})?|not_stated|not_applicable|not_registered|not_due)$"  # noqa: S105 — as below
YEAR_OR_TOKEN = r"^((?:19|20)[0-9]{2}|not_stated|not_applicable)$"  # noqa: S105 — the token is a word for a missing value
LAST_CHECK = 28
CHECK_ID = f"^V({'|'.join(f'{n:02}' for n in range(1, LAST_CHECK + 1))})$"
# A day of the calendar but for the leap years' 29th of February.
DAY = r"^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$"
PATTERNS = {
    DECIMAL: "数（例 -1234.5）",
    DECIMAL_OR_TOKEN: "数（例 -1234.5）、またはない理由（`not_stated` など）",
    YEAR_OR_TOKEN: "西暦の年度（例 2024）、`not_stated`、`not_applicable`",
    LOCATOR: LOCATOR_SAYS,
    DAY: "西暦の年月日（例 2026-04-01）",
    CHECK_ID: f"`V01` から `V{LAST_CHECK}` まで",
}
UNCONFIRMED = "本プロジェクト初期値・市未確認"


def _text(title: str, description: str, *, blank: bool = False) -> Column:
    return Column(title, description, _anything if blank else bool, is_blank_allowed=blank)


def _anything(_: str) -> bool:
    return True


def _pattern(title: str, description: str, pattern: str) -> Column:
    return Column(title, description, re.compile(pattern).fullmatch, pattern=pattern)


def _choice(title: str, description: str, choices: dict[str, str]) -> Column:
    return Column(title, description, choices.__contains__, choices=choices)


def _count(title: str, description: str) -> Column:
    return Column(title, description, re.compile(r"[0-9]{1,6}").fullmatch, is_count=True)


PROVENANCE = {
    "source_id": _text("出典", "SOURCES.toml に載せた資料の見出し"),
    "locator": _pattern(
        "位置",
        "資料の行（L63）と、表ではその欄（L63:C2、左端が C1）。"
        "行のない形式では 概要!C5（シートとセル）、p2 表1 r3 c2（PDF）、段落12・表2 r3 c2（Word、ウェブページ）",
        LOCATOR,
    ),
    "quote": _text("原文", "その位置に書かれた言葉のまま"),
    "status": _choice(
        "区分", "事実の種類", {"stated": "資料に記載", "implied": "資料の記載から定まる", "judgement": "判断"}
    ),
}
WHERE = ("source_id", "locator", "quote")
CODER = {
    "reason": _text("理由", "そう判断した理由。資料の言葉は「」で引く"),
    "coder": _text("判断者", f"誰の判断か。市が確認するまでは「{UNCONFIRMED}」"),
    "coded_on": _pattern("判断日", "西暦の年月日", DAY),
}
KINDS = {"expected": "効果見込額", "actual": "実績効果額"}
ZERO_MEANINGS = {
    "measured_zero": "測って0",
    "not_set": "設定していない",
    "unknown": "資料からは分からない",
    "not_applicable": "0でない",
}
LISTS = {
    "exceeded": "計画以上に進捗している主な取組",
    "behind": "計画のとおり進捗していない主な取組",
    "effect": "実績効果額を計上している主な取組",
}
GRADE_BASES = {"stated": "記載あり", "implied": "記載から定まる", "unknown": "記載なし"}
RELATIONS = {
    "self": "この計画自身",
    "parent": "上位計画",
    "parallel": "並行する計画",
    "absorbed": "この計画に取り込まれた計画",
}
RECURRENCES = {
    "recurring": "翌年度以降も続く（経常）",
    "one_off": "その年度限り（一過性）",
    "mixed": "両方を含む",
    "unknown": "判断できない",
}
EFFECT_TYPES = {
    "cost_reduction": "歳出の削減",
    "resident_charge": "住民の負担による増収",
    "other_revenue": "その他の増収",
    "asset_sale": "資産の売払い",
    "liability_reduction": "負債の減少",
    "time_saving": "業務時間の削減",
    "cost_avoidance": "将来費用の回避",
    "unknown": "判断できない",
}
REASONS = {
    "deliberation": "検討・合意形成の遅れ",
    "study": "調査段階",
    "external": "外部環境・競合",
    "organisation": "組織・運用の常態",
    "outcome": "成果指標の未達",
    "not_given": "原因の記載なし",
    "resources": "財源・人員",
    "regulation": "制度・法令",
    "unknown": "不明",
}


DOUBT_WEIGHTS = {"open": "答えを採っていない", "told": "採った答えについての知らせ（確かめてほしい）"}
DOUBT_KINDS = {
    "not_answered": "回答がない",
    "blank": "空欄がある",
    "unreadable": "読めない",
    "contradicts": "食い違う回答がある",
    "inconsistent": "欄どうしが合わない",
    "size": "桁が疑わしい",
    "unknown_row": "どの取組か分からない",
    "other_form": "別の様式",
    "changed": "様式が変えられている",
    "read_as": "このように読んだ",
}


def _table(name: str, says: str, columns: dict[str, Column], key: list[str]) -> Table:
    return Table(name, says, columns, tuple(key))


GRADE_COUNTS = _table(
    "grade_counts",
    "1行は、一つの基本方針で一つの評価を受けた取組の数",
    {
        "policy_id": _text("基本方針の番号", "資料の番号（文字）"),
        "policy_name": _text("基本方針", "plan.toml の名称"),
        "grade": _text("評価", "評価の記号"),
        "grade_label": _text("評価の意味", "記号の意味"),
        "measures": _count("取組数", "件"),
        **PROVENANCE,
    },
    ["policy_id", "grade"],
)
EFFECTS = _table(
    "effects",
    "1行は、一つの金額（基本方針または取組の、見込または実績）",
    {
        "scope": _choice("範囲", "何の金額か", {"policy": "基本方針", "measure": "取組"}),
        "scope_id": _text("番号", "基本方針の番号または取組の番号"),
        "scope_name": _text("名称", "基本方針または取組の名称"),
        "kind": _choice("種類", "見込か実績か", KINDS),
        "amount": _pattern("金額", "unit の単位。負は半角の - で書く", DECIMAL),
        "unit": _choice("単位", "金額の単位", {unit: unit for unit in UNITS_IN_YEN}),
        "rounding": _choice("端数処理", "金額を丸めた方法", ROUNDINGS),
        "zero_meaning": _choice("0の意味", "金額が0のとき、その意味", ZERO_MEANINGS),
        **PROVENANCE,
    },
    ["scope", "scope_id", "kind"],
)
MEASURES = _table(
    "measures",
    "1行は、資料に名称のある一つの取組",
    {
        "measure_id": _text("取組の番号", "名称から決まる番号（並び順や年度に左右されない）"),
        "measure": _text("取組", "資料の名称"),
        "department": _text("部", "資料に添えられた部"),
        "grade": _text("評価", "評価の記号、または not_stated"),
        "grade_basis": _choice("評価の根拠", "どのように分かったか", GRADE_BASES),
        "policy_id": _text("基本方針の番号", "資料に書かれているときだけ。ふつうは not_stated"),
        **PROVENANCE,
    },
    ["measure_id"],
)
MENTIONS = _table(
    "mentions",
    "1行は、資料が取組の名を挙げた一箇所",
    {
        "list": _choice("一覧", "どの一覧か", LISTS),
        "seq": _count("順", "一覧の中の順"),
        "measure_id": _text("取組の番号", "measures.csv の番号"),
        "measure": _text("取組", "その箇所の名称のまま"),
        "department": _text("部", "その箇所の部"),
        "amount_printed": _text("金額の表記", "961百万円 のような表記のまま、または not_stated"),
        "words": _text("説明", "その箇所の説明文のまま、または not_stated"),
        **PROVENANCE,
    },
    ["list", "seq"],
)
LINKED_PLANS = _table(
    "linked_plans",
    "1行は、関連する一つの計画（一つの系列に、続く二つの計画があれば2行）",
    {
        "family": _text("計画の系列", "表の左端の名称"),
        "name": _text("計画", "表の中の名称、または not_applicable"),
        "first_fiscal_year": _pattern("始まりの年度", "西暦、または not_stated", YEAR_OR_TOKEN),
        "last_fiscal_year": _pattern("終わりの年度", "西暦、または not_stated", YEAR_OR_TOKEN),
        "period_basis": _choice(
            "期間の根拠",
            "期間が書かれているか",
            {"stated": "記載あり", "not_stated": "記載なし", "not_applicable": "期間をもたない"},
        ),
        "relation": _choice("関係", "この計画との関係", RELATIONS),
        "note": _text("注記", "表の中の注記（なければ空欄）", blank=True),
        **PROVENANCE,
    },
    ["family", "name"],
)
STATED = _table(
    "stated",
    "1行は、資料に書かれた一つの合計または主張。計算した値と照らし合わせる",
    {
        "metric": _text("指標", "照らし合わせる指標"),
        "scope": _text("範囲", "plan・policy・grade など"),
        "scope_id": _text("番号", "範囲の番号。計画全体は plan"),
        "comparison": _choice(
            "照合の仕方",
            "計算した値が、書かれた値に対してどうあるべきか",
            {
                "equal": "等しい",
                "about": "およそ等しい",
                "above": "上回る",
                "below": "下回る",
                "at_least": "以上",
                "at_most": "以下",
            },
        ),
        "value": _pattern("値", "書かれた値", DECIMAL),
        "unit": _text(
            "単位",
            "件・千円・割・％・倍など、書かれた単位。"
            "「見込んでいた効果額を上回る」は、指標 actual_effect、値 1、単位 効果見込額（効果見込額の1倍を上回る）",
        ),
        **PROVENANCE,
    },
    ["metric", "scope", "scope_id", "locator"],
)
EFFECT_CLASSES = _table(
    "effect_classes",
    "1行は、一つの取組の効果額の性質についての判断",
    {
        "measure_id": _text("取組の番号", "measures.csv の番号"),
        "measure": _text("取組", "取組の名称"),
        "recurrence": _choice("続くか", "翌年度以降も続くか", RECURRENCES),
        "effect_type": _choice("効果の種類", "何による効果か", EFFECT_TYPES),
        "cash_class": _choice(
            "現金か", "現金の動きを伴うか", {"cash": "伴う", "non_cash": "伴わない", "unknown": "判断できない"}
        ),
        **CODER,
    },
    ["measure_id"],
)
REASON_CODES = _table(
    "reason_codes",
    "1行は、一つの取組が遅れた原因についての判断",
    {
        "measure_id": _text("取組の番号", "measures.csv の番号"),
        "measure": _text("取組", "取組の名称"),
        "reason_code": _choice("原因", "原因の分類", REASONS),
        "evidence": _text("根拠の言葉", "資料の言葉のまま"),
        **CODER,
    },
    ["measure_id", "reason_code"],
)
ASSUMPTIONS = _table(
    "assumptions",
    "1行は、一つの前提",
    {
        "assumption_id": _text("番号", "前提の番号"),
        "text": _text("前提", "前提の文"),
        "affects": _text("影響する指標", "指標を空白で区切る"),
        "state": _choice("状態", "確かめたか", {"open": "未確認", "confirmed": "確認済", "refuted": "誤りと判明"}),
    },
    ["assumption_id"],
)
CORRECTIONS = _table(
    "corrections",
    "1行は、公表された誤りの訂正。その位置の資料の値が old でなければ、使わずに止まる",
    {
        "table": _choice(
            "表", "どの表か", {"grade_counts": "grade_counts.csv", "effects": "effects.csv", "stated": "stated.csv"}
        ),
        "locator": _pattern("位置", "訂正する行の locator", LOCATOR),
        "column": _choice("列", "どの列か", {"measures": "取組数", "amount": "金額", "value": "値"}),
        "old": _pattern("資料の値", "資料に書かれた値", DECIMAL),
        "new": _pattern("正しい値", "訂正後の値", DECIMAL),
        "reason": _text("理由", "なぜ誤りと分かったか"),
        "corrected_by": _text("訂正者", "誰が確かめたか"),
        "corrected_on": _pattern("訂正日", "西暦の年月日", DAY),
    },
    ["table", "locator", "column", "old"],
)
ACKNOWLEDGED = _table(
    "acknowledged",
    "1行は、了承して公表する検算の不合格",
    {
        "check_id": _pattern("検算の番号", f"V01 から V{LAST_CHECK} までの検算の番号", CHECK_ID),
        "reason": _text("理由", "なぜ了承するか"),
        "acknowledged_by": _text("了承者", "誰が了承したか"),
        "acknowledged_on": _pattern("了承日", "西暦の年月日", DAY),
    },
    ["check_id"],
)
DECISIONS = _table(
    "decisions",
    "1行は、会議に諮った一つの論点と、その結果",
    {
        "decision_id": _text("番号", "論点の番号"),
        "topic": _text("論点", "諮った論点"),
        "rule": _text("規則", "D-a など。人が加えた論点は manual"),
        "decision": _text("決定", "決まったこと、または not_registered"),
        "owner": _text("担当", "担当する部、または not_registered"),
        "due": _text("期限", "期限、または not_registered"),
        "state": _choice(
            "状態", "進み具合", {"open": "協議中", "decided": "決定", "done": "完了", "dropped": "取下げ"}
        ),
        "updated_on": _pattern("更新日", "西暦の年月日", DAY),
    },
    ["decision_id"],
)
REGISTER = _table(
    "register",
    "1行は、市の内部台帳の一つの取組。公表された表とは混ぜず、集計が公表値と合うかを確かめる",
    {
        "measure_id": _text("取組の番号", "名称から決まる番号。measures.csv にある取組は同じ番号"),
        "measure": _text("取組", "台帳の名称"),
        "policy_id": _text("基本方針の番号", "plan.toml の番号"),
        "promotion_item": _text("推進項目", "推進項目の名称、または not_registered"),
        "department": _text("部", "主となる一つの部"),
        "grade": _text("評価", "評価の記号、または not_due（評価の時期が来ていない）"),
        **{
            f"{kind}_{part}": column
            for kind, name in KINDS.items()
            for part, column in (
                ("amount", _pattern(name, "unit の単位。ない理由も書ける", DECIMAL_OR_TOKEN)),
                ("unit", _choice(f"{name}の単位", "金額の単位", {unit: unit for unit in UNITS_IN_YEN})),
                ("zero_meaning", _choice(f"{name}の0の意味", "金額が0のとき、その意味", ZERO_MEANINGS)),
            )
        },
        "reason": _text("理由", "評価の理由（台帳の言葉のまま）、または not_registered"),
        **PROVENANCE,
    },
    ["measure_id"],
)
FEATURED = _table(
    "featured",
    "1行は、公表資料の案に「主な取組」として載せる一つの取組。候補は gyokaku draft が規則で挙げ、人が選ぶ",
    {
        "list": _choice("一覧", "どの一覧に載せるか", LISTS),
        "seq": _count("順", "一覧の中の順"),
        "measure_id": _text("取組の番号", "内部台帳（register.csv）の番号"),
        "measure": _text("取組", "内部台帳の名称のまま"),
        "words": _text("説明", "添える説明文、または not_stated（説明を添えない）"),
        "basis": _choice("選び方", "誰が選んだか", {"proposed": "規則による候補", "chosen": "人が選んだ"}),
        "note": _text("メモ", "選んだ理由など。資料には載らない（なければ空欄）", blank=True),
    },
    ["list", "seq"],
)

ASKED = _table(
    "asked",
    "1行は、部に尋ねた一つの取組（`gyokaku forms` が、様式に書き込んだとおりに残す）",
    {
        "number": _text("番号", "取組の一覧の番号"),
        "measure_id": _text("取組の番号", "名称から決まる番号"),
        "measure": _text("取組", "一覧の名称"),
        "policy_id": _text("基本方針の番号", "plan.toml の番号"),
        "promotion_item": _text("推進項目", "推進項目の名称、または not_registered"),
        "department": _text("部", "答える部"),
        "indicator": _text("指標", "指標、または not_registered"),
        "target": _text("目標", "目標、または not_registered"),
        "expected": _pattern("効果見込額（千円）", "千円単位。ない理由も書ける", DECIMAL_OR_TOKEN),
        "grade_before": _text("前年度の評価", "評価の記号、または not_registered"),
    },
    ["measure_id"],
)
_PLACE_OF_ANSWER = {
    "file": _text("ファイル", "部から届いたときのファイル名"),
    "source_id": _text("出典", "collection の SOURCES.toml の見出し"),
    "locator": _pattern("位置", "シートとセル（回答!J7）", LOCATOR),
    "typed": _text("書かれた言葉", "セルに書かれていたまま"),
}
ANSWERS = _table(
    "answers",
    "1行は、部の一つの答え（一つの取組の一つの欄）",
    {
        "measure_id": _text("取組の番号", "asked.csv の番号"),
        "measure": _text("取組", "asked.csv の名称"),
        "department": _text("部", "asked.csv の部"),
        "item": _choice("欄", "様式のどの欄か", {column.key: column.heading for column in form.ANSWERED}),
        "value": _text("値", "読み取った値。金額は千円、評価は記号"),
        **_PLACE_OF_ANSWER,
    },
    ["measure_id", "item"],
)
DOUBTS = _table(
    "doubts",
    "1行は、部に確かめることか、読み方の知らせ",
    {
        "weight": _choice("重さ", "値を採ったか", DOUBT_WEIGHTS),
        "kind": _choice("種類", "何についてか", DOUBT_KINDS),
        "department": _text("部", "尋ねる部、または unknown"),
        "measure": _text("取組", "どの取組か、または not_applicable"),
        "item": _text("欄", "様式の欄、または not_applicable"),
        "place": _text("場所", "ファイル・シート・セル、または not_applicable"),
        "says": _text("こと", "見つかったこと"),
        "ask": _text("尋ねること", "部に尋ねること、またはすること"),
    },
    ["weight", "kind", "department", "measure", "item", "place", "says"],
)

FACTS = (GRADE_COUNTS, EFFECTS, MEASURES, MENTIONS, LINKED_PLANS, STATED)
JUDGEMENTS = (EFFECT_CLASSES, REASON_CODES, ASSUMPTIONS)
KEPT_BY_PEOPLE = (*JUDGEMENTS, CORRECTIONS, ACKNOWLEDGED, DECISIONS)
# A year has it or not; without the file there is no such table.
INTERNAL = (REGISTER,)
# Of a collection of answers: `<plan>/collection/<year>/<stage>/`.
COLLECTED = (ASKED, ANSWERS, DOUBTS)
# Beside the stages, in `<plan>/collection/<year>/`: what people choose before the document is published.
BEFORE_PUBLISHING = (FEATURED,)
# The tables of replaced documents are kept in this folder, one folder per document, to report what was restated (V27).
SUPERSEDED = "superseded"
RESTATED = (GRADE_COUNTS, EFFECTS, STATED)
TABLES = {contract.name: contract for contract in (*FACTS, *KEPT_BY_PEOPLE)}


# What SOURCES.toml says of what a document does not state; absent, it does.
TYPED = {
    "year_basis": "年度は資料に記載がなく、登録のときに指定されたもの",
    "name_basis": "市町村の名と計画の名の、どちらかか両方が資料になく、登録のときに指定されたもの",
    "unit_basis": "金額の単位は資料に記載がなく、登録のときに指定されたもの",
}
# As `plan.toml` sources a period that no document states.
PERIOD_TYPED = "計画期間は資料に記載がなく、登録のときに指定されたもの"
NOT_OF_A_DOCUMENT = ("登録した人の指定", "本プロジェクト")


def typed(source: Mapping[str, object]) -> list[str]:
    """What a document does not say of itself, in words."""
    return [says for name, says in TYPED.items() if source.get(name) == "typed"]


def readme() -> str:
    """`data/README.md`: what every table and column means, from the contracts above."""
    kinds = {
        **{contract.name: "資料から（gyokaku intake が書く）" for contract in FACTS},
        **{contract.name: "人が書く（gyokaku intake は書き換えない）" for contract in KEPT_BY_PEOPLE},
        **{contract.name: "市の内部台帳があるときだけ置く（gyokaku intake は書き換えない）" for contract in INTERNAL},
        **{
            contract.name: "`<計画>/collection/<年度>/<段階>/` に、gyokaku forms と collect が書く"
            for contract in COLLECTED
        },
        **{
            contract.name: "公表の前に `<計画>/collection/<年度>/` で人が保つ（gyokaku draft は、なければ候補を書く）"
            for contract in BEFORE_PUBLISHING
        },
    }
    held = {code: says for of in HOLDS.values() for code, says in of.items()}
    whole = {code: f"{says}。title のある資料だけ" for of in HOLDS_WHOLE.values() for code, says in of.items()}
    head = README_HEAD.replace("{holds}", "\n".join(f"  - `{code}` {says}" for code, says in (held | whole).items()))
    head = head.replace("{tables}", "、".join(f"`{of}` {says}" for of, says in LAID_OUT.items()))
    lines = [head, *(f"| `{token}` | {says} |" for token, says in TOKENS.items())]
    kept = (*INTERNAL, *COLLECTED, *BEFORE_PUBLISHING)
    for name, contract in (TABLES | {contract.name: contract for contract in kept}).items():
        key = "・".join(contract.columns[column].title for column in contract.key)
        lines += [
            "",
            f"## {name}.csv",
            "",
            f"{contract.description}。{kinds[name]}。同じ行がないように見る列: {key}。",
            "",
        ]
        lines += ["| 列 | 見出し | 意味 | 書き方 |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{name}` | {column.title} | {column.description} | {_written(column)} |"
            for name, column in contract.columns.items()
        ]
    return "\n".join(lines) + "\n"


def _written(column: Column) -> str:
    if column.choices:
        return "、".join(f"`{code}`" if code == says else f"`{code}` {says}" for code, says in column.choices.items())
    if column.pattern:
        return PATTERNS[column.pattern]
    if column.is_count:
        return "0以上の整数"
    return "文字（空欄でもよい）" if column.is_blank_allowed else "文字"


README_HEAD = """# data

計画ごとに一つのフォルダー、その中に年度（西暦）ごとのフォルダーがあります。この説明は表の決まり
（`src/helpers/terms/tables.py`）から作るので、手で直さず `make docs` で作り直してください。

- `<計画>/plan.toml` — 計画全体のこと（名称、期間、基本方針、評価の段階）。人が書き、`[sources]` に出典を示します。
- `<計画>/layout.toml` — 資料の読み方（`gyokaku new` が書く。ない計画の資料は、`gyokaku draft` が書く「取組結果（概要）」の形として読む。
  その形も `src/helpers/read/summary.toml` に同じ書き方である）。`names` は資料に必ずある言葉。
  `title` は表題にある言葉で、これがあれば、表題・見出し・文・一覧・表のすべてを読み、意味の分からない数字が一つでもあれば登録しない
  （なければ、表と、はっきりした文だけを読む）。
  `[[tables]]` は表ごとに、何の表か（`of`: {tables}）、
  金額の単位（`unit`。`cells` は金額ごと、`stated` は資料ごと）と、左からの欄
  （`heading` 見出し、`holds` その欄が何か、`grade` 評価の記号、`in_parentheses` は（ ）の中の金額が何か）。
  `[lists]` は取組の名を並べた一覧で、どの一覧の見出しにもある言葉（`heading`）と、どの一覧かが分かる言葉
  （`exceeded`、`behind`、`effect` ごとに一つ以上）。`holds` は次のどれか。
{holds}
- `<計画>/<年度>/*.csv` — その年度の表。1行目が見出し、UTF-8、数字は半角、負は `-`、桁区切りなし。
  人が書く表は、Excel で保存した CSV（「CSV UTF-8」でも「CSV」（シフトJIS）でも）のまま読めます。日付の 2026/8/1 は 2026-08-01 と読みます。
- `<計画>/<年度>/source/` — 受け取ったままの資料。
- `<計画>/<年度>/superseded/<資料>/` — 差し替え前の資料から読んだ表（変わった値を示すため。`gyokaku intake` が残す）。
- `<計画>/collection/<年度>/<段階>/` — 部への照会（段階は `plan` 計画、`interim` 中間、`result` 実績）。尋ねた取組（`asked.csv`）、
  答え（`answers.csv`）、確かめること（`doubts.csv`）、答えからできた台帳（`register.csv`）、届いたファイル（`source/` と `SOURCES.toml`）、
  いつまでに答えるかと、締め切った人（`collection.toml`）。締め切るまで、ブリーフにも一覧にも配布にも出ません
  （集まり具合のページは `reports/collection/<計画>/<年度>/collection.html`）。
- `<計画>/<年度>/SOURCES.toml` — 資料ごとの題名、発行者、発行の年月、文字コード、ハッシュ（sha256）、
  利用条件（`licence`）、評価が何に対するものかの資料の言葉（`graded_against`、位置は `graded_against_at`。あるときだけ）。
  `superseded = true` は差し替え前の資料、`form = true` は部から届いた回答、
  `year_basis = "typed"` は年度が、`name_basis` は市町村か計画の名が、`unit_basis` は金額の単位が、資料になく登録のときに
  指定された資料（ページに出ます）。
- `<計画>/<年度>/collection/` — 公表の前にあるもの。`result/register.csv` は各部の回答を集めた台帳、`featured.csv` は公表資料の案に
  載せる「主な取組」。

値がないときは空欄や0にせず、わけを書きます。0 は値です。

| 書き方 | 意味 |
| --- | --- |"""
