"""`gyokaku draft`: from the register of a year to the draft of the summary that is published."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from helpers.cli.checked import findings_of
from helpers.cli.options import DATA, FOLDER, HELP, FiscalYear
from helpers.cli.said import say, shown_path
from helpers.terms import Refusal, month, wareki
from helpers.terms.words import told_first

if TYPE_CHECKING:
    import pandas as pd

    from helpers.forms import Summary
    from helpers.terms import Finding, Plan
    from helpers.terms.layout import Layout

NAME = "{year}取組結果（概要）案"
# Of measures that are in no sum, as many are named on the terminal.
FEW = 5
_MEND = (
    "案は書いていません。register.csv、{featured}、plan.toml、layout.toml の該当する言葉を直すか、別の取組を選んでください"
    "（行は案のテキストの行）。"
)


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--year", required=True, type=FiscalYear(), help="年度。2024、R6、令和6年度。")
@click.option("--out", type=FOLDER, required=True, metavar="DIR", help="案を書くフォルダー（新しいもの、空のもの）。")
@DATA
@click.option("--published", metavar="MONTH", default="", help="公表の年月。2026-08、令和8年8月。既定は、書き込む欄。")
@click.option("--by", "published_by", metavar="WORDS", default="", help="公表する部と課。「企画部 行政経営課」。")
@click.option("--replace", is_flag=True, help="DIR にある前の案を置き換える（手で直した Word も消える）。")
@HELP
def draft(
    plan_id: str, year: int, out: Path, data: Path | None, published: str, published_by: str, *, replace: bool
) -> None:
    """内部台帳から、公表する「取組結果（概要）」の案を Word・ウェブページ・テキストで書く。"""
    from helpers import forms, read

    folder = read.data_folder(data or "")
    plan = read.plan(plan_id, folder)
    layout = read.layout(plan_id, folder)
    if not layout.title:
        raise Refusal(
            f"{plan.full_name}の資料は layout.toml の表の形で公表されていて、draft が書く「取組結果（概要）」の形ではありません。"
            "公表資料はその形のまま作ってください。"
        )
    register = read.register(plan_id, year, folder)
    about = {"published": month(published) if published else "", "published_by": published_by}
    about |= _of_the_year_before(plan, year, folder)
    featured, path = read.featured(plan_id, year, folder), read.featured_file(plan_id, year, folder)
    is_new = featured is None
    featured = forms.featured.proposed(register, plan=plan) if is_new else featured
    summary = forms.summary(register, plan=plan, fiscal_year=year, featured=featured, **about)
    if is_new:
        forms.featured.write(featured, path)
        say(
            f"主な取組の候補を {shown_path(path)} に書きました。選び直し、basis を chosen にしてください。規則は次のとおりです。",
            0,
        )
        for name, rule in forms.featured.RULES.items():
            say(f"  {name}: {rule}", 0)
    written = _written(summary, year)
    _check_reads_back(summary, written, plan=plan, layout=layout, year=year, featured=shown_path(path))
    name = next(name for name in written if name.endswith(".txt"))
    stopping = _stopping(name, written[name], plan=plan, layout=layout, year=year, folder=folder)
    is_same = _put(written, out, replace=replace)
    _tell(summary, register, path)
    for finding in stopping:
        say(
            f"公表して登録すると、検算 {finding.id}（{finding.title}）で止まります: {finding.evidence}。{finding.remedy}。",
            0,
        )
    for name in written:
        click.echo(shown_path(out / name))
    click.echo(
        "前と同じ案です。"
        if is_same
        else f"案を書きました。公表したら: gyokaku intake 資料 --plan {plan_id} --year {year}"
    )


def _of_the_year_before(plan: "Plan", year: int, folder: Path) -> dict:
    """What a summary takes over from that of the year before, where that is registered: the plans around this one, what grades measure."""
    from helpers import read

    if year - 1 not in read.years(plan.id, folder):
        return {}
    before = read.year(plan.id, year - 1, folder)
    return {"linked_plans": before.linked_plans, "graded_against": (before.graded_against or ("",))[0]}


def _written(summary: "Summary", year: int) -> dict[str, bytes]:
    from helpers import forms

    name = NAME.format(year=wareki(year))
    return {
        f"{name}.docx": forms.as_word.word(summary),
        f"{name}.html": forms.as_html.html(summary).encode(),
        f"{name}.txt": forms.as_text.text(summary).encode(),
    }


def _check_reads_back(
    summary: "Summary", written: dict[str, bytes], *, plan: "Plan", layout: "Layout", year: int, featured: str
) -> None:
    """Hold every file against what `intake` reads from it, before any is written.

    Raises:
        Refusal: One cannot be read, or says another thing than the register.
    """
    from helpers import forms, intake
    from helpers.received import opened

    for name in reversed(written):  # the text first, for its places are lines
        try:
            tables = intake.facts(opened(name, written[name]), plan=plan, layout=layout, fiscal_year=year)
            faults = forms.read_back.differences(summary, tables)
        except Refusal as refusal:
            faults = refusal.sentences
        if faults:
            says = f"この案（{name}）は gyokaku intake で読み戻せません。"
            raise Refusal(says, *told_first(faults), _MEND.format(featured=featured))


def _stopping(name: str, content: bytes, *, plan: "Plan", layout: "Layout", year: int, folder: Path) -> list["Finding"]:
    """The checks at which the registration of the published draft would stop; tried on a copy of the plan's other years."""
    from helpers import compute, intake, read
    from helpers.received import opened

    document = opened(name, content)
    asked = {"plan": plan, "fiscal_year": year}
    with TemporaryDirectory() as temporary:
        others = Path(temporary) / plan.id
        shutil.copytree(
            folder / plan.id,
            others,
            ignore=lambda at, names: {f"{year}"} & {*names} if Path(at).name == plan.id else set(),
        )
        tables, says = intake.facts(document, layout=layout, **asked), intake.about(document, plan, layout)
        filing = intake.staged_year(tables, document, **asked, data_dir=Path(temporary), replace=False, about=says)
        with filing as staged:
            findings = findings_of(compute.corrected(read.year(plan.id, year, temporary, folder=staged)))
    return [finding for finding in findings if finding.stops]


