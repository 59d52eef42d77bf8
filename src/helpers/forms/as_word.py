"""A summary as a Word file (.docx) for the approval round: A4, faces of Japanese offices, headings to navigate by.

The same words as the text, each paragraph and cell by itself, so that the file reads back when it returns. Made twice it is the same
to the byte: no time of day is in it.
"""

import io
import zipfile
from datetime import UTC, datetime
from typing import NamedTuple

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from helpers import notation
from helpers.forms.as_text import BULLET
from helpers.forms.parts import Heading, Listing, Paragraph, Summary, Table

A4 = (Mm(210), Mm(297))
MARGIN = Mm(20)
WIDTH = A4[0] - 2 * MARGIN
MARK = "案：主な取組は規則による候補"
# Share of the width that the first columns take; the others share the rest.
_SHARES = {"grades": (0.36,), "effects": (0.45, 0.25), "links": (0.34,)}
_SIZES = {"Title": 14, "Heading 1": 13, "Heading 2": 11.5, "Heading 3": 10.5}
BODY, SMALL = 10.5, 9
# Styles of Word's own that are used, or that it takes for granted.
_OF_WORD = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "Header", "Footer", "Table Grid", *_SIZES}


class Looks(NamedTuple):
    """A style: its name as Word lists it, its size in points, and where it is aligned if not to the left."""

    name: str
    size: float
    aligned: WD_ALIGN_PARAGRAPH | None = None


# By the kind of a paragraph; besides these, the items of a list and the cells of a table.
_STYLES = {
    "text": Looks("案の本文", BODY),
    "dated": Looks("案の年月", BODY, WD_ALIGN_PARAGRAPH.RIGHT),
    "published_by": Looks("案の公表者", BODY, WD_ALIGN_PARAGRAPH.RIGHT),
    "proposed": Looks("案の印", BODY),
    "numbered": Looks("案の方針", BODY),
    "claim": Looks("案の要点", BODY + 0.5),
    "unit": Looks("案の単位", SMALL, WD_ALIGN_PARAGRAPH.RIGHT),
    "note": Looks("案の注", SMALL),
    "item": Looks("案の取組", BODY),
    "cell": Looks("案の欄", SMALL + 0.5),
}
# The first day of a time that Word and zip both know; what is written has none of its own.
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
# Parts of python-docx's template that nothing here refers to: the picture of an empty page, styles for Word 2010, its lists.
_LEFT_OUT = ("/thumbnail", "/stylesWithEffects", "/numbering")
_THEMED = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def word(summary: Summary) -> bytes:
    """The summary as the bytes of a .docx."""
    document = docx.Document()
    _set_styles(document)
    _set_page(document, summary)
    document.add_paragraph(summary.title, style="Title")
    is_first = True
    for part in summary.parts:
        if isinstance(part, Heading):
            heading = document.add_heading(part.words, level=part.level)
            heading.paragraph_format.page_break_before = (part.level == 1 and not is_first) or None
            is_first = False
        elif isinstance(part, Paragraph):
            document.add_paragraph(part.words, style=_STYLES[part.kind].name)
        elif isinstance(part, Table):
            _add_table(document, part)
        else:
            _add_list(document, part)
    _set_properties(document, summary)
    return _bytes(document)


def _set_styles(document: Document) -> None:
    """Styles of our own on top of Word's headings; every face is named for Japanese too, else Word takes another."""
    face, ink, alert = notation.tokens()["face"]["text"], _colour("ink"), _colour("alert")
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _name_face(defaults.get_or_add_rFonts(), face)
    defaults.find(qn("w:lang")).set(qn("w:eastAsia"), "ja-JP")
    styles = document.styles
    for style in list(styles):  # what python-docx brings along
        if style.name not in _OF_WORD:
            style.delete()
        elif (link := style.element.find(qn("w:link"))) is not None:
            style.element.remove(link)
    for name in ("Normal", *_SIZES):
        style = styles[name]
        _name_face(style.element.get_or_add_rPr().get_or_add_rFonts(), face)
        style.font.size, style.font.color.rgb = Pt(_SIZES.get(name, BODY)), ink
        style.font.bold = name != "Normal"
        _space(style, 0, 3)
    for name, before, after in (("Heading 1", 12, 6), ("Heading 2", 8, 4), ("Heading 3", 8, 3)):
        _space(styles[name], before, after)
        styles[name].paragraph_format.keep_with_next = True
    _underline(styles["Title"], 12)
    _underline(styles["Heading 1"], 8)
    _space(styles["Title"], 0, 8)
    made = {kind: styles.add_style(looks.name, WD_STYLE_TYPE.PARAGRAPH) for kind, looks in _STYLES.items()}
    for kind, looks in _STYLES.items():
        made[kind].base_style = styles["Normal"]
        made[kind].font.size, made[kind].paragraph_format.alignment = Pt(looks.size), looks.aligned
    made["claim"].font.bold = True
    made["proposed"].font.bold, made["proposed"].font.color.rgb = True, alert
    made["unit"].paragraph_format.keep_with_next = True
    made["claim"].paragraph_format.keep_with_next = True
    _hang(made["item"], BODY)
    made["item"].paragraph_format.keep_together = True
    _space(made["note"], 4, 3)
    _space(made["cell"], 2, 2)
    _space(made["proposed"], 6, 3)
    made["numbered"].paragraph_format.left_indent = Pt(BODY)


def _colour(name: str) -> RGBColor:
    return RGBColor.from_string(notation.tokens()["colour"][name].removeprefix("#"))


