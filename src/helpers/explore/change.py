"""Reads the changes that an analyst asks for in words, and turns them into the plan's own terms."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from helpers import notation
from helpers.terms import ROUNDINGS, Plan, Refusal, quoted, same_name
from helpers.terms.frames import Frames
from helpers.terms.records import records
from helpers.terms.tables import RECURRENCES

Words = str | Iterable[str]

ONE_OFF = "one_off"
MOST_PERCENT = 100
# 75 can only mean a percentage; 1.5 could mean 150% or 1.5%.
LEAST_BARE_PERCENT = 10
_BETWEEN = re.compile(r"[、,，;；\n]+")
_ARROW = re.compile(r"\s*(?:→|⇒|->|=>|>)\s*")
_NUMBER = re.compile(r"^\s*([0-9]+)\s*件?\s*$")
_ROUNDING_WORDS = {
    "不明": "unknown",
    "記載なし": "unknown",
    "切り捨て": "floor",
    "切り上げ": "ceil",
    **{says: code for code, says in ROUNDINGS.items()},
}
_RECURRENCE_WORDS = {
    "一過性": "one_off",
    "経常": "recurring",
    "続く": "recurring",
    "両方": "mixed",
    "混在": "mixed",
    "不明": "unknown",
}
EXACT = "exact"


@dataclass(frozen=True)
class Regrade:
    """Moves a number of measures of a policy, or one named measure, from one grade to another."""

    to: str
    grade: str = ""
    policy_id: str = ""
    measures: int = 1
    measure_id: str = ""


@dataclass(frozen=True)
class Change:
    """A change to the published tables; empty where there is none.

    Attributes:
        leave_out: Items by their measure's id.
        regrades: In the order they are made.
        rounding_rule: A key of `ROUNDINGS` for all rounded items; empty to keep the rule of each.
        recurrences: Measure id and what it is coded as.
        threshold: The achievement rate from which the plan counts as reached; None to keep the plan's own.
    """

    leave_out: tuple[str, ...] = ()
    regrades: tuple[Regrade, ...] = ()
    rounding_rule: str = ""
    recurrences: tuple[tuple[str, str], ...] = ()
    threshold: Fraction | None = None

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return self != Change()


def change(
    frames: Frames,
    *,
    leave_out: Words = "",
    regrade: Words = "",
    rounding_rule: str = "",
    one_off: Words = "",
    threshold: str = "",
) -> Change:
    """The change that these words ask for.

    Args:
        frames: Of the year; its names and grades are the ones understood.
        leave_out: Items left out, by name or short name, with 、 between: 「公社の健全化」.
        regrade: 「方針1 B→C 3件」 or 「民間提案制度の導入→B」; several with 、 between.
        rounding_rule: 四捨五入, 偶数丸め, 切捨て, 切上げ or 不明.
        one_off: Items coded as one-off, or as said: 「下水道使用料=一過性、公社の健全化=経常」.
        threshold: 「75%」, 「0.75」 or 「3/4」.

    Raises:
        Refusal: A name, a grade or a number that is not understood; all faults at once, with what could be written.
    """
    faults: list[str] = []

    def understood(words: Words, read: object, *, known: Iterable[str] = ()) -> tuple:
        found = []
        for one in _listed(words, known):
            try:
                found.append(read(frames, one))
            except Refusal as refusal:
                faults.extend(refusal.sentences)
        return tuple(found)

    names = [*items(frames).values()]
    recoded = dict.fromkeys(understood(one_off, _recurrence, known=names))
    asked = Change(
        leave_out=tuple(dict.fromkeys(understood(leave_out, _item, known=names))),
        regrades=tuple(one for one in understood(regrade, _regrade) if one.measures),
        rounding_rule=next(iter(understood([rounding_rule or ""], _rounding)), ""),
        recurrences=tuple(recoded),
        threshold=next(iter(understood(["" if threshold is None else threshold], _threshold)), None),
    )
    faults += _twice(asked, frames)
    if faults:
        raise Refusal(*faults)
    return asked


def _twice(asked: Change, frames: Frames) -> list[str]:
    """Measures that were given more than one grade or coding; the request is then unclear."""
    names = frames.measure_names
    graded = Counter(one.measure_id for one in asked.regrades if one.measure_id)
    coded = Counter(one for one, _ in asked.recurrences)
    return [
        f"「{names[one]}」の{what}が{times}回書かれています。どれか一つにしてください。"
        for what, found in (("評価の変え方", graded), ("続くかの判断", coded))
        for one, times in found.items()
        if times > 1
    ]


def items(frames: Frames) -> dict[str, str]:
    """The measures whose actual effect is printed, by id: largest first, each with its short name."""
    effects = frames.effects
    printed = effects[(effects["scope"] == "measure") & (effects["kind"] == "actual")]
    rows = sorted(records(printed), key=lambda row: (-int(row.amount_yen), row.Index))
    return {row.scope_id: frames.plan.short_name(row.scope_name) for row in rows}


def policy_label(plan: Plan, policy_id: str) -> str:
    """方針5（財政運営）, as tables and charts here name a policy."""
    return f"方針{policy_id}（{notation.short_policy_name(plan.policy(policy_id))}）"


def described(asked: Change, frames: Frames) -> tuple[str, ...]:
    """One sentence per change; empty where there is none."""
    names = frames.measure_names

    def name(measure_id: str) -> str:
        return f"「{frames.plan.short_name(names[measure_id])}」"

    says = []
    if asked.leave_out:
        says.append(
            f"{'、'.join(map(name, asked.leave_out))}の実績効果額を除く（効果見込額は全体のまま、件数も元のまま）。"
        )
    for one in asked.regrades:
        whose = (
            name(one.measure_id) if one.measure_id else f"{policy_label(frames.plan, one.policy_id)}の{one.measures}件"
        )
        says.append(f"{whose}の評価を{one.grade}から{one.to}に変える。")
    if asked.rounding_rule:
        says.append(f"項目の端数処理を「{ROUNDINGS[asked.rounding_rule]}」とみる。")
    says += [f"{name(one)}を「{RECURRENCES[how]}」とみる。" for one, how in asked.recurrences]
    if asked.threshold is not None:
        says.append(f"達成率の境目を{notation.percent(asked.threshold)}とする。")
    if (asked.leave_out or asked.regrades) and not frames.register.empty:
        says.append("内部台帳は元のまま（台帳から求める数値は変えていない）。")
    return tuple(says)


def _listed(words: Words, known: Iterable[str]) -> list[str]:
    """The single requests; a name that contains 、 stays whole, and None gives no request."""
    if words is None:
        return []
    if not isinstance(words, str | Iterable):
        return [str(words)]
    if not isinstance(words, str):
        return [str(one).strip() for one in words if str(one).strip()]
    whole = words.strip()
    if not whole or same_name(whole) in {same_name(name) for name in known}:
        return [whole] if whole else []
    return [one.strip() for one in _BETWEEN.split(whole) if one.strip()]


def _item(frames: Frames, words: str) -> str:
    known = items(frames)
    if not known:
        raise Refusal(
            f"「{quoted(words)}」という取組は使えません。この年度の資料には、金額の書かれた取組がありません。"
        )
    return _measure(frames, words, known)


def _measure(frames: Frames, words: str, known: Iterable[str]) -> str:
    """The measure that is meant: by its id, its name, its short name, or a part of either name that no other has."""
    names, wanted = frames.measure_names, same_name(words)
    ways = {one: {same_name(names[one]), same_name(frames.plan.short_name(names[one]))} for one in known}
    exact = [one for one, called in ways.items() if wanted in {one, *called}]
    part = [one for one, called in ways.items() if any(wanted in name for name in called)] if wanted else []
    found = exact or part
    if len(found) == 1:
        return found[0]
    listed = "、".join(f"「{frames.plan.short_name(names[one])}」" for one in (found or known))
    if found:
        raise Refusal(
            f"「{quoted(words)}」に当たる取組が{len(found)}件あります。どれか一つを書いてください: {listed}。"
        )
    raise Refusal(f"「{quoted(words)}」という取組は見つかりません。使える名称: {listed}。")


def _regrade(frames: Frames, words: str) -> Regrade:
    codes = [grade.code for grade in frames.plan.grades]
    folded = unicodedata.normalize("NFKC", words)
    parts = _ARROW.split(folded)
    how = f"「方針{frames.plan.policies[0].id} {codes[0]}→{codes[-1]} 1件」または「取組の名称→{codes[-1]}」と書いてください。"
    if len(parts) != 2:  # noqa: PLR2004 — what is moved, and where to
        raise Refusal(f"評価の変え方「{quoted(words)}」が読めません。{how}")
    left, right = parts[0].strip(), parts[1].strip()
    to = next((code for code in sorted(codes, key=len, reverse=True) if right.startswith(code)), "")
    number = right.removeprefix(to)
    if not to or (number.strip() and not _NUMBER.match(number)):
        raise Refusal(
            f"評価の変え方「{quoted(words)}」の「{quoted(right)}」が読めません。評価は {'・'.join(codes)} です。{how}"
        )
    measures = int(_NUMBER.match(number)[1]) if number.strip() else 1
    if named := _named(frames, left):
        if measures != 1:
            raise Refusal(
                f"評価の変え方「{quoted(words)}」の「{quoted(left)}」は1件の取組です。件数を書かないでください。"
            )
        return _of_named(frames, named, to, words)
    moved = re.fullmatch(rf"(?:方針)?\s*(.*?)[\s:]*({'|'.join(map(re.escape, codes))})", left)
    policy = _policy(frames.plan, moved[1]) if moved else ""
    if not policy:
        raise Refusal(f"評価の変え方「{quoted(words)}」の「{quoted(left)}」に当たる基本方針も取組もありません。{how}")
    if moved[2] == to:
        raise Refusal(f"評価の変え方「{quoted(words)}」は、同じ評価への移動です。違う評価を書いてください。")
    return Regrade(to=to, grade=moved[2], policy_id=policy, measures=measures)


def _policy(plan: Plan, words: str) -> str:
    wanted = same_name(words)
    for policy in plan.policies:
        if wanted in {same_name(policy.id), same_name(policy.name), same_name(policy.short_name)}:
            return policy.id
    return ""


def _named(frames: Frames, words: str) -> str:
    """A measure by its name; empty where none is called so."""
    try:
        return _measure(frames, words, frames.measures["measure_id"]) if len(same_name(words)) > 1 else ""
    except Refusal:
        return ""


def _of_named(frames: Frames, measure_id: str, to: str, words: str) -> Regrade:
    row = frames.measures.set_index("measure_id").loc[measure_id]
    if row["grade"] not in {grade.code for grade in frames.plan.grades}:
        raise Refusal(
            f"「{row['measure']}」の評価は資料に記載がないので、変えられません。"
            "方針と件数で書いてください（例「方針5 B→C 1件」）。"
        )
    if row["grade"] == to:
        raise Refusal(
            f"評価の変え方「{quoted(words)}」は、同じ評価への移動です。「{row['measure']}」はすでに{to}です。"
        )
    return Regrade(to=to, grade=row["grade"], measure_id=measure_id)


def _rounding(_: Frames, words: str) -> str:
    folded = same_name(words)
    code = folded if folded in ROUNDINGS else _ROUNDING_WORDS.get(folded, "")
    if not code or code == EXACT:
        usable = "、".join(says for key, says in ROUNDINGS.items() if key not in {EXACT, "unknown"})
        raise Refusal(f"端数処理「{quoted(words)}」は使えません。{usable}、不明 のどれかを書いてください。")
    return code


def _recurrence(frames: Frames, words: str) -> tuple[str, str]:
    name, _, how = words.replace("＝", "=").partition("=")
    code = (
        how.strip()
        if how.strip() in RECURRENCES
        else _RECURRENCE_WORDS.get(how.strip(), "" if how.strip() else ONE_OFF)
    )
    if not code:
        raise Refusal(
            f"「{quoted(words)}」の「{quoted(how)}」が読めません。一過性、経常、両方、不明 のどれかを書いてください。"
        )
    return _item(frames, name.strip()), code


def _threshold(_: Frames, words: str) -> Fraction:
    folded = same_name(str(words))
    try:
        value = Fraction(folded.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        raise Refusal(f"境目「{quoted(words)}」が読めません。75%、0.75、3/4 のように書いてください。") from None
    is_percent = folded.endswith("%") or (value >= LEAST_BARE_PERCENT and "/" not in folded)
    if is_percent:
        value /= MOST_PERCENT
    if not 0 < value <= 1:
        raise Refusal(f"境目「{quoted(words)}」は使えません。0%より大きく100%以下で書いてください。")
    return value
