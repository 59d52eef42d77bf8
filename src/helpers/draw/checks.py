"""The checks, a cell each with its number, grouped by how they came out."""

from helpers import notation
from helpers.draw import kit
from helpers.draw.canvas import MM, Canvas, house, on_colour
from helpers.notation import tokens
from helpers.terms import OUTCOMES, Finding

LOOKS = {
    "passed": "on_track",
    "not_applicable": "not_rated",
    "warned": "behind",
    "acknowledged": "behind",
    "failed": "stalled",
    "not_run": "stalled",
}
# Inches: a cell across, a row of cells.
CELL, ROW = 0.34, 0.25


@house()
def drawn(width_mm: float, findings: list[Finding]) -> Canvas:
    """One row a group, more where it has more cells than a row holds."""
    groups = {name: sorted((f for f in findings if f.outcome == name), key=lambda f: f.id) for name in OUTCOMES}
    groups = {name: some for name, some in groups.items() if some}
    names = {name: f"{notation.spoken(OUTCOMES[name])} {notation.decimal(len(some))}" for name, some in groups.items()}
    across = max(1, int((width_mm * MM - max(kit.wide(one, weight="bold") for one in names.values()) - kit.GAP) / CELL))
    lines = [
        (names[name] if not begin else "", some[begin : begin + across], LOOKS[name])
        for name, some in groups.items()
        for begin in range(0, len(some), across)
    ]
    axes = kit.rows(width_mm, [name for name, *_ in lines], row=ROW, bold=[True] * len(lines))
    axes.set_xlim(0, kit.room_of(axes) / CELL)
    for row, (_, some, look) in enumerate(lines):
        cells, ink = [(n, n + 0.93) for n in range(len(some))], {"color": on_colour(look)}
        if look in tokens()["hatch"]:
            ink["bbox"] = kit.ground(look)  # or the hatch would run through the letters
            for ends in cells:
                kit.box(axes, ends, row, look=look, thick=0.8, linewidth=0.5)
        else:
            kit.boxes(axes, cells, row, look=look, thick=0.8, line=0.5)
        for n, finding in enumerate(some):
            axes.text(n + 0.465, row, finding.id, ha="center", va="center", zorder=3, **ink)
    return axes.figure
