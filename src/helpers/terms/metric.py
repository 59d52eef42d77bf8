"""The closed list of metrics: for each its name, its unit and its formula.

The one home of a metric's id; `docs/metrics.md` is made from here (`make docs`).
"""

from enum import StrEnum
from typing import NamedTuple


class Unit(StrEnum):
    """What a figure counts."""

    MEASURES = "measures"
    YEN = "yen"
    RATE = "rate"
    SHARE = "share"
    MULTIPLIER = "multiplier"
    INDEX = "index"
    POLICIES = "policies"
    CATEGORY = "category"
    POINTS = "points"
    YEARS = "years"
    COUNT = "count"
    DEPARTMENTS = "departments"


class Metric(NamedTuple):
    """A metric's name in the plan's language, its unit, its formula in words, and its place in the domain's list."""

    name: str
    unit: Unit
    formula: str
    reference: str


# Proxies that mislead without their caveats; only for the analyst's notebook, never for a page for leadership.
FOR_ANALYSTS = {"rate_weighted_by_expected", "rate_weighted_by_actual"}
METRICS = {
    "measures": Metric("取組数", Unit.MEASURES, "評価を受けた取組の数", "M1"),
    "achieved_measures": Metric("達成した取組数", Unit.MEASURES, "達成とみなす評価を受けた取組の数", "M1"),
    "missed_measures": Metric("達成しなかった取組数", Unit.MEASURES, "取組数 − 達成した取組数", "M1"),
    "not_rated_measures": Metric("評価の対象外の取組数", Unit.MEASURES, "評価の対象外とされた取組の数", "M1"),
    "measures_by_grade": Metric("評価別の取組数", Unit.MEASURES, "その評価を受けた取組の数", "M1"),
    "achievement_rate": Metric("達成率", Unit.RATE, "達成した取組数 ÷ 取組数", "M1"),
    "missed_rate": Metric("達成しなかった割合", Unit.RATE, "達成しなかった取組数 ÷ 取組数", "M1"),
    "exceeded_rate": Metric("上回り率", Unit.RATE, "計画を上回る取組数 ÷ 取組数", "M1"),
    "points_per_measure": Metric("1件の重み", Unit.POINTS, "1 ÷ 取組数", "M1"),
    "expected_effect": Metric("効果見込額", Unit.YEN, "基本方針の効果見込額の合計", "M3"),
    "actual_effect": Metric("実績効果額", Unit.YEN, "基本方針の実績効果額の合計", "M3"),
    "effect_multiplier": Metric("倍率", Unit.MULTIPLIER, "実績効果額 ÷ 効果見込額", "M3"),
    "effect_gap": Metric("差", Unit.YEN, "実績効果額 − 効果見込額", "M4"),
    "contribution_to_multiplier": Metric(
        "倍率への寄与", Unit.MULTIPLIER, "その方針の実績効果額 ÷ 計画全体の効果見込額", "M5"
    ),
    "contribution_to_excess": Metric(
        "1倍を超えた分への寄与", Unit.MULTIPLIER, "その方針の差 ÷ 計画全体の効果見込額", "M5"
    ),
    "expected_share": Metric("見込額の構成比", Unit.SHARE, "その方針の効果見込額 ÷ 計画全体の効果見込額", "M5"),
    "actual_share": Metric("実績額の構成比", Unit.SHARE, "その方針の実績効果額 ÷ 計画全体の実績効果額", "M5"),
    "top_item_share": Metric("最大の1件の構成比", Unit.SHARE, "最大の項目の効果額 ÷ 実績効果額", "M6"),
    "top_two_share": Metric("上位2件の構成比", Unit.SHARE, "大きい順に2件の効果額 ÷ 実績効果額", "M6"),
    "named_share": Metric("金額が公表された項目の構成比", Unit.SHARE, "公表された項目の効果額の計 ÷ 実績効果額", "M6"),
    "unnamed_effect": Metric("内訳が公表されていない額", Unit.YEN, "実績効果額 − 公表された項目の効果額の計", "M6"),
    "concentration_actual": Metric("実績額の集中度", Unit.INDEX, "方針の構成比の2乗の和", "M6"),
    "concentration_expected": Metric("見込額の集中度", Unit.INDEX, "方針の構成比の2乗の和", "M6"),
    "concentration_items": Metric("項目の集中度", Unit.INDEX, "項目の構成比の2乗の和（内訳のない額は幅で扱う）", "M6"),
    "effective_items": Metric("効果を担う項目の実効数", Unit.INDEX, "1 ÷ 項目の集中度（幅の両端）", "M6"),
    "effective_policies_actual": Metric("実績を担う方針の実効数", Unit.POLICIES, "1 ÷ 実績額の集中度", "M6"),
    "effective_policies_expected": Metric("見込を担う方針の実効数", Unit.POLICIES, "1 ÷ 見込額の集中度", "M6"),
    "effect_without_top_item": Metric("最大の1件を除く実績効果額", Unit.YEN, "実績効果額 − 最大の項目の効果額", "M7"),
    "multiplier_without_top_item": Metric(
        "最大の1件を除く倍率（下限）", Unit.MULTIPLIER, "（実績効果額 − 最大の項目の効果額）÷ 効果見込額の全体", "M7"
    ),
    "multiplier_without_top_item_upper": Metric(
        "最大の1件を除く倍率（上限）",
        Unit.MULTIPLIER,
        "（実績効果額 − 最大の項目の効果額）÷（効果見込額 − その項目が属しうる方針の効果見込額）",
        "M7",
    ),
    "multiplier_without_item": Metric(
        "その1件を除く倍率（下限）", Unit.MULTIPLIER, "（実績効果額 − その項目の効果額）÷ 効果見込額の全体", "M8"
    ),
    "recurring_effect": Metric(
        "続くとみられる効果額", Unit.YEN, "経常と判断した現金の項目の計 から 一過性と判断した項目を除く全額 まで", "M7b"
    ),
    "recurring_multiplier": Metric(
        "続くとみられる効果の倍率", Unit.MULTIPLIER, "続くとみられる効果額 ÷ 効果見込額", "M7b"
    ),
    "leave_one_out_multiplier": Metric(
        "その方針を除く倍率", Unit.MULTIPLIER, "他の方針の実績効果額 ÷ 他の方針の効果見込額", "M8"
    ),
    "leave_one_out_rate": Metric(
        "その方針を除く達成率", Unit.RATE, "他の方針の達成した取組数 ÷ 他の方針の取組数", "M8"
    ),
    "capped_delivery": Metric(
        "見込みの範囲で届いた割合", Unit.RATE, "方針ごとに小さい方（見込か実績）の計 ÷ 効果見込額", "M9"
    ),
    "discordance": Metric("評価と金額の食い違い", Unit.CATEGORY, "達成率が境目以上か × 倍率が1以上か", "M10"),
    "feasible_policies": Metric(
        "属しうる基本方針", Unit.CATEGORY, "公表された件数と金額に反しない基本方針のすべて", "M21"
    ),
    "regrades_to_80": Metric(
        "達成率が境目を割るまでの件数", Unit.MEASURES, "達成から外れると達成率が境目を下回る最小の件数", "M8"
    ),
    "named_measures": Metric("名称が公表された取組数", Unit.MEASURES, "資料に名称のある取組の数（重複を除く）", "M25"),
    "coverage": Metric(
        "名称が公表された取組の割合", Unit.SHARE, "名称が公表された取組数 ÷（取組数 + 評価の対象外の取組数）", "M25"
    ),
    "grade_share": Metric("評価別の割合", Unit.SHARE, "その評価を受けた取組数 ÷ 取組数", "M1"),
    "rate_weighted_by_expected": Metric(
        "達成率（方針の効果見込額で重み付け）",
        Unit.RATE,
        "方針の達成率 × 方針の効果見込額 の計 ÷ 効果見込額（方針単位の近似）",
        "M2",
    ),
    "rate_weighted_by_actual": Metric(
        "達成率（方針の実績効果額で重み付け）",
        Unit.RATE,
        "方針の達成率 × 方針の実績効果額 の計 ÷ 実績効果額（方針単位の近似）",
        "M2",
    ),
    "rate_weighted_by_priority": Metric(
        "達成率（優先度で重み付け）",
        Unit.RATE,
        "達成した取組の重みの計 ÷ 取組の重みの計（重みは市が定めるもの）",
        "M2b",
    ),
    "shortfall": Metric(
        "不足額", Unit.YEN, "効果見込額 − 実績効果額（届いていれば0）。計画全体は方針の不足額の計", "M11"
    ),
    "surplus": Metric("超過額", Unit.YEN, "実績効果額 − 効果見込額（届かなければ0）の、方針の計", "M11"),
    "shortfall_share": Metric("不足額の構成比", Unit.SHARE, "その方針の不足額 ÷ 不足額の計", "M11"),
    "elapsed_share": Metric("計画期間の経過", Unit.SHARE, "この年度末までの年数 ÷ 計画の年数", "M13"),
    "effect_basis": Metric(
        "効果額の基準", Unit.CATEGORY, "plan.toml の effect_basis（資料に記載のあるときだけ）", "M12"
    ),
    "plan_target": Metric(
        "計画期間の効果見込額", Unit.YEN, "計画の全年度の効果見込額の計、または資料に書かれた総額", "M12"
    ),
    "cumulative_expected_effect": Metric(
        "見込額の累計", Unit.YEN, "計画の初年度からこの年度までの効果見込額の計", "M12"
    ),
    "cumulative_actual_effect": Metric("実績額の累計", Unit.YEN, "計画の初年度からこの年度までの実績効果額の計", "M12"),
    "cumulative_multiplier": Metric("累計の倍率", Unit.MULTIPLIER, "実績額の累計 ÷ 見込額の累計", "M12"),
    "required_run_rate": Metric(
        "残りの年度に要る1年あたりの額", Unit.YEN, "（計画期間の効果見込額 − 実績額の累計）÷ 残りの年数", "M13"
    ),
    "required_run_rate_without_one_off": Metric(
        "残りの年度に要る1年あたりの額（一過性を除く）",
        Unit.YEN,
        "（計画期間の効果見込額 − 実績額の累計 + 一過性と判断した項目の額）÷ 残りの年数",
        "M13",
    ),
    "pace": Metric("累計の進み", Unit.CATEGORY, "実績額の累計 ÷ 計画期間の効果見込額 が 計画期間の経過 以上か", "M13"),
    "achievement_rate_change": Metric("達成率の前年度差", Unit.POINTS, "達成率 − 前年度の達成率", "M14"),
    "achievement_rate_change_within": Metric(
        "達成率の前年度差（両年度にある取組）",
        Unit.POINTS,
        "両年度にある取組の達成率 − 同じ取組の前年度の達成率",
        "M14",
    ),
    "achievement_rate_change_composition": Metric(
        "達成率の前年度差（取組の入替え）", Unit.POINTS, "達成率の前年度差 − 両年度にある取組の前年度差", "M14"
    ),
    "panel_measures": Metric("両年度にある取組数", Unit.MEASURES, "両年度とも評価を受けた取組の数", "M14"),
    "panel_achievement_rate": Metric(
        "両年度にある取組の達成率", Unit.RATE, "両年度にある取組のうち達成した取組数 ÷ 両年度にある取組数", "M14"
    ),
    "entered_measures": Metric("新しい取組数", Unit.MEASURES, "前年度の内部台帳になく、この年度にある取組の数", "M14"),
    "ended_measures": Metric("終わった取組数", Unit.MEASURES, "前年度の内部台帳にあり、この年度にない取組の数", "M14"),
    "actual_effect_change": Metric("実績効果額の前年度差", Unit.YEN, "実績効果額 − 前年度の実績効果額", "M14"),
    "effect_multiplier_change": Metric("倍率の前年度差", Unit.MULTIPLIER, "倍率 − 前年度の倍率", "M14"),
    "effect_gap_change": Metric("差の前年度差", Unit.YEN, "差 − 前年度の差", "M14"),
    "actual_effect_change_within": Metric(
        "実績効果額の前年度差（両年度にある取組）", Unit.YEN, "両年度にある取組の実績効果額の差の計", "M14"
    ),
    "actual_effect_change_entries": Metric(
        "実績効果額の前年度差（新しい取組）", Unit.YEN, "新しい取組の実績効果額の計", "M14"
    ),
    "actual_effect_change_exits": Metric(
        "実績効果額の前年度差（終わった取組）", Unit.YEN, "0 − 終わった取組の前年度の実績効果額の計", "M14"
    ),
    "actual_effect_change_one_off": Metric(
        "実績効果額の前年度差（一過性と判断した項目）",
        Unit.YEN,
        "一過性と判断した項目の効果額の計 − 前年度の同じ計（判断できない項目は幅で扱う）",
        "M14",
    ),
    "grade_transitions": Metric(
        "評価の移り変わり",
        Unit.MEASURES,
        "前年度の評価（新規は new）からこの年度の評価（終了は ended）へ移った取組の数",
        "M15",
    ),
    "improved_measures": Metric("評価が上がった取組数", Unit.MEASURES, "前年度より良い評価を受けた取組の数", "M15"),
    "worsened_measures": Metric("評価が下がった取組数", Unit.MEASURES, "前年度より悪い評価を受けた取組の数", "M15"),
    "unchanged_measures": Metric("評価が同じ取組数", Unit.MEASURES, "前年度と同じ評価を受けた取組の数", "M15"),
    "behind_persistence": Metric(
        "遅れが続いた割合", Unit.RATE, "前年度もこの年度も達成しなかった取組数 ÷ 前年度に達成しなかった取組数", "M15"
    ),
    "stuck_measures": Metric("遅れが続く取組数", Unit.MEASURES, "2年度以上続けて達成しなかった取組の数", "M16"),
    "years_behind": Metric(
        "遅れが続く年数", Unit.YEARS, "この年度まで続けて達成しなかった年度の数（登録済みの年度の範囲）", "M16"
    ),
    "years_named_behind": Metric(
        "遅れとして名が挙がり続けた年数",
        Unit.YEARS,
        "資料が計画に届かない取組として名を挙げた年度が、この年度まで続く数（登録済みの年度の範囲）",
        "M16",
    ),
    "on_track_without_number": Metric(
        "計画どおりが続き、数字のない取組数",
        Unit.MEASURES,
        "前年度もこの年度も計画どおりの評価で、どちらの年度の理由にも実績額にも数字のない取組の数（言葉による目安）",
        "M16",
    ),
    "named_measures_by_grade": Metric(
        "名称が公表された取組数（部・評価別）", Unit.MEASURES, "資料に名称のある、その部・その評価の取組の数", "M17"
    ),
    "scenario_effect": Metric(
        "残りの年度の試算",
        Unit.YEN,
        "S0 残りの見込みどおり、S1 続くとみられる額だけが続く、S2 見込み × 最大の1件を除く倍率、S3 見込み × 見込みの範囲で届いた割合",
        "M18",
    ),
    "scenario_yearly_effect": Metric(
        "1年分の試算（見込みが今年度と同じとき）",
        Unit.YEN,
        "S0 見込みどおり、S1 続くとみられる額だけ、S2 見込み × 最大の1件を除く倍率、S3 見込み × 見込みの範囲で届いた割合",
        "M18",
    ),
    "scenario_scored": Metric(
        "前年度の試算との差",
        Unit.YEN,
        "実績効果額 − 前年度の「1年分の試算（見込みが今年度と同じとき）」",
        "M18",
    ),
    "yen_target_rate": Metric(
        "金額の見込みがある方針の割合", Unit.RATE, "効果見込額が0より大きい基本方針の数 ÷ 基本方針の数", "M19"
    ),
    "policies_without_expected": Metric("見込みが0の基本方針", Unit.CATEGORY, "効果見込額が0の基本方針のすべて", "M19"),
    "reason_coded_measures": Metric(
        "原因を判断した取組数", Unit.MEASURES, "reason_codes.csv に原因のある取組の数", "M22"
    ),
    "reason_measures": Metric(
        "遅れの原因別の取組数",
        Unit.MEASURES,
        "その原因と判断した取組の数（複数の原因をもつ取組は、それぞれに数える）",
        "M22",
    ),
    "reason_measures_by_control": Metric(
        "原因の内外別の取組数",
        Unit.MEASURES,
        "原因がすべて市の中（internal）・すべて外（external：外部環境・競合、制度・法令）・両方（mixed）・不明（unknown）の取組の数",
        "M22",
    ),
    "reason_coverage": Metric(
        "遅れの原因を判断した割合", Unit.SHARE, "原因を判断した取組数 ÷ 達成しなかった取組数", "M22"
    ),
    "named_graded_measures": Metric(
        "名称と評価が公表された取組数", Unit.MEASURES, "名称があり、評価が記載または記載から定まる取組の数", "M23"
    ),
    "measures_with_number": Metric(
        "説明か金額に数字のある取組数",
        Unit.MEASURES,
        "名称と評価が公表された取組のうち、説明か金額に数字のあるものの数",
        "M23",
    ),
    "number_in_text": Metric(
        "説明か金額の数字", Unit.CATEGORY, "資料の説明か金額に数字があるか（言葉による目安）", "M23"
    ),
    "evidence_level": Metric(
        "説明の裏付けの段階", Unit.CATEGORY, "活動のみ・アウトプットの数値・アウトカムの数値・検証済 のどれか", "M23"
    ),
    "assurance": Metric("金額の確からしさ", Unit.CATEGORY, "決算と突合済・根拠資料あり・申告のみ のどれか", "M24"),
    "assured_share": Metric("決算と突合した額の割合", Unit.SHARE, "決算と突合した項目の額 ÷ 実績効果額", "M24"),
    "graded_coverage": Metric(
        "名称と評価が公表された取組の割合", Unit.SHARE, "名称と評価が公表された取組数 ÷ 取組数", "M25"
    ),
    "classified_share": Metric(
        "性質を判断した額の割合", Unit.SHARE, "続くか一過性かを判断した項目の額 ÷ 実績効果額", "M25"
    ),
    "facts": Metric("資料から読んだ値の数", Unit.COUNT, "資料から読んだ表の行の数", "M25"),
    "sourced_share": Metric(
        "出典まで戻れる値の割合", Unit.SHARE, "資料・位置・原文のそろった行の数 ÷ 資料から読んだ表の行の数", "M25"
    ),
    "implied_facts": Metric("記載から定めた値の数", Unit.COUNT, "区分が「記載」でない行の数", "M25"),
    "open_assumptions": Metric("未確認の前提の数", Unit.COUNT, "状態が「未確認」の前提の数", "M25"),
    "corrected_values": Metric("訂正した値の数", Unit.COUNT, "corrections.csv の行の数", "M25"),
    "acknowledged_checks": Metric("了承した検算の数", Unit.COUNT, "acknowledged.csv の行の数", "M25"),
    "superseded_documents": Metric("差し替え前の資料の数", Unit.COUNT, "同じ年度の、差し替え前の資料の数", "M25"),
    "registered_measures": Metric("取組数（内部台帳）", Unit.MEASURES, "内部台帳で評価を受けた取組の数", "M1・M17"),
    "registered_measures_by_grade": Metric(
        "評価別の取組数（内部台帳）", Unit.MEASURES, "内部台帳でその評価を受けた取組の数", "M1・M17"
    ),
    "registered_achieved_measures": Metric(
        "達成した取組数（内部台帳）", Unit.MEASURES, "内部台帳で達成とみなす評価を受けた取組の数", "M1・M17"
    ),
    "registered_achievement_rate": Metric(
        "達成率（内部台帳）", Unit.RATE, "達成した取組数 ÷ 取組数。部は10件以上のときだけ", "M1・M17"
    ),
    "registered_expected_effect": Metric("効果見込額（内部台帳）", Unit.YEN, "内部台帳の取組の効果見込額の計", "M3"),
    "registered_actual_effect": Metric("実績効果額（内部台帳）", Unit.YEN, "内部台帳の取組の実績効果額の計", "M3"),
    "registered_effect_multiplier": Metric(
        "倍率（内部台帳）", Unit.MULTIPLIER, "内部台帳の 実績効果額 ÷ 効果見込額", "M3"
    ),
    "registered_effect_gap": Metric("差（内部台帳）", Unit.YEN, "内部台帳の 実績効果額 − 効果見込額", "M4"),
    "registered_discordance": Metric(
        "評価と金額の食い違い（内部台帳）",
        Unit.CATEGORY,
        "達成した評価か × 倍率が境目以上か（達成しない取組は1以上か）",
        "M10",
    ),
    "registered_rate_by_expected": Metric(
        "達成率（取組の効果見込額で重み付け）",
        Unit.RATE,
        "達成した取組の効果見込額の計 ÷ 効果見込額のある取組の効果見込額の計",
        "M2",
    ),
    "registered_weight_coverage": Metric(
        "効果見込額のある取組の割合", Unit.SHARE, "評価を受け、効果見込額が0より大きい取組数 ÷ 評価を受けた取組数", "M2"
    ),
    "registered_yen_target_rate": Metric(
        "目標設定率（内部台帳）", Unit.RATE, "効果見込額が0より大きい取組数 ÷ 内部台帳の取組数", "M19"
    ),
    "asked_measures": Metric("照会した取組数", Unit.MEASURES, "部に照会した取組の数", "M26"),
    "answered_measures": Metric(
        "答えのそろった取組数", Unit.MEASURES, "その段階で必ず答える欄に、すべて答えのある取組の数", "M26"
    ),
    "begun_measures": Metric("答えのある取組数", Unit.MEASURES, "一つでも答えのある取組の数", "M26"),
    "asked_departments": Metric("照会した部の数", Unit.DEPARTMENTS, "照会した取組のある部の数", "M26"),
    "answered_departments": Metric(
        "答えのそろった部の数", Unit.DEPARTMENTS, "照会した取組のすべてで、答えのそろった部の数", "M26"
    ),
    "silent_departments": Metric("答えのない部の数", Unit.DEPARTMENTS, "答えが一つもない部の数", "M26"),
    "departments_to_ask": Metric(
        "確かめることのある部の数", Unit.DEPARTMENTS, "doubts.csv に確かめること（open）のある部の数", "M26"
    ),
    "points_to_ask": Metric("部に確かめることの数", Unit.COUNT, "doubts.csv の確かめること（open）の行の数", "M26"),
    "points_to_know": Metric("知らせの数", Unit.COUNT, "doubts.csv の知らせ（told）の行の数", "M26"),
    "doubted_amounts": Metric(
        "桁を確かめる額の数", Unit.COUNT, "doubts.csv の、桁の誤りかもしれない額（size）の行の数", "M26"
    ),
    "provisional_graded_measures": Metric(
        "評価の答えのある取組数（速報）", Unit.MEASURES, "評価の答えのある取組の数（評価の対象外を含む）", "M27"
    ),
    "provisional_measures": Metric(
        "取組数（速報）", Unit.MEASURES, "評価の答えのある取組のうち、対象外を除く数", "M27"
    ),
    "provisional_measures_by_grade": Metric(
        "評価別の取組数（速報）", Unit.MEASURES, "その評価の答えのある取組の数", "M27"
    ),
    "provisional_achieved_measures": Metric(
        "達成した取組数（速報）", Unit.MEASURES, "達成とみなす評価の答えのある取組の数", "M27"
    ),
    "provisional_achievement_rate": Metric(
        "達成率（速報）",
        Unit.RATE,
        "達成した取組数 ÷ 取組数。照会した取組のすべてに評価の答えがあるか、10件以上のときだけ",
        "M27",
    ),
    "provisional_effect_measures": Metric(
        "額を比べられる取組数（速報）",
        Unit.MEASURES,
        "この段階の額の答えがあり、見込みの額もある取組の数（締め切るまでは、桁を確かめる額の取組を除く）",
        "M27",
    ),
    "provisional_expected_effect": Metric("効果見込額（速報）", Unit.YEN, "額を比べられる取組の効果見込額の計", "M27"),
    "provisional_actual_effect": Metric("実績効果額（速報）", Unit.YEN, "額を比べられる取組の実績効果額の計", "M27"),
    "provisional_effect_multiplier": Metric(
        "倍率（速報）", Unit.MULTIPLIER, "額を比べられる取組の 実績効果額 ÷ 効果見込額", "M27"
    ),
    "provisional_measures_without_expected": Metric(
        "見込みの額がなく、実績の額のある取組数（速報）",
        Unit.MEASURES,
        "実績効果額の答えがあり、見込みの額がない取組の数",
        "M27",
    ),
    "provisional_effect_without_expected": Metric(
        "見込みの額がない取組の実績効果額（速報）", Unit.YEN, "見込みの額がない取組の実績効果額の計", "M27"
    ),
}
# Of what departments were asked and have answered so far: no year's figures, which stand on what was published.
OF_COLLECTIONS = {name for name, metric in METRICS.items() if metric.reference in {"M26", "M27"}}

