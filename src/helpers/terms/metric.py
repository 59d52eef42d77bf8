"""The closed list of metrics: what each is called, what it counts, how it is made.

The one home of a metric's id; `docs/metrics.md` is made from here.
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


class Metric(NamedTuple):
    """A metric's name in the plan's language, its unit, its formula in words, and its place in the domain's list."""

    name: str
    unit: Unit
    formula: str
    reference: str


METRICS = {
    "measures": Metric("取組数", Unit.MEASURES, "評価を受けた取組の数", "M1"),
    "achieved_measures": Metric("達成した取組数", Unit.MEASURES, "達成とみなす評価を受けた取組の数", "M1"),
    "missed_measures": Metric("達成しなかった取組数", Unit.MEASURES, "取組数 − 達成した取組数", "M1"),
    "measures_by_grade": Metric("評価別の取組数", Unit.MEASURES, "その評価を受けた取組の数", "M1"),
    "achievement_rate": Metric("達成率", Unit.RATE, "達成した取組数 ÷ 取組数", "M1"),
    "missed_rate": Metric("達成しなかった割合", Unit.RATE, "達成しなかった取組数 ÷ 取組数", "M1"),
    "exceeded_rate": Metric("上回り率", Unit.RATE, "計画を上回る取組数 ÷ 取組数", "M1"),
    "points_per_measure": Metric("1件の重み", Unit.SHARE, "1 ÷ 取組数", "M1"),
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
    "coverage": Metric("名称が公表された取組の割合", Unit.SHARE, "名称が公表された取組数 ÷ 取組数", "M25"),
}
