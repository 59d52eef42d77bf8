"""Which cells do nothing but assign values and call functions of ours."""

import pytest

from helpers.run.render import plain_cells

PLAIN = "from helpers import check, notation"


@pytest.mark.parametrize(
    "source",
    [
        "from helpers import compute as made, tell\nfigures = made.figures(tell.all)",
        "plan = '伊勢原'  # 計画\nyear = -1",
        "one = None",
        "held = {'a': [1, 2.5], 'b': (3,), 'c': {True}}",
        "check.stop(held, *others, frames=frames.all, **more)",
        "held += [*check.figures(a, notation.spoken('文'))]",
        "one = frames.acknowledged",
    ],
)
def test_a_cell_that_assigns_and_calls_functions_of_ours_is_plain(source):
    assert list(plain_cells.first([PLAIN, source])) == [PLAIN, source]


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np",
        "import helpers",
        "from numpy import helpers",
        "from helpersome import check",
        "from .helpers import check",
        "from helpers import *",
        "from helpers.check import *",
        "from helpers import check, operate",
        "from helpers.compute import figures",
        "frames.acknowledged",
        "cd",
        "x = " + "-" * 900 + "1",
        "from helpers.run import batch",
        "np.set_printoptions(precision=2)",
        "check = print\ncheck.stop()",
        "frames.apply(print)",
        "check.frames.apply(print)",
        "check.stop(open('x'))",
        "check.stop(lambda: 1)",
        "check.stop(one=[open(one) for one in 'ab'])",
        "check.stop(f'{open}')",
        "check.stop()()",
        "frames[check.stop()]",
        "frames.plan = 1",
        "frames[0] = 1",
        "a, b = 1, 2",
        "(a := 1)",
        "a = b + c",
        "print()",
        "del check",
        "global a",
        "if True: pass",
        "for one in 'ab': pass",
        "with check.x() as y: pass",
        "def check(): pass",
        "class A: pass",
        "@check.x\ndef a(): pass",
        "try: pass\nexcept: pass",
        "await check.stop()",
        "assert check.stop()",
        "%matplotlib inline",
        "!ls",
        "1 +",
        "a = 1\0",
    ],
)
def test_any_other_cell_is_not_nor_are_those_behind_it(source):
    assert list(plain_cells.first([PLAIN, source, "a = 1"])) == [PLAIN]