UNITS = {
    Unit.MEASURES: "件",
    Unit.YEN: "円",
    Unit.RATE: "比率（1が100%）",
    Unit.SHARE: "比率（1が100%）",
    Unit.MULTIPLIER: "倍",
    Unit.INDEX: "指数（0から1）",
    Unit.POLICIES: "方針",
    Unit.CATEGORY: "区分",
    Unit.POINTS: "比率の差（0.01が1ポイント）",
    Unit.YEARS: "年",
    Unit.COUNT: "個",
    Unit.DEPARTMENTS: "部",
}


def catalogue() -> str:
    """`docs/metrics.md`: name, unit and formula of every metric in `metrics.json`, from the list above."""
    lines = [
        f"| `{name}` | {metric.name} | {UNITS[metric.unit]} | {metric.formula} | {metric.reference} |"
        for name, metric in METRICS.items()
    ]
    return "\n".join([CATALOGUE_HEAD, *lines]) + "\n"


CATALOGUE_HEAD = """# 指標

`metrics.json` に出る指標のすべてです。この一覧は指標の決まり（`src/helpers/terms/metric.py`）から作るので、手で直さず `make docs` で
作り直してください。

`metrics.json` の一行は一つの数値です。`exact` は整数か分数（`"1345649/347736"`）、`low` と `high` は幅でしか分からないときの両端、
`display` は文の中での書き方、`status` は `stated`（資料の記載）・`derived`（計算）・`judgement`（判断）・`undefined`（対象外）・
`not_available`（資料に記載なし）、`inputs` は元になった表の行（`effects.csv:2`）です。金額は円の整数、区分の指標は `display` だけを持ちます。

どの範囲の数値かは `scope` と `scope_id` にあります（`plan` は計画全体で `scope_id` は空、`policy` は基本方針、`measure` は取組、`grade` は
評価、`policy:grade` は基本方針の中の評価、`department` は部）。式の欄は、式の一覧（M1〜M27）の番号です。M26 と M27 は、部への照会の
途中の数値で、`reports/collection/` の `metrics.json` だけにあります。

| 指標 | 名称 | 単位 | 計算 | 式 |
| --- | --- | --- | --- | --- |"""
