"""Cells that do nothing but assign values and call functions of ours, as the first cells of our notebooks do.

Of these it is known what they leave behind: names in the notebook. Any other cell may do whatever a program can, and no list of
what to look at would ever be whole.
"""

import ast
from collections.abc import Iterable, Iterator

PACKAGE = "helpers"
# The rooms whose functions make something of what they are given, and do nothing else.
ROOMS = {"bundle", "check", "compute", "notation", "pages", "read", "tell"}
VALUES = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Starred, ast.UnaryOp, ast.unaryop, ast.Load)


def first(cells: Iterable[str]) -> Iterator[str]:
    """The cells before the first that is not plain.

    Args:
        cells: In the order in which they are run; a name that one imports is known in those behind it.
    """
    ours: set[str] = set()
    for source in cells:
        try:
            is_plain = all(_is_plain(statement, ours) for statement in ast.parse(source).body)
        except (SyntaxError, ValueError, RecursionError):  # a magic of IPython's, or nothing at all
            return
        if not is_plain:
            return
        yield source


def _is_plain(statement: ast.stmt, ours: set[str]) -> bool:
    """Whether a statement is; what it imports of ours is added to the names."""
    match statement:
        case ast.ImportFrom(module=str(module), level=0, names=names):
            ours |= {one.asname or one.name for one in names}
            return module == PACKAGE and all(one.name in ROOMS for one in names)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name not in ours and _is_value(value, ours)
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            return name not in ours and _is_value(value, ours)
        case ast.Expr(value=ast.Call() as value):  # IPython may take a name alone for a command
            return _is_value(value, ours)
    return False


def _is_value(expression: ast.expr, ours: set[str]) -> bool:
    """Whether it is made of values, names, what these hold, and calls of functions of ours alone."""
    match expression:
        case ast.Name():
            return True
        case ast.Attribute(value=value):
            return _is_value(value, ours)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=args, keywords=keywords):
            return name in ours and all(_is_value(one, ours) for one in [*args, *(one.value for one in keywords)])
    return isinstance(expression, VALUES) and all(_is_value(one, ours) for one in ast.iter_child_nodes(expression))
