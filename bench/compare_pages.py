"""Whether the pages of two trees say and look the same: `compare_pages.py BEFORE AFTER`.

Compared page by page: every element in order with its attributes (ids, links, classes), every word, every cell. What a browser
does not show is left out: the order of attributes, how a letter is escaped, line breaks and blanks between blocks.
The exit status is 0 where nothing differs, else 1.
"""

import argparse
import difflib
import re
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

SHOWN_OF_A_PAGE = 12
# Around these no blank is shown.
BLOCKS = {
    *("html", "head", "body", "main", "header", "footer", "section", "nav", "div", "figure", "figcaption", "details"),
    *("summary", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dt", "dd", "title", "meta", "style", "blockquote"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}  # fmt: skip
# What has no attribute of its own to be found by: hashes of what was read, and the faces embedded for the letters shown.
EMBEDDED = re.compile(r"url\(data:[^)]*\)")


class _Reader(HTMLParser):
    """A page as a list of lines: an element with its attributes in order of their names, or a run of words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read: list[str] = []
        self._words = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._end_words(at_block=tag in BLOCKS)
        said = "".join(f" {name}={_classes(name, value or '')!r}" for name, value in sorted(attributes))
        self.read.append(f"<{tag}{said}>")

    def handle_endtag(self, tag: str) -> None:
        self._end_words(at_block=tag in BLOCKS)
        self.read.append(f"</{tag}>")

    def handle_data(self, words: str) -> None:
        self._words += words

    def close(self) -> None:
        super().close()
        self._end_words(at_block=True)

    def _end_words(self, *, at_block: bool) -> None:
        words = re.sub(r"[ \t\r\n]+", " ", EMBEDDED.sub("", self._words))
        self._words = ""
        if at_block:
            words = words.rstrip()
        if not self.read or (self.read[-1].startswith("<") and _tag(self.read[-1]) in BLOCKS):
            words = words.lstrip()
        if words:
            self.read.append(words)


def _tag(line: str) -> str:
    return re.match(r"</?([\w:-]+)", line)[1]


def _classes(name: str, value: str) -> str:
    return " ".join(sorted(value.split())) if name == "class" else value


def lines_of(page: str) -> list[str]:
    """What a page holds, a line an element or a run of words."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.read


def differences(before: Path, after: Path) -> Iterable[tuple[str, list[str]]]:
    """Each page that is not the same in both trees, by its place in them, with what differs."""
    pages = [{path.relative_to(tree).as_posix() for path in tree.rglob("*.html")} for tree in (before, after)]
    for one in sorted(pages[0] | pages[1]):
        missing = [str(tree) for tree, held in zip((before, after), pages, strict=True) if one not in held]
        if missing:
            yield one, [f"not in {missing[0]}"]
            continue
        texts = [(tree / one).read_text(encoding="utf-8") for tree in (before, after)]
        if texts[0] != texts[1] and (found := _differing(*map(lines_of, texts))):
            yield one, found


def _differing(before: list[str], after: list[str]) -> list[str]:
    found = difflib.unified_diff(before, after, lineterm="", n=1) if before != after else ()
    return [line for line in found if not line.startswith(("---", "+++"))]


def main() -> int:
    """Says what differs, page by page, and how many pages are the same to the byte."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--all", action="store_true", help="every difference, not the first of a page")
    called = parser.parse_args()
    count = 0
    for page, found in differences(called.before, called.after):
        count += 1
        shown = found if called.all else found[:SHOWN_OF_A_PAGE]
        more = [f"… {len(found) - len(shown)} lines more"] if len(found) > len(shown) else []
        sys.stdout.write("\n".join([f"== {page}", *(line[:300] for line in [*shown, *more])]) + "\n")
    pages = sorted(called.before.rglob("*.html"))
    same = sum((called.after / one.relative_to(called.before)).exists()
               and one.read_bytes() == (called.after / one.relative_to(called.before)).read_bytes() for one in pages)  # fmt: skip
    sys.stdout.write(f"{len(pages)} pages: {same} the same to the byte, {count} different in content\n")
    return 1 if count or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
