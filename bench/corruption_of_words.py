"""How many wrong words are caught before a page is built: units, signs, headings, years, labels.

As `bench/corruption.py` for numbers: words of the FY2024 document are changed, each place alone and all places at once, and the
changed document goes the whole way. `python bench/corruption_of_words.py` prints the table of `bench/README.md`.

A change that leaves every fact as it was, and of which nothing is said, is unseen. One that changes a fact is shown as the document
then has it: another department or another name cannot be told from a right one.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corruption import OUTCOMES, checked, failed, said_on_page_one, source, unfiled

from helpers.terms import Refusal
from helpers.terms.frames import Frames
from helpers.terms.tables import FACTS, PROVENANCE

UNITS, SIGNS, HEADINGS, YEARS, LABELS, CLAIMS = "単位", "符号・括弧", "見出し", "年・月", "名称", "文の言葉"
OF_POLICIES = "基本方針\tA 計画を 上回る\tB 概ね計画 どおり\tC 計画どおり 進捗せず\tD 進捗が ほぼなし\t合計"

# What stands in the document, and what is printed instead. `a⇄b` changes places.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    UNITS: {
        "（単位：千円）": (
            "（単位：円）",
            "（単位：万円）",
            "（単位：百万円）",
            "（単位：億円）",
            "（単位：千人）",
            "（単位：）",
            "",
        ),
        "百万円）": ("円）", "千円）", "万円）", "億円）", "百万人）", "）"),
        "74件": ("74人", "74％", "74"),
        "8割": ("8％", "8件", "8"),
        "62件": ("62割", "62％", "62"),
        "5つの": ("5割の", "5件の"),
    },
    SIGNS: {
        "(107,077)": ("107,077", "△(107,077)", "(△107,077)", "[107,077]", "((107,077)", "-107,077"),
        "(0)": ("0", "(－)", "－", "…", "×"),
        "47,708": ("(47,708)", "▲47,708", "－47,708", "47.708", "47 708", "４７，７０８円"),
        "(347,736)": ("347,736", "(△347,736)"),
        "1,345,649": ("(1,345,649)", "△1,345,649", "1.345.649"),
        "（36百万円）": ("（△36百万円）", "（▲36百万円）", "（36百万円減）", "（約36百万円）", "（36百万円程度）"),
        "〔5〕": ("〔△5〕",),
    },
    HEADINGS: {
        OF_POLICIES: (
            OF_POLICIES.replace("A 計画を 上回る\tB 概ね計画 どおり", "B 概ね計画 どおり\tA 計画を 上回る"),
            OF_POLICIES.replace("A 計画を 上回る", "D 進捗が ほぼなし", 1).replace(
                "\tD 進捗が ほぼなし\t合計", "\tA 計画を 上回る\t合計"
            ),
            OF_POLICIES.replace("B 概ね計画 どおり\tC 計画どおり 進捗せず", "C 計画どおり 進捗せず\tB 概ね計画 どおり"),
            OF_POLICIES.replace("A 計画を 上回る\tB 概ね計画 どおり", "A 概ね計画 どおり\tB 計画を 上回る"),
            OF_POLICIES.replace("A 計画を", "S 計画を"),
            OF_POLICIES.replace("計画を 上回る", "計画を 下回る"),
            OF_POLICIES.replace("計画どおり 進捗せず", "計画どおり 進捗"),
            OF_POLICIES.replace("\t合計", "\t割合"),
            OF_POLICIES.replace("\tD 進捗が ほぼなし", ""),
            OF_POLICIES.replace("基本方針\t", "推進項目\t"),
        ),
        "(効果見込額) a⇄実績効果額 b": ("",),
        "(効果見込額) a": ("(実績効果額) a", "(前年度実績額) a", "(効果額) a", ""),
        "実績効果額 b": ("効果見込額 b", "累計効果額 b", "予算額 b", ""),
        "基本方針\t\t合計": ("基本方針\t\t歳入", "基本方針\t\t歳出", "基本方針\t\t累計", "基本方針\t\t前年度"),
        "計画以上に進捗している主な取組⇄計画のとおり進捗していない主な取組": ("",),
        "計画以上に進捗している主な取組": (
            "計画どおりに進捗している主な取組",
            "主な取組",
            "計画以上に進捗していない主な取組",
        ),
        "計画のとおり進捗していない主な取組": ("計画のとおり進捗している主な取組", "主な取組", "今後の主な取組"),
        "実績効果額を計上している主な取組": (
            "効果見込額を計上している主な取組",
            "前年度に計上した主な取組",
            "主な取組",
        ),
        "達成状況（各取組の指標・数値目標に対する取組結果）": ("前年度の達成状況", "目標（各取組の指標・数値目標）"),
    },
    YEARS: {
        "令和6年度": (
            "令和5年度",
            "令和7年度",
            "令和元年度",
            "令利6年度",
            "平成6年度",
            "R5年度",
            "2023年度",
            "令和五年度",
            "年度",
        ),
        "令和7年8月": ("令和6年8月", "令和5年8月", "令和17年8月", "令和7年13月", "令利7年8月", "令和7年"),
        "\tR5\tR6\tR7\tR8\tR9": ("\tR4\tR5\tR6\tR7\tR8", "\tR5\tR6\tR7\tR8", "\tH5\tH6\tH7\tH8\tH9"),
        "(R5~R14)": ("(R4~R14)", "(R14~R5)", "(R5)", "(H5~H14)"),
        "（令和6年度①）": ("（令和5年度①）", "（令和6年度第1四半期）", "（令和6年度上半期）", "（令和6年度見込み）"),
        "取組結果": ("取組計画", "取組予定"),
    },
    LABELS: {
        "伊勢原市第6次": ("厚木市第6次", "伊勢原市第5次", "伊勢原町第6次", "第6次"),
        "1 行政サービスの最適化⇄2 公共私連携・協働": ("",),
        "1 行政サービスの最適化": (
            "2 行政サービスの最適化",
            "1 行政サービスの適正化",
            "6 行政サービスの最適化",
            "行政サービスの最適化",
        ),
        "5. 健全な財政運営": ("5. 健全な市政運営", "6. 健全な財政運営"),
        "合 計": ("小 計", "6 合 計", "平 均", "累 計"),
        "〔土木部〕": ("〔企画部〕", "〔〕", "", "〔土木課〕"),
        "下水道使用料の適正化": ("上水道使用料の適正化", "下水道使用料の適性化"),
        "持続的な行財政運営の実現": ("持続的な行政運営の実現",),
        "デジタル・行政経営課": ("財政課",),
    },
    CLAIMS: {
        "「計画以上」": ("「計画どおり」", "「計画未満」", "「計画以下」", "「D」"),
        "「概ね計画どおり」": ("「計画どおり進捗せず」", "「概ね計画以上」", ""),
        "効果額を上回る": ("効果額を下回る", "効果額に届かない", "効果額の2倍の", "効果額を上回らない"),
        "8割程度": ("9割程度", "8割未満", "6割程度"),
        "のうち": ("のほか", "に対し"),
        "位置付けた": ("位置付けていない",),
        "5つの基本方針": ("5つの推進項目", "6つの基本方針"),
        "※ 毎年度、必要に応じて見直し": ("※ 1,000円未満切捨て", "※ 令和5年度の実績"),
    },
}


@dataclass(frozen=True)
class Change:
    """Words changed at one place (from 0), or at all of them (`None`)."""

    kind: str
    was: str
    words: str
    place: int | None

    def applied(self, text: str) -> str:
        """The document with that change."""
        if "⇄" in self.was:
            one, other = self.was.split("⇄")
            return text.replace(one, "\0").replace(other, one).replace("\0", other)
        parts = text.split(self.was)
        if self.place is None:
            return self.words.join(parts)
        return self.was.join(parts[: self.place + 1]) + self.words + self.was.join(parts[self.place + 1 :])


@dataclass(frozen=True)
class Result:
    """What became of a change: one of `OUTCOMES`, and by which checks or refusal."""

    change: Change
    outcome: str
    by: tuple[str, ...] = ()


def every_change(text: str) -> Iterator[Change]:
    """Each place of each words alone, and all places at once."""
    for kind, of_kind in WORDS.items():
        for was, instead in of_kind.items():
            number = 1 if "⇄" in was else text.count(was)
            if not number:
                raise ValueError(f"not in the document: {was}")
            places = [*range(number), *([None] if number > 1 else [])]
            yield from (Change(kind, was, words, place) for words in instead for place in places)


def result(change: Change, text: str, data: Path) -> Result:
    """Sends the changed document the whole way and says where it was stopped."""
    try:
        frames, findings, figures = checked(change.applied(text), data)
    except Refusal:
        return Result(change, "refused", ("intake",))
    stopping = tuple(sorted(one.id for one in findings if one.stops))
    if stopping or figures is None:
        return Result(change, "stopped", stopping)
    frames_were, were, _ = checked(text, data)
    warned = failed(findings) - failed(were)
    if warned and all(one in said_on_page_one(figures, frames, findings) for one in warned):
        return Result(change, "warned", tuple(sorted(warned)))
    return Result(change, "shown" if _facts(frames) != _facts(frames_were) else "unseen", tuple(sorted(warned)))


def _facts(frames: Frames) -> list[list[dict]]:
    """What the tables and the list of sources say, without where it stands."""
    tables = frames.tables()
    facts = [tables[contract.name].drop(columns=list(PROVENANCE)).to_dict("records") for contract in FACTS]
    about = [{key: source[key] for key in ("title", "publisher", "published")} for source in frames.sources.values()]
    return [*facts, about]


def results(some: Iterable[Change]) -> list[Result]:
    """What became of each change, on a copy of the data."""
    text = "\n".join(source())
    with unfiled() as data:
        return [result(change, text, data) for change in some]


def table(found: list[Result]) -> str:
    """The outcomes by kind of words, as Markdown."""
    lines = ["| 言葉の種類 | 変更 | " + " | ".join(OUTCOMES.values()) + " |", "| --- " * (len(OUTCOMES) + 2) + "|"]
    for kind in [*WORDS, ""]:
        of_kind = [one for one in found if kind in {"", one.change.kind}]
        count = Counter(one.outcome for one in of_kind)
        lines.append(f"| {kind or '計'} | {len(of_kind)} | " + " | ".join(str(count[name]) for name in OUTCOMES) + " |")
    return "\n".join(lines)


def main() -> None:
    """Prints the table, and each change that was not stopped."""
    start = time.perf_counter()
    some = list(every_change("\n".join(source())))
    with ProcessPoolExecutor() as pool:
        found = [one for part in pool.map(results, [some[n::4] for n in range(4)]) for one in part]
    found.sort(key=lambda one: some.index(one.change))
    print(table(found))
    print(f"\n{len(found)} changes in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    for one in found:
        if one.outcome in {"warned", "shown", "unseen"}:
            change = one.change
            where = "すべて" if change.place is None else f"{change.place + 1}か所目"
            print(
                f"{OUTCOMES[one.outcome]}: {change.was} → {change.words}（{where}）{'・'.join(one.by)}", file=sys.stderr
            )


if __name__ == "__main__":
    main()
