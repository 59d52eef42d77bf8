"""The history of runs → one page: when, what, how long, what failed and why; the newest first."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from itertools import groupby

from helpers import notation
from helpers.run.render import embedded, fonts

TEMPLATE = "runs.html.j2"
# A page of a year's working days, each with news; what is older stays in the file.
MOST_RUNS = 250
JAPAN = timezone(timedelta(hours=9))
WEEKDAYS = "月火水木金土日"
STATES = {"built": "作成", "refused": "中止", "failed": "失敗"}
KINDS = {"run": "定期実行", "build": "手動の作成"}
DELIVERIES = {"new": "新規", "changed": "更新", "correction": "訂正"}
# A dry run hands nothing over.
HANDED_OVER = {"sent": "配布", "written": "書出し"}
CHANNELS = {"folder": "共有フォルダー", "mail": "メール"}
TREES = {"public": "公表用 "}
LISTS = {
    "index": "計画の一覧",
    "build": "ページの作成",
    "deliver": "配布",
    "run": "定期実行",
    "data": "データ",
    "settings": "設定",
}
NO_GLYPH = "〓"


def runs(history: Iterable[Mapping]) -> str:
    """The page of the history.

    Args:
        history: The lines of `runs.jsonl`, the newest first.

    Returns:
        HTML, self-contained; a character that none of our faces has is shown as 〓, for a history says what it can.
    """
    history = list(history)
    told = [run for run in history if _has_news(run)]
    last = next((run for run in history if run.get("kind") == "run"), {})
    shown = [_run(run) for run in told[:MOST_RUNS]]
    days = [{"id": day, "name": of_day[0]["day"], "runs": of_day} for day, of_day in _by_day(shown)]
    page = {
        "css": notation.stylesheet(),
        "fonts_css": embedded.FONTS_GO_HERE,
        "updated": _moment(last["ended"]) if last else "",
        "failures": [{"name": _name(one[0], one[1]), "said": " ".join(one[3])} for one in last.get("failures", [])],
        "notices": last.get("notices", []),
        "days": days,
        "left_out": len(told) - len(shown),
    }
    text = embedded.templates().get_template(TEMPLATE).render(page=page)
    return embedded.self_contained(text.translate({ord(one): NO_GLYPH for one in fonts.missing(set(text))}))


def _has_news(run: Mapping) -> bool:
    return any(run.get(name) for name in ("sets", "sentences", "deliveries", "mended")) or run.get("kind") == "run"


def _by_day(shown: list[dict]) -> Iterable[tuple[str, list[dict]]]:
    return ((day, list(of_day)) for day, of_day in groupby(shown, key=lambda one: one["date"]))


def _run(run: Mapping) -> dict:
    began = _in_japan(run["started"])
    lines = [*_sets(run), *_others(run)]
    told = (*STATES.values(), *HANDED_OVER.values(), "解消")
    count = {word: sum(line["state"] == word for line in lines) for word in told}
    return {
        "date": began.strftime("%Y-%m-%d"),
        "day": f"{_day(began)}（{WEEKDAYS[began.weekday()]}）",
        "time": f"{began.hour}:{began:%M}",
        "what": KINDS["run" if run.get("kind") == "run" else "build"],
        "result": "　".join(f"{word} {number}" for word, number in count.items() if number) or "知らせのみ",
        "is_bad": any(line["is_bad"] for line in lines),
        "seconds": _seconds((_in_japan(run["ended"]) - began).total_seconds()) if run["ended"] else "",
        "lines": lines,
        "command": run.get("command") or "gyokaku build",
        "trial": run.get("today", ""),
    }


def _sets(run: Mapping) -> list[dict]:
    return [
        _line(
            STATES.get(one["state"], one["state"]),
            _name(one.get("tree", ""), one["set"]),
            one["sentences"],
            seconds=_seconds(one["seconds"]),
            is_bad=one["state"] != "built",
        )
        for one in run["sets"]
    ]


def _others(run: Mapping) -> list[dict]:
    """What concerns no year set's pages: what was handed over, what is over, and what else went wrong."""
    sent = [
        _line(HANDED_OVER.get(one.get("state"), "配布"), _delivered(one), one["sentences"])
        for one in run.get("deliveries", [])
    ]
    mended = [_line("解消", _name(*one), ()) for one in run.get("mended", [])]
    return sent + mended + [_line("失敗", "", [said], is_bad=True) for said in run.get("sentences", [])]


def _delivered(one: Mapping) -> str:
    kind, channel = (words.get(one[name], "") for name, words in (("kind", DELIVERIES), ("channel", CHANNELS)))
    return f"{one['plan']} {one['fiscal_year']} → {one['recipient']}（{'、'.join(filter(None, (channel, kind)))}）"


def _line(state: str, name: str, sentences: Iterable[str], *, seconds: str = "", is_bad: bool = False) -> dict:
    return {"state": state, "name": name, "said": " ".join(sentences), "seconds": seconds, "is_bad": is_bad}


def _name(tree: str, name: str) -> str:
    """What a year set or a list is called: 公表用 isehara-6 2024, isehara-6 年度の一覧."""
    is_list_of_years = tree and " " not in name
    called = LISTS.get(name) or (f"{name} 年度の一覧" if is_list_of_years else name)
    return f"{TREES.get(tree, '')}{called}"


def _in_japan(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(JAPAN)


def _day(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _moment(text: str) -> str:
    moment = _in_japan(text)
    return f"{_day(moment)} {moment.hour}:{moment:%M}"


def _seconds(seconds: float) -> str:
    """12秒, 3分5秒; under ten with one decimal, and nothing where nothing was measured."""
    if not seconds:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}分{rest}秒" if minutes else f"{rest}秒" if rest >= 10 else f"{seconds:.1f}秒"  # noqa: PLR2004