def _put(written: dict[str, bytes], out: Path, *, replace: bool) -> bool:
    """Puts the files into their folder, all or none; whether the same were there.

    Raises:
        Refusal: The folder holds something else, or an earlier draft that is not to be replaced.
    """
    from helpers import publish

    if out.is_dir():
        held = {path.name: path for path in out.iterdir()}
        if strange := sorted(held.keys() - written.keys()):
            raise Refusal(
                f"{out} に、案でないもの（{'、'.join(strange[:3])}）があります。新しいフォルダーを --out に指定してください。"
            )
        if held and {name: path.read_bytes() for name, path in held.items()} == written:
            return True
        if held and not replace:
            raise Refusal(
                f"{out} に前の案があり、中身が違います。手で直したものが消えないよう、書いていません。"
                "別のフォルダーを --out に指定するか、前の案が要らなければ --replace を付けてください。"
            )
    publish.clear_leftovers(out)
    with publish.staging(out) as staged:
        for name, content in written.items():
            (staged / name).write_bytes(content)
        publish.folder(staged, out)
    return False


def _tell(summary: "Summary", register: "pd.DataFrame", path: Path) -> None:
    from helpers.forms.summary import without_amount

    if summary.is_proposed:
        say(
            f"主な取組は規則による候補のままです。三つのファイルの初めに、そう書いてあります（{shown_path(path)}）。", 0
        )
    if names := without_amount(register):
        more = f" ほか{len(names) - FEW}件" if len(names) > FEW else ""
        say(f"金額のない取組が{len(names)}件あり、合計に入っていません: {'、'.join(names[:FEW])}{more}。", 0)
