"""The checks, a cell each with its number, grouped by how they came out."""

from matplotlib.figure import Figure as Canvas

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import MM, house, on_colour
from helpers.terms import Finding

STATES = {
    "passed": ("合格", "on_track"),
    "warned": ("注意", "behind"),
    "acknowledged": ("了承", "behind"),
    "not_applicable": ("対象外", "not_rated"),
    "failed": ("不合格", "stalled"),
    "not_run": ("実行不能", "stalled"),
}
# Inches: a cell across, a row of cells.
CELL, ROW = 0.34, 0.25


def state(finding: Finding) -> str:
    """How a check came out, told apart by what it means for the page."""
    if finding.acknowledged:
        return "acknowledged"
    return "warned" if finding.result == "failed" and finding.severity == "warn" else finding.result


@house()
def drawn(width_mm: float, findings: list[Finding]) -> Canvas:
    """One row a group, more where it has more cells than a row holds."""
    groups = {name: sorted((f for f in findings if state(f) == name), key=lambda f: f.id) for name in STATES}
    groups = {name: some for name, some in groups.items() if some}
    names = {name: f"{notation.spoken(STATES[name][0])} {notation.decimal(len(some))}" for name, some in groups.items()}
    across = max(1, int((width_mm * MM - max(kit.wide(one, weight="bold") for one in names.values()) - kit.GAP) / CELL))
    lines = [
        (names[name] if not begin else "", some[begin : begin + across], STATES[name][1])
        for name, some in groups.items()
        for begin in range(0, len(some), across)
    ]
    axes = kit.rows(width_mm, [name for name, *_ in lines], row=ROW, bold=[True] * len(lines))
    axes.set_xlim(0, kit.room_of(axes) / CELL)
    for row, (_, some, look) in enumerate(lines):
        for n, finding in enumerate(some):
            kit.box(axes, (n, n + 0.93), row, look=look, thick=0.8, linewidth=0.5)
            ink = {"color": on_colour(look), "bbox": kit.ground(look)}
            axes.text(n + 0.465, row, finding.id, ha="center", va="center", zorder=3, **ink)
    return axes.figure
