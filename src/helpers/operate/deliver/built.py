"""The built pages under `reports/`, read through the manifest: only files with the recorded hash are ever delivered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from helpers import publish
from helpers.terms import Refusal, quoted
from helpers.terms.audience import AUDIENCES, PUBLIC
from helpers.terms.json import parsed
from helpers.terms.manifest import MANIFEST, WHOLE, is_unit, recorded, stays_inside
from helpers.terms.printed import is_print_of

SUMMARY, METRICS = "summary.json", "metrics.json"
CHUNK = 1 << 20


class Withheld(Exception):  # noqa: N818 — an outcome, not an error
    """A year set that must not be delivered; the text is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Unit:
    """A folder that was published as one: a year set (`plan/2024`), the pages over a plan's years (`plan`), or the page of all plans.

    Attributes:
        name: As in the manifest.
        folder: The folder on disk.
        audience: The audience of its tree.
        outputs: Hash of each of its files, by path in the folder, as recorded.
        audiences: The audiences its pages were made for, as recorded.
    """

    name: str
    folder: Path
    audience: str
    outputs: Mapping[str, str]
    audiences: frozenset[str]

    @property
    def plan(self) -> str:
        """Its plan; empty for the page of all plans."""
        return "" if self.name == WHOLE else self.name.partition("/")[0]

    @property
    def fiscal_year(self) -> int | None:
        """Its fiscal year; None for pages over several years."""
        return int(self.name.partition("/")[2]) if "/" in self.name else None

    @property
    def hash(self) -> str:
        """One hash over the names and contents of its files."""
        return sha256("".join(f"{name} {known}\n" for name, known in sorted(self.outputs.items())).encode()).hexdigest()

    def read(self, name: str) -> bytes:
        """The bytes of one of its files.

        Raises:
            Withheld: The file is not as it was built.
        """
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            raise self.altered(name) from None
        if self.outputs.get(name) != recorded(name, sha256(content).hexdigest()):
            raise self.altered(name)
        return content

    def prints(self) -> dict[str, bytes]:
        """PDFs of its pages, recognised by their mark. They hold the time they were made, so the manifest cannot list them."""
        pages = (name for name in self.outputs if name.endswith(".html") and "/" not in name)
        files = {name: self.folder / f"{name.removesuffix('.html')}.pdf" for name in pages}
        found = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
        return {files[name].name: pdf for name, pdf in found.items() if is_print_of(pdf, self.read(name))}

    def verify(self) -> None:
        """Stops where a file is missing, was changed, or was made for another audience.

        Raises:
            Withheld: With the first such file.
        """
        for name in self.outputs:
            if not stays_inside(name):
                raise Withheld(
                    f"{self.folder}: 目録（{MANIFEST}）のファイル名「{quoted(name)}」が使えません。作り直してください。"
                )
            try:
                found = content_hash(self.folder / name)
            except OSError:
                raise self.altered(name) from None
            if recorded(name, found) != self.outputs[name]:
                raise self.altered(name)
        self._check_audience()

    def altered(self, name: str) -> Withheld:
        """The sentence for a file that is not as it was built."""
        return Withheld(
            f"{self.folder / name} が、作ったときのものと違います（目録 {MANIFEST} のハッシュと合いません）。"
            "gyokaku build で作り直してください。"
        )

    def _check_audience(self) -> None:
        """Checks that the manifest and the executed notebooks name the audience of the tree."""
        said = set(self.audiences)
        for name in self.outputs:
            if not name.endswith(".ipynb"):
                continue
            try:
                about = parsed(self.read(name))["metadata"]["papermill"]["parameters"]
                said.add(about["audience"])
                is_ours = about["plan"] == self.plan and about.get("fiscal_year") == self.fiscal_year
            except (ValueError, KeyError, TypeError):
                is_ours = False
            if not is_ours:
                raise Withheld(
                    f"{self.folder / name}: どの計画・年度・読み手のものか分かりません。作り直してください。"
                )
        if strange := said - {self.audience}:
            raise Withheld(
                f"{self.folder}: {self.audience} 用の場所に、{'、'.join(sorted(map(str, strange)))} 用のページがあります。"
                f"gyokaku build --audience {self.audience} で作り直してください。"
            )


