"""Every small change that Cosmic Ray's operators make to the files named, one a line as JSON: for `bench/mutants.py`.

It runs where Cosmic Ray is installed, which is not where the tests run.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

# One counterpart for an operator is enough: who notices that + became − notices that it became ×.
CHOSEN = re.compile(
    r"core/(NumberReplacer|AddNot|ZeroIterationForLoop|ExceptionReplacer|RemoveDecorator|ReplaceBreakWithContinue|ReplaceContinueWithBreak"
    r"|Replace(TrueWithFalse|FalseWithTrue|OrWithAnd|AndWithOr)"
    r"|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Div|Mod_FloorDiv|Pow_Mul|BitOr_BitAnd|BitAnd_BitOr)"
    r"|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt|Is_IsNot|IsNot_Is)"
    r"|ReplaceUnaryOperator_(Delete_Not|Delete_Invert|USub_UAdd))"
)


def mutants(path: Path) -> Iterator[dict[str, object]]:
    """What each change is called and makes of its line; `source` is the whole file, changed. None twice."""
    source = path.read_text(encoding="utf-8")
    tree, seen = get_ast(source), {_meaning(source)}
    for name in filter(CHOSEN.fullmatch, operator_names()):
        operator = get_operator(name)()
        places = [(node, start) for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node)]
        for occurrence, (node, start) in enumerate(places):
            try:
                changed = mutate_code(source, operator, occurrence)
            except AttributeError:  # ExceptionReplacer knows no name with a dot
                continue
            meaning = _meaning(changed)
            if meaning is None or meaning in seen:
                continue
            seen.add(meaning)
            before, after = _changed_lines(source, changed)
            yield {
                "file": path.as_posix(),
                "within": ASTQuery(node).get_definition_name() or "",
                "line": start[0],
                "operator": name.removeprefix("core/"),
                "before": before,
                "after": after,
                "source": changed,
            }


def _meaning(source: str) -> str | None:
    """The program without what guards it or makes it quicker: types, `zip(strict=…)`, `frozen=…`, `@cache`; None where it is none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    return ast.dump(_Unguarded().visit(tree))


class _Unguarded(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        self.generic_visit(node)
        node.args, node.posonlyargs, node.kwonlyargs = [*node.posonlyargs, *node.args, *node.kwonlyargs], [], []
        node.defaults, node.kw_defaults = [*node.defaults, *filter(None, node.kw_defaults)], []
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.returns = None
        node.decorator_list = [one for one in node.decorator_list if ast.unparse(one) != "cache"]
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        is_zip = isinstance(node.func, ast.Name) and node.func.id == "zip"
        node.keywords = [
            word for word in node.keywords if word.arg != "frozen" and not (is_zip and word.arg == "strict")
        ]
        return node


def _changed_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines(), after.splitlines()
    same = next(n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    end = next(n for n, (one, other) in enumerate(zip(reversed(old), reversed(new), strict=False)) if one != other)
    return _one_line(old[same : len(old) - end]), _one_line(new[same : len(new) - end])


def _one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


for argument in sys.argv[1:]:
    for mutant in mutants(Path(argument)):
        print(json.dumps(mutant, ensure_ascii=False))
