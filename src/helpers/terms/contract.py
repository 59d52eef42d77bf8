"""What each field of a file that people write may hold, and what the clerk is told where it holds something else.

A file is declared as `Shape`s with the types below; pydantic finds what does not fit, and here it becomes a sentence with
file, line and field. All of a file is held to its shape before anything is computed from it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from helpers.terms.refusal import Refusal
from helpers.terms.toml import Where, Written, line_of, lines, toml
from helpers.terms.words import code_points, quoted, strange, told_first

_S = TypeVar("_S", bound=BaseModel)
# What pydantic finds, in the clerk's language.
FAULTS = {
    "missing": "ありません。1行加えてください",
    "extra_forbidden": "知らない項目です。綴りを確かめるか、消してください",
    "string_type": "文字列を引用符で囲んで書いてください",
    "string_too_short": "空です。書いてください",
    "string_too_long": "長すぎます（{max_length}字まで）。短くしてください",
    "literal_error": "{expected} のどれかを書いてください",
    "int_type": "整数を引用符なしで書いてください",
    "int_from_float": "整数を引用符なしで書いてください",
    "bool_type": "true か false を引用符なしで書いてください",
    "greater_than_equal": "{ge} 以上の整数を書いてください",
    "less_than_equal": "{le} 以下の整数を書いてください",
    "list_type": "[ ] で囲んで並べてください",
    "tuple_type": "[ ] で囲んで並べてください",
    "dict_type": "見出し [{last}] の下に項目を書いてください",
    "model_type": "見出し [{last}] の下に項目を書いてください",
    "model_attributes_type": "見出し [{last}] の下に項目を書いてください",
    "too_long": "多すぎます（{max_length}まで）。減らしてください",
    "too_short": "一つ以上書いてください",
}
# Faults that what is written does not explain.
_WITHOUT_WORDS = {"missing", "extra_forbidden", "model_type", "dict_type", "too_long", "too_short", "string_too_short"}
NAME_LETTERS, TEXT_LETTERS = 200, 1_000
_RATIO = re.compile(r"[01](?:\.[0-9]{1,6})?")


def plain(text: str) -> str:
    """The text, which stays on one line and holds only what can be seen.

    Raises:
        ValueError: With the sentence.
    """
    if found := strange(text):
        raise ValueError(
            f"使えない文字（改行、制御文字、見えない文字や外字: {code_points(found)}）があります。消してください"
        )
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("空です。書いてください")
    return text


def _ratio(value: object) -> Fraction:
    # As it is written, so that a threshold of 0.8 is four fifths and not its binary neighbour.
    text = str(value) if isinstance(value, Written) or type(value) is int else ""
    if not _RATIO.fullmatch(text) or not 0 <= (ratio := Fraction(text)) <= 1:
        raise ValueError(
            "比率です。80% は 0.8 のように、0 から 1 までの数（小数は6桁まで）を引用符なしで書いてください"
        )
    return ratio


Name = Annotated[str, Field(min_length=1, max_length=NAME_LETTERS), AfterValidator(plain), AfterValidator(_not_blank)]
NameOrNone = Annotated[str, Field(max_length=NAME_LETTERS), AfterValidator(plain)]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_LETTERS), AfterValidator(plain), AfterValidator(_not_blank)]
TextOrNone = Annotated[str, Field(max_length=TEXT_LETTERS), AfterValidator(plain)]
Ratio = Annotated[Fraction, PlainValidator(_ratio)]


def matching(pattern: str, says: str) -> AfterValidator:
    """Text of one form; `says` is how to write it."""
    form = re.compile(pattern)

    def fits(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(says)
        return text

    return AfterValidator(fits)


class Shape(BaseModel):
    """A part of a file: its fields, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def held(
    content: bytes,
    shape: type[_S],
    *,
    place: str,
    also: Callable[[dict], Iterable[tuple[Where, str]]] = lambda _: (),
    faults: Mapping[str, str] | None = None,
    repeats: bool = True,
    context: Mapping[str, object] | None = None,
) -> _S:
    """What a TOML file says, once all of it is as its shape has it.

    Args:
        content: Its bytes.
        shape: What it may say.
        place: How people call it.
        also: What else is wrong with what the file holds, as far as it can be told whatever else is wrong: path and sentence.
        faults: Sentences of this file's own, by pydantic's name of the fault, or by that and the field in small letters.
        repeats: Whether what was typed may be repeated; a password may not.
        context: What the shape's own rules need to know.

    Raises:
        Refusal: It is no TOML, or some of it is not as it should be: all faults at once, in the order of the file.
    """
    said = toml(content, place=place)
    found: list[tuple[Where, str]] = []
    made = None
    try:
        made = shape.model_validate(said, context=dict(context or {}))
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            where = tuple(part for part in fault["loc"] if not _is_validator(part))
            found.append((where, _says(fault, where, {**FAULTS, **(faults or {})}, repeats=repeats)))
    found += also(said)
    if made is None or found:
        refuse(found, content, place=place)
    return made


def refuse(found: Iterable[tuple[Where, str]], content: bytes, *, place: str) -> None:
    """Says what is wrong with a TOML file, each fault with its line.

    Args:
        found: Path and sentence of each fault, the full stop left out.
        content: The bytes of the file.
        place: How people call it.

    Raises:
        Refusal: In the order of the file.
    """
    known, text = lines(content), ["", *content.decode("utf-8-sig").split("\n")]
    told = sorted(((line_of(where, known), where, says) for where, says in found), key=lambda one: one[0])
    raise Refusal(
        *told_first(
            f"{place}{f' {line}行' if line else ''} {_called(where, text[line])}: {says}。"
            for line, where, says in told
        )
    )


def _is_validator(part: str | int) -> bool:
    return isinstance(part, str) and bool(re.fullmatch(r"\[key\]|function-\w+\[.*\]|\w+\[.*\]\(?.*", part))


def _says(fault: Mapping, where: Where, faults: Mapping[str, str], *, repeats: bool) -> str:
    kind, last = fault["type"], str(where[-1]) if where else ""
    context = {key: str(value) for key, value in fault.get("ctx", {}).items()} | {"last": quoted(last)}
    if "expected" in context:
        context["expected"] = context["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、")
    usual = faults.get(kind, "書き方が違います。書き直してください")
    says = context["error"] if kind == "value_error" else faults.get(f"{kind} {last.lower()}", usual)
    says = says if kind == "value_error" else says.format(**context)
    is_repeated = repeats and kind not in _WITHOUT_WORDS and not isinstance(fault["input"], dict | list | Shape)
    return f"「{quoted(fault['input'])}」は使えません。{says}" if is_repeated else says


def _called(where: Where, line: str) -> str:
    """[mail] port, [[recipient]] 2番目の address, [english.words] 企画部; a heading as it stands on its line."""
    parts = [quoted(part) for part in where if isinstance(part, str)]
    match where:
        case ():
            return "全体"
        case (str(), int() as number):
            return f"[[{parts[0]}]] {number + 1}番目" if line.startswith("[") else f"{parts[0]} の{number + 1}番目"
        case (str(), int() as number, *_):
            return f"[[{parts[0]}]] {number + 1}番目の {' '.join(parts[1:])}"
        case (str(),):
            opened = len(line) - len(line.lstrip("["))
            return f"{'[' * opened}{parts[0]}{']' * opened}"
        case _:
            return f"[{'.'.join(parts[:-1])}] {parts[-1]}"