@dataclass(frozen=True)
class YearSet:
    """A year set that may be delivered, with what a letter says about it."""

    unit: Unit
    summary: Mapping
    metrics: bytes

    @property
    def figures(self) -> list[dict]:
        """All its figures, as rows of `metrics.json`."""
        return parsed(self.metrics)


def year_set(unit: Unit) -> YearSet:
    """The year set, after verifying that its files are as built, made for this audience, and free of failed checks.

    Raises:
        Withheld: One of these does not hold.
    """
    unit.verify()
    try:
        summary, metrics = parsed(unit.read(SUMMARY)), unit.read(METRICS)
        stops = [finding["id"] for finding in summary["findings"] if _stops(finding)]
        is_ours = (summary["plan"], summary["fiscal_year"]) == (unit.plan, unit.fiscal_year)
        is_list = isinstance(parsed(metrics), list)
    except (ValueError, KeyError, TypeError):
        raise Withheld(f"{unit.folder}: 要約（{SUMMARY}）を読めません。作り直してください。") from None
    if not (is_ours and is_list):
        raise Withheld(f"{unit.folder}: 要約（{SUMMARY}）が別の計画か年度のものです。作り直してください。")
    if stops:
        raise Withheld(
            f"{unit.plan} {unit.fiscal_year}: 検算 {'、'.join(stops)} に通っていないので、配っていません。"
            "データを直すか、了承（acknowledged.csv）に理由を書いて、作り直してください。"
        )
    return YearSet(unit, summary, metrics)


def _stops(finding: Mapping) -> bool:
    """`Finding.stops` for a finding from a summary."""
    return (
        finding["severity"] != "warn"
        and finding["result"] not in {"passed", "not_applicable"}
        and not finding["acknowledged"]
    )


def units(out: Path, audience: str) -> dict[str, Unit]:
    """All units built for an audience, by name; empty where nothing was ever built for it.

    A unit whose whole folder is gone is left out: if it still has data, the next build makes it; if its data were
    withdrawn, there is nothing to deliver.

    Raises:
        Refusal: The manifest cannot be read.
    """
    tree = out / PUBLIC if audience == PUBLIC else out
    path = tree / MANIFEST
    try:
        sets = parsed(path.read_bytes())["sets"]
        return {
            name: _unit(tree, audience, name, entry)
            for name, entry in sets.items()
            if is_unit(name) and (tree / name).is_dir()
        }
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Refusal(f"{path}: 目録を読めません（{publish.reason(error)}）。") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(f"{path}: 目録として読めません。gyokaku build で作り直してください。") from None


def year_sets(out: Path) -> list[tuple[str, int]]:
    """Plan and fiscal year of everything built, for any audience.

    Raises:
        Refusal: A manifest cannot be read.
    """
    found = {(one.plan, one.fiscal_year) for audience in AUDIENCES for one in units(out, audience).values()}
    return sorted((plan, year) for plan, year in found if year is not None)


def _unit(tree: Path, audience: str, name: str, entry: Mapping) -> Unit:
    parameters = [page.get("parameters", {}) for page in entry["pages"].values()]
    audiences = frozenset(str(one["audience"]) for one in parameters if one)  # the page of all plans has no plan
    return Unit(
        name, tree / name, audience, {str(file): str(known) for file, known in entry["outputs"].items()}, audiences
    )


def content_hash(path: Path) -> str:
    """Hash of a file, however large."""
    found = sha256()
    with path.open("rb") as file:
        for chunk in _chunks(file):
            found.update(chunk)
    return found.hexdigest()


def _chunks(file: object) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
