"""Reasons for delay: the document's words suggest a cause, people decide, and their decision is written only on request, for review."""

import csv
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.explore import show
from helpers.explore.bench import Bench
from helpers.explore.keep import folder_for
from helpers.pages import Part
from helpers.pages.environment import macro
from helpers.terms import Refusal, quoted
from helpers.terms.records import records
from helpers.terms.tables import REASON_CODES, REASONS

# Words that often stand for a cause. They only suggest; they are looked for in this order.
_WORDS = {
    "external": ("競合", "物価", "高騰", "感染症", "災害", "社会情勢", "国の動向"),
    "regulation": ("法令", "法改正", "制度改正", "条例"),
    "resources": ("財源", "予算", "人員", "人手", "職員不足", "担い手"),
    "study": ("調査", "研究", "状況確認", "情報収集"),
    "deliberation": ("検討", "選定", "調整", "合意", "協議"),
    "organisation": ("恒常", "所属", "運用", "体制", "周知"),
    "not_given": ("課題が残",),
    "outcome": ("目標を下回", "至らなかった", "達成でき", "減少"),
}
# Words that take back what was said before them, so that it is no cause.
_TURNED = re.compile(r"^.*(?:ものの|したが、|けれども)")


@dataclass(frozen=True)
class Suggestions:
    """Causes that the words of the document suggest, a row a measure that fell behind.

    Attributes:
        bench: Of which year.
        rows: `measure_id`, `measure`, `suggested` (a code, `unknown` where no word speaks), `evidence`, `words`, `coded`
            (what `reason_codes.csv` holds already).
    """

    bench: Bench
    rows: pd.DataFrame

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        shown = pd.DataFrame(
            {
                "取組": self.rows["measure"],
                "資料の言葉": [
                    macro("highlighted", show.MACROS)(_apart(row.words, row.evidence)) for row in records(self.rows)
                ],
                "提案（言葉による目安）": [f"{REASONS[one]}（{one}）" for one in self.rows["suggested"]],
                "登録済みの判断": self.rows["coded"],
            }
        )
        how = "提案は言葉から機械的に出した目安です。人が確かめ、confirm に書いたものだけが、確認用の CSV になります（data には書きません）。"
        made = show.table(shown, caption=f"遅れの原因の提案（{len(shown)}件）", name="reasons")
        return show.block("reasons", says=how, name="reasons", how=how, listed=made)._repr_mimebundle_()


def _apart(words: str, evidence: str) -> list[tuple[str, bool]]:
    """Words in runs, each with whether it is the evidence in them."""
    return [
        run for one in (words.split(evidence) if evidence else [words]) for run in ((evidence, True), (one, False))
    ][1:]


def suggest_reasons(bench: Bench) -> Suggestions:
    """For each measure the document lists as behind, the cause its words suggest.

    A clause that is taken back (「改善したものの」) does not count.

    >>> from helpers import check, compute, explore, read
    >>> frames = compute.corrected(read.year("isehara-6", 2024))
    >>> bench = explore.bench(frames, checks=(check.frames, check.figures))
    >>> explore.suggest_reasons(bench).rows["suggested"].tolist()[:2]
    ['organisation', 'deliberation']
    """
    behind = bench.frames.mentions[bench.frames.mentions["list"] == "behind"]
    coded = bench.frames.reason_codes.groupby("measure_id")["reason_code"].agg(
        lambda codes: "、".join(REASONS[one] for one in codes)
    )
    rows = []
    for row in records(behind):
        code, evidence = suggested(row.words)
        rows.append((row.measure_id, row.measure, code, evidence, row.words, coded.get(row.measure_id, "—")))
    return Suggestions(
        bench, pd.DataFrame(rows, columns=["measure_id", "measure", "suggested", "evidence", "words", "coded"])
    )


def suggested(words: str) -> tuple[str, str]:
    """The cause that these words suggest and the clause that does; `unknown` and the words themselves where none does."""
    kept = _TURNED.sub("", words)
    for clause in re.split(r"(?<=[、。])", kept):
        for code, listed in _WORDS.items():
            if any(word in clause for word in listed):
                return code, clause.strip("、。")
    return "unknown", words


def confirm(suggestions: Suggestions, chosen: Mapping[str, str], *, coder: str, folder: str = "") -> Part:
    """Writes the causes that somebody decided on into a CSV of its own, for review; `data/` is never touched.

    Args:
        suggestions: Of `suggest_reasons`.
        chosen: Measure (its name) and cause: a code or its words, or True for what was suggested.
        coder: Who decides; it stands in every row.
        folder: Where; `findings/` of the project where not said.

    Raises:
        Refusal: An unknown measure or cause, no coder, nothing chosen; nothing is written then.
    """
    by_name = suggestions.rows.set_index("measure")
    codes = {**{code: code for code in REASONS}, **{says: code for code, says in REASONS.items()}}
    faults = [] if coder.strip() else ['判断者 coder が空です。誰の判断かを書いてください（例 coder="企画課 山田"）。']
    faults += (
        []
        if chosen
        else ['確かめた取組がありません。confirm(suggestions, {"取組の名称": "原因"}, coder=…) と書いてください。']
    )
    today, rows = dt.datetime.now().astimezone().date().isoformat(), []
    for measure, cause in chosen.items():
        if measure not in by_name.index:
            faults.append(f"「{quoted(measure)}」は遅れた取組にありません。使える名称: {'、'.join(by_name.index)}。")
            continue
        row = by_name.loc[measure]
        code = row["suggested"] if cause is True else codes.get(str(cause), "")
        if not code:
            faults.append(
                f"「{quoted(measure)}」の原因「{quoted(cause)}」は使えません。"
                f"{'、'.join(f'{c}（{says}）' for c, says in REASONS.items())} のどれかです。"
            )
            continue
        why = f"「{row['evidence']}」とあることから、{REASONS[code]}とみた"
        rows.append((row["measure_id"], measure, code, row["evidence"], why, coder.strip(), today))
    if faults:
        raise Refusal(*faults)
    frames = suggestions.bench.frames
    path = folder_for(suggestions.bench, folder) / f"reason_codes-{frames.plan.id}-{frames.fiscal_year}.csv"
    _written(path, rows)
    says = f"{path} に{len(rows)}件を書きました。確認が済んだら、data の reason_codes.csv に人が写してください。"
    return show.block("says", says=says, name="reasons", words=says)


def _written(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(REASON_CODES.columns)
        written.writerows(rows)