def _name_face(fonts: OxmlElement, face: str) -> None:
    for theme in _THEMED:  # a theme's face would go before the one named
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)


def _space(style: ParagraphStyle, before: float, after: float) -> None:
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.15


def _hang(style: ParagraphStyle, width: float) -> None:
    style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Pt(width), Pt(-width)


def _underline(style: ParagraphStyle, eighths: int) -> None:
    """A rule below the paragraph, so wide in eighths of a point; in place of the one that Word's own style has."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    says = {"val": "single", "sz": eighths, "space": 2, "color": notation.tokens()["colour"]["ink"].removeprefix("#")}
    for name, value in says.items():
        rule.set(qn(f"w:{name}"), f"{value}")
    borders.append(rule)
    # Where the schema has it: before what spaces, indents and aligns.
    later = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
    following = next((one for one in properties if one.tag in set(map(qn, later))), None)
    following.addprevious(borders) if following is not None else properties.append(borders)


def _set_page(document: Document, summary: Summary) -> None:
    section = document.sections[0]
    section.orientation, (section.page_width, section.page_height) = WD_ORIENT.PORTRAIT, A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    section.header_distance = section.footer_distance = Mm(10)
    if summary.is_proposed:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = head.add_run(MARK)
        run.font.size, run.font.color.rgb = Pt(SMALL), _colour("alert")
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words in ("PAGE", " / ", "NUMPAGES"):
        _add_field(foot, words) if words.isalpha() else foot.add_run(words)
    for run in foot.runs:
        run.font.size = Pt(SMALL)


def _add_field(paragraph: WordParagraph, name: str) -> None:
    """A field that Word fills in: the page, or how many there are."""
    for kind in ("begin", name, "end"):
        run = paragraph.add_run()
        if kind == name:
            held = OxmlElement("w:instrText")
            held.set(qn("xml:space"), "preserve")
            held.text = f" {name} "
        else:
            held = OxmlElement("w:fldChar")
            held.set(qn("w:fldCharType"), kind)
        run._r.append(held)  # noqa: SLF001 — python-docx knows no fields


def _add_list(document: Document, listing: Listing) -> None:
    for item in listing.items:
        paragraph = document.add_paragraph(style=_STYLES["item"].name)
        paragraph.add_run(BULLET)
        paragraph.add_run(item.measure).bold = True
        paragraph.add_run(item.rest)


def _add_table(document: Document, table: Table) -> None:
    rows = list(table.placed())
    made = document.add_table(rows=len(rows), cols=table.columns)
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    widths, grid = _widths(table), [row.cells for row in made.rows]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for row, places in zip(made.rows, grid, strict=True):
        _mark(row._tr, "w:cantSplit")  # noqa: SLF001 — python-docx has no other way
        for place, width in zip(places, widths, strict=True):
            place.width = width
    _mark(made.rows[0]._tr, "w:tblHeader")  # noqa: SLF001 — as above
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell:
                reaches = grid[number + cell.down - 1][column + cell.across - 1]
                at = grid[number][column]
                _fill(
                    at if at is reaches else at.merge(reaches), cell.words, style=document.styles[_STYLES["cell"].name]
                )
    _set_off(table, grid)


def _widths(table: Table) -> list[int]:
    first = _SHARES[table.kind]
    rest = (1 - sum(first)) / (table.columns - len(first))
    shares = [*first, *[rest] * (table.columns - len(first))]
    return [round(WIDTH * share) for share in shares]


def _mark(row: OxmlElement, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))


def _fill(place: WordCell, words: str, *, style: ParagraphStyle) -> None:
    paragraph = place.paragraphs[0]
    paragraph.style = style
    paragraph.add_run(words)


def _set_off(table: Table, grid: list[tuple[WordCell, ...]]) -> None:
    """Headings in the middle and shaded, numbers to the right, the total bold; rows under one name stay on one page."""
    numbers_from, total_from = len(_SHARES[table.kind]), len(grid) - len(table.groups[-1])
    starts = {1 + sum(map(len, table.groups[:n])) for n in range(len(table.groups) - 1)}
    for number, places in enumerate(grid):
        is_heading, is_total = number == 0, table.kind != "links" and number >= total_from
        for column, place in enumerate(places):
            paragraph = place.paragraphs[0]
            if is_heading:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                _shade(place._tc)  # noqa: SLF001 — python-docx knows no shading
            elif column >= numbers_from and table.kind != "links":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            for run in paragraph.runs:
                run.bold = is_heading or is_total
            paragraph.paragraph_format.keep_with_next = number + 1 not in starts and number + 1 < len(grid)


def _shade(cell: OxmlElement) -> None:
    properties, shading = cell.get_or_add_tcPr(), OxmlElement("w:shd")
    if properties.find(qn("w:shd")) is not None:  # a cell over two columns
        return
    colour = notation.tokens()["colour"]["wash"].removeprefix("#")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    properties.append(shading)


def _set_properties(document: Document, summary: Summary) -> None:
    about = document.core_properties
    about.title, about.language, about.author, about.comments = summary.title, "ja-JP", "", ""
    about.created = about.modified = _NO_TIME.replace(tzinfo=None)
    about.revision, about.last_modified_by = 1, ""
    for holder in (document.part.package, document.part):
        for name in [name for name, one in holder.rels.items() if one.reltype.endswith(_LEFT_OUT)]:
            del holder.rels[name]


def _bytes(document: Document) -> bytes:
    """The file with the same time in each of its parts."""
    written, same = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as made:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, _NO_TIME.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(part, parts.read(name))
    return same.getvalue()
