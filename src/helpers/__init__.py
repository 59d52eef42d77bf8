"""A city reform plan, from the published document to pages that can be acted on.

In a notebook, press Tab after `helpers.` to see the modules, and Shift+Tab in a call to see its arguments and an
example.

    from helpers import check, compute, explore, read

    frames = compute.corrected(read.year("isehara-6", 2024))    # 表を読み、公表された訂正を当てる
    figures = compute.figures(frames)                           # すべての数値（分数のまま）
    figures["effect_multiplier"]                                # 計画全体の倍率
    figures.frame()                                             # すべての数値を、pandas と seaborn の表に
    bench = explore.bench(frames, checks=(check.frames, check.figures))
    explore.what_if(bench, leave_out="公社の健全化")              # もしもの数値を、公式値と並べて
"""

import sys
from collections.abc import Callable
from types import ModuleType

# The modules an analyst works with; the others make pages and are imported by their full names.
__all__ = ["check", "compute", "draw", "explore", "notation", "pages", "read", "tell", "terms"]  # noqa: F822 — `__getattr__` brings them

# Types with a rich display in a notebook, each with the function of `explore.show` that makes it.
_SHOWN = {
    ("helpers.terms.sentence", "Finding"): "of_finding",
}


def __getattr__(name: str) -> object:
    """Imports one of our modules on first use, so that `import helpers` alone loads nothing heavy."""
    if name in __all__:
        return _module(f"helpers.{name}")
    raise AttributeError(f"module 'helpers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _show_in_notebooks() -> None:
    """Registers the rich displays with a running IPython; nothing is imported until one is shown, and nothing outside a notebook."""
    ipython = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if ipython is None:
        return
    formatter = ipython.display_formatter.formatters["text/html"]
    for (module, name), shown in _SHOWN.items():
        formatter.for_type_by_name(module, name, _late(shown))


def _late(shown: str) -> Callable[[object], str]:
    def html(value: object) -> str:
        return getattr(_module("helpers.explore.show"), shown)(value)

    return html


def _module(name: str) -> ModuleType:
    from importlib import import_module  # noqa: PLC0415 — not before the command has looked where modules come from

    return import_module(name)


_show_in_notebooks()
