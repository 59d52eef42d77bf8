"""The change as widgets where a frontend can show them, and as plain parameters where it cannot."""

import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from helpers import notation
from helpers.explore.bench import Bench
from helpers.explore.change import EXACT, Change, Regrade, Words, change, items, policy_label
from helpers.explore.feasible import MARK
from helpers.explore.keep import save
from helpers.explore.show import MACROS, block, result
from helpers.explore.what_if import WhatIf, changed
from helpers.pages.environment import macro, rendered
from helpers.terms import ROUNDINGS, Refusal, quoted
from helpers.terms.tables import RECURRENCES

if TYPE_CHECKING:
    import ipywidgets

AUTO, ON, OFF = "auto", "on", "off"
PERCENT = 100
_NAME = {"description_width": "130px"}


def has_hand() -> bool:
    """Whether a person runs this cell in a frontend that shows widgets.

    JupyterLab, Notebook and VS Code say with each request which cell they run; papermill, nbconvert and a plain script do not. So
    widgets need evidence that a person is there; without any, none are shown.
    """
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython  # noqa: PLC0415 — imported only where IPython runs already

    kernel = getattr(get_ipython(), "kernel", None)
    parent = kernel.get_parent() if kernel is not None and hasattr(kernel, "get_parent") else {}
    return bool((parent or {}).get("metadata", {}).get("cellId"))


def panel(
    bench: Bench,
    *,
    leave_out: Words = "",
    regrade: Words = "",
    rounding_rule: str = "",
    one_off: Words = "",
    threshold: str = "",
    widgets: str = AUTO,
) -> "WhatIf | Panel":
    """The what-if of these words: as a panel to move where there is a hand, else as its result.

    Args:
        bench: Of `bench`.
        leave_out: Items left out: 「公社の健全化、下水道使用料」. With this and the others the panel begins.
        regrade: Measures graded otherwise: 「方針1 B→C 3件、民間提案制度の導入→B」.
        rounding_rule: Of the items: 四捨五入, 偶数丸め, 切捨て, 切上げ, 不明.
        one_off: Items coded as one-off: 「下水道使用料」; or otherwise: 「公社の健全化=経常」.
        threshold: Of the achievement rate: 「75%」.
        widgets: `auto`, `on` or `off`.

    Raises:
        Refusal: A word that is not understood, or a change that cannot be.
    """
    if widgets not in {AUTO, ON, OFF}:
        raise Refusal(
            f"widgets「{quoted(widgets)}」は使えません。auto（自動）、on（部品を出す）、off（出さない）のどれかを書いてください。"
        )
    words = {"leave_out": leave_out, "regrade": regrade, "rounding_rule": rounding_rule, "one_off": one_off}
    asked = change(bench.frames, **words, threshold=threshold)
    first = changed(bench, asked)
    return Panel(first) if widgets == ON or (widgets == AUTO and has_hand()) else first


class Panel:
    """Widgets for every kind of change, and below them the result, which follows at once.

    Attributes:
        what_if: The result shown now; what `save` takes.
    """

    def __init__(self, first: WhatIf) -> None:
        import ipywidgets as w  # noqa: PLC0415 — heavy, and needed only for widgets

        self.what_if = first
        self._bench, self._first = first.bench, first.change
        self._known: dict[Change, str] = {}
        self._result = w.HTML()
        self._is_resetting = False
        self._controls = _Controls(w, self._bench, self._first)
        for control in self._controls.all():
            control.observe(self._moved, names="value")
        again = w.Button(description="公表のままに戻す", layout=w.Layout(width="auto"))
        again.on_click(self._reset)
        again.add_class("bench-reset")
        self._name = w.Text(placeholder="所見の名前（例 公社を除く）", layout=w.Layout(width="290px"))
        keep = w.Button(description="図・データ・作り方を持ち出す", layout=w.Layout(width="auto"))
        keep.on_click(self._keep)
        self._kept = w.HTML()
        kept = w.HBox([self._name, keep, self._kept])
        self.widget = w.VBox([self._controls.box(w, again), kept, self._result])
        self.widget.add_class("bench-panel")
        self._show(first)

    def _repr_mimebundle_(self, **kwargs: object) -> Any:  # noqa: ANN401 — whatever the widget says
        return self.widget._repr_mimebundle_(**kwargs)

    def _moved(self, _: object) -> None:
        if self._is_resetting:
            return
        try:
            asked = self._controls.change()
            if asked != self.what_if.change:
                self.what_if = changed(self._bench, asked)
            self._show(self.what_if)
        except Refusal as refusal:
            self._result.value = block("refused", says=str(refusal), sentences=refusal.sentences).html

    def _keep(self, _: object) -> None:
        try:
            self._kept.value = save(self.what_if, self._name.value).html
        except Refusal as refusal:
            self._kept.value = rendered("explore/templates/said", sentences=refusal.sentences)

    def _show(self, found: WhatIf) -> None:
        if found.change not in self._known:
            self._known[found.change] = result(found).html
        self._result.value = self._known[found.change]

    def _reset(self, _: object) -> None:
        self._is_resetting = True
        try:
            self._controls.put(Change())
        finally:
            self._is_resetting = False
        self._moved(None)


class _Controls:
    """The widgets, and the change they represent."""

    def __init__(self, w: "ipywidgets", bench: Bench, first: Change) -> None:
        frames, plan = bench.frames, bench.frames.plan
        self._bench = bench
        self._coded = dict(zip(frames.effect_classes["measure_id"], frames.effect_classes["recurrence"], strict=True))
        wide = w.Layout(width="290px")
        amounts = frames.effects[frames.effects["kind"] == "actual"].set_index("scope_id")
        self.left_out = {
            one: w.Checkbox(
                description=f"{name}（{notation.printed(amounts.loc[one, 'amount'], amounts.loc[one, 'unit'])}）",
                indent=False,
                layout=wide,
            )
            for one, name in items(frames).items()
        }
        how = [("公表のまま", "as_published"), *((says, code) for code, says in RECURRENCES.items())]
        self.coded = {
            one: w.Dropdown(options=how, description=name, style=_NAME, layout=wide)
            for one, name in items(frames).items()
        }
        self.policy = w.Dropdown(
            options=[(policy_label(plan, p.id), p.id) for p in plan.policies], description="基本方針", layout=wide
        )
        codes = [(f"{grade.code} {grade.label}", grade.code) for grade in plan.grades]
        self.grade = w.Dropdown(
            options=codes, value=_worst_achieved(plan.grades), description="いまの評価", layout=wide
        )
        self.to = w.Dropdown(options=codes, value=_best_missed(plan.grades), description="変えた後", layout=wide)
        self.number = w.IntSlider(value=0, min=0, max=1, description="件数", continuous_update=False, layout=wide)
        self.further = w.Text(
            description="ほかの変更", placeholder="例 民間提案制度の導入→B", continuous_update=False, layout=wide
        )
        rules = [
            ("資料のまま", ""),
            *((says, code) for code, says in ROUNDINGS.items() if code not in {EXACT, "unknown"}),
        ]
        self.rounding = w.Dropdown(options=rules, description="端数処理", layout=wide)
        self.limit = w.FloatSlider(
            min=50, max=100, step=1, readout_format=".0f", description="境目（%）", continuous_update=False, layout=wide
        )
        for one in (self.policy, self.grade):
            one.observe(self._bound, names="value")
        self.put(first)

    def all(self) -> "list[ipywidgets.Widget]":
        single = [self.policy, self.grade, self.to, self.number, self.further, self.rounding, self.limit]
        return [*self.left_out.values(), *self.coded.values(), *single]

    def box(self, w: "ipywidgets", again: "ipywidgets.Button") -> "ipywidgets.Widget":
        """Three small groups side by side, each with a heading for what it changes."""

        def group(heading: str, *controls: "ipywidgets.Widget") -> "ipywidgets.Widget":
            return w.VBox(
                [w.HTML(macro("heading", MACROS)(heading)), *controls], layout=w.Layout(margin="0 16px 4px 0")
            )

        nothing = w.HTML("金額のある取組がありません")
        groups = [
            group(
                "取組を除く",
                *(self.left_out.values() or [nothing]),
                w.HTML(macro("heading", MACROS)("決まりを変える")),
                self.rounding,
                self.limit,
            ),
            group("評価を変える", self.policy, self.grade, self.to, self.number, self.further),
            group("続くか（判断）を変える", *(self.coded.values() or [nothing]), again),
        ]
        mark = w.HTML(macro("panel_mark", MACROS)(MARK))
        return w.VBox([mark, w.HBox(groups, layout=w.Layout(flex_flow="row wrap"))])

    def put(self, asked: Change) -> None:
        """Sets the widgets to a change; what they cannot hold is written out in words."""
        plan = self._bench.frames.plan
        for one, box in self.left_out.items():
            box.value = one in asked.leave_out
        for one, box in self.coded.items():
            box.value = dict(asked.recurrences).get(one, "as_published")
        counted = next((one for one in asked.regrades if one.policy_id), None)
        if counted is not None:
            self.policy.value, self.grade.value, self.to.value = counted.policy_id, counted.grade, counted.to
        self._bound(None)
        self.number.value = counted.measures if counted is not None else 0
        self.further.value = "、".join(self._words(one) for one in asked.regrades if one is not counted)
        self.rounding.value = (
            asked.rounding_rule if asked.rounding_rule in [code for _, code in self.rounding.options] else ""
        )
        self.limit.value = float(
            (plan.thresholds.achievement if asked.threshold is None else asked.threshold) * PERCENT
        )

    def change(self) -> Change:
        """The change that the widgets represent."""
        frames = self._bench.frames
        limit = Fraction(str(self.limit.value)) / PERCENT
        counted = Regrade(
            to=self.to.value, grade=self.grade.value, policy_id=self.policy.value, measures=self.number.value
        )
        if counted.measures and counted.grade == counted.to:
            raise Refusal("いまの評価と変えた後の評価が同じです。違う評価を選んでください。")
        further = change(frames, regrade=self.further.value).regrades
        return Change(
            leave_out=tuple(one for one, box in self.left_out.items() if box.value),
            regrades=(*((counted,) if counted.measures else ()), *further),
            rounding_rule=self.rounding.value,
            recurrences=tuple((one, box.value) for one, box in self.coded.items() if box.value != "as_published"),
            threshold=None if limit == frames.plan.thresholds.achievement else limit,
        )

    def _bound(self, _: object) -> None:
        """As many can be moved as there are."""
        counts = self._bench.frames.grade_counts
        held = counts[(counts["policy_id"] == self.policy.value) & (counts["grade"] == self.grade.value)][
            "measures"
        ].sum()
        self.number.max = int(held)

    def _words(self, one: Regrade) -> str:
        names = self._bench.frames.measure_names
        if one.measure_id:
            return f"{names[one.measure_id]}→{one.to}"
        return f"方針{one.policy_id} {one.grade}→{one.to} {one.measures}件"


def _worst_achieved(grades: tuple) -> str:
    achieved = [grade for grade in grades if grade.achieved]
    return max(achieved, key=lambda grade: grade.order).code if achieved else grades[0].code


def _best_missed(grades: tuple) -> str:
    missed = [grade for grade in grades if not grade.achieved and grade.is_rated]
    return min(missed, key=lambda grade: grade.order).code if missed else grades[-1].code
