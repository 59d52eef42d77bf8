"""What is handed over, to whom, once; what a server or a share does in between. Against a real mail server on the loopback."""

import errno
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.policy import compat32
from pathlib import Path
from types import SimpleNamespace

import letterbox
import made_up_reports
import pytest
from filelock import FileLock
from made_up_reports import PLAN, TITLE

from helpers import cli
from helpers.operate import deliver
from helpers.operate.deliver import built, folder, ledger, letter, mail
from helpers.operate.deliver.moved import moved
from helpers.terms import Refusal
from helpers.terms.printed import is_print_of, marked

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "deliver.example.toml"
AUGUST = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)
NEXT_DAY = AUGUST + timedelta(days=1)
MAYOR, OFFICE = "mayor@example.lg.jp", "gikai@example.lg.jp"
LONGEST_ADDRESS = f"{'a' * (254 - len('@example.lg.jp'))}@example.lg.jp"
WORSE = {("actual_effect", "plan", ""): (90_000_000, "9,000万円", "yen")}
FAILED = {"id": "V07", "severity": "block", "result": "failed", "acknowledged": ""}
FOLDER = """
[[folder]]
name = "庁議の共有フォルダー"
path = "share"
shown = '\\\\fileserver\\行革'
"""
PUBLIC_FOLDER = """
[[folder]]
name = "公開用ウェブ"
path = "web"
audience = "public"
shown = "https://www.example.lg.jp/gyokaku/"
"""


@pytest.fixture(scope="session")
def trusted(tmp_path_factory):
    return letterbox.certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    """What would have been waited for."""
    waits = []
    monkeypatch.setattr(mail.Post.__init__, "__kwdefaults__", {"wait": waits.append})
    return waits


@pytest.fixture
def out(tmp_path):
    (tmp_path / "share").mkdir()
    (tmp_path / "web").mkdir()
    made_up_reports.year_set(tmp_path / "reports")
    return tmp_path / "reports"


@pytest.fixture
def share(out):
    return out.parent / "share"


@pytest.fixture
def to_folder(out):
    return configured(out, FOLDER)


@pytest.fixture
def box(trusted):
    with letterbox.letterbox(trusted) as box:
        yield box


def table(heading: str, keys: dict[str, object]) -> str:
    return f"{heading}\n" + "".join(f"{key} = {json.dumps(keys[key], ensure_ascii=False)}\n" for key in keys)


def mail_table(port: object = 25, trusted: Path | None = None, **more: object) -> str:
    keys = {"host": "localhost", "port": port, "sender": "gyokaku@example.lg.jp", "sender_name": "行財政改革担当"}
    return table("[mail]", keys | ({"ca_file": str(trusted)} if trusted else {}) | more)


def recipient(name: str = "市長", address: str = MAYOR, **more: object) -> str:
    return table("[[recipient]]", {"name": name, "address": address} | more)


def configured(out: Path, *tables: str) -> deliver.Configuration:
    path = out.parent / "deliver.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    return deliver.configuration(path)


MAYOR_AND_COUNCIL = recipient(), recipient("議会", OFFICE)


def with_login(box: letterbox.Letterbox, trusted: Path, **more: object) -> str:
    """`mail_table` of one who logs in; the password stands in A_PASSWORD unless a file is named."""
    place = {} if "password_file" in more else {"password_env": "A_PASSWORD"}
    return mail_table(box.port, trusted, user=letterbox.USER, **place, **more)


@pytest.fixture
def to(out, box, trusted):
    """Gives the settings with the shared folder and letters to those who are named."""
    return lambda *people: configured(out, FOLDER, mail_table(box.port, trusted), *people)


@pytest.fixture
def to_mayor(to):
    return to(recipient())


@pytest.fixture
def tried(monkeypatch):
    """One entry for each time that a server was asked to take a letter."""
    tries, real = [], mail.Post._once
    monkeypatch.setattr(mail.Post, "_once", lambda *given: (tries.append(1), real(*given))[1])
    return tries


def delivered(
    out: Path, configuration: deliver.Configuration, now: datetime = AUGUST, **more: object
) -> deliver.Outcome:
    return deliver.deliver(configuration, out, **({"year_sets": None} | more), now=now)


def states(outcome: deliver.Outcome) -> list[tuple[str, str, str]]:
    return [(one.recipient, str(one.kind), str(one.state)) for one in outcome.deliveries]


def became(outcome: deliver.Outcome) -> list[str]:
    return [str(one.state) for one in outcome.deliveries]


def said(outcome: deliver.Outcome, *expected: str) -> str:
    """All that was said, where each delivery became what is expected of it, if anything is."""
    assert became(outcome) == list(expected or became(outcome))
    return "\n".join([*(sentence for one in outcome.deliveries for sentence in one.sentences), *outcome.faults])


def files(place: Path) -> dict[str, bytes]:
    hidden = place / ".gyokaku"
    found = (path for path in place.rglob("*") if path.is_file() and not path.is_relative_to(hidden))
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}


def lines(out: Path) -> list[dict]:
    text = (out.parent / "deliveries" / "ledger.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def events(out: Path) -> list[str]:
    return [line["event"] for line in lines(out)]


def body(message) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


# The configuration


def test_the_example_is_a_configuration_and_shows_every_key():
    found = deliver.configuration(EXAMPLE)
    assert [one.audience for one in found.folder] == ["internal", "public"]
    assert found.mail.at == ("mail.city.example.lg.jp", 587)
    assert found.folder_of(found.recipient[1]).name == "公開用ウェブ"
    shown = EXAMPLE.read_text(encoding="utf-8")
    for part in (deliver.Configuration, deliver.Folder, deliver.Mail, deliver.Recipient, deliver.Department):
        for key in part.model_fields:
            assert re.search(rf"^(# *)?(\[+)?{key}\b", shown, re.MULTILINE), key
    assert found.ledger_folder == EXAMPLE.parent / "deliveries"


def test_an_address_is_as_long_as_mail_allows(out):
    assert configured(out, WITH_MAIL, recipient(address=LONGEST_ADDRESS)).recipient[0].address == LONGEST_ADDRESS


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a kit is under no version control")
def test_what_holds_addresses_is_kept_out_of_version_control():
    names = ["deliver.toml", "deliveries/ledger.jsonl"]
    assert subprocess.check_output(["git", "check-ignore", *names], cwd=ROOT, text=True).split() == names


WITH_MAIL = FOLDER + mail_table()
OTHER = FOLDER.replace("庁議", "部長")
SECRET = letterbox.PASSWORD


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mail\n", "1行: TOML として読めません"),
        ("", "[[folder]] も [[recipient]] も [[department]] もありません"),
        (FOLDER + "[[folder]]\nname = 'a'\n", "[[folder]] 2番目の path: ありません"),
        (FOLDER.replace("path", "pth"), "[[folder]] 1番目の pth: 知らない項目です"),
        (FOLDER.replace('"share"', "3"), "[[folder]] 1番目の path: 文字列を引用符で囲んで"),
        (FOLDER + FOLDER, "deliver.toml 8行 [[folder]] 2番目の name: 「庁議の共有フォルダー」が二つ"),
        (FOLDER + OTHER, "9行 [[folder]] 2番目の path: 別の [[folder]] の"),
        (FOLDER + OTHER.replace("share", "share/in"), "9行 [[folder]] 2番目の path: 別の [[folder]] の"),
        (FOLDER.replace("share", "share/in") + OTHER, "[[folder]] 1番目の path: 別の [[folder]] の"),
        ("ledger = 'share/deliveries'\n" + FOLDER, "1行 ledger: [[folder]] の中にあります"),
        (FOLDER + 'audience = "mayor"', "internal、public のどれか"),
        (FOLDER + recipient(), "6行 [[recipient]]: 手紙を送る [mail] がありません"),
        (FOLDER + mail_table(70000) + recipient(), "[mail] port: 65535 以下"),
        (FOLDER + mail_table("25"), "[mail] port: 整数を引用符なしで"),
        (FOLDER + mail_table(security="none"), "[mail] security: starttls、tls のどれか"),
        (FOLDER + mail_table(user="市長"), "[mail] user: 英数字と記号で"),
        (FOLDER + mail_table(user="a"), "[mail] user: パスワードの置き場所"),
        (FOLDER + mail_table(password_env="A"), "user がありません"),  # noqa: S106 — names
        (FOLDER + mail_table(user="a", password_env="A", password_file="b"), "どちらか一つ"),  # noqa: S106
        (WITH_MAIL + recipient(address="市長@example.jp"), "1番目の address: メールアドレスの形"),
        (WITH_MAIL + recipient(address="a@b.jp\nBcc: c@d.jp"), "メールアドレスの形"),
        (WITH_MAIL + recipient(address="a..b@c.jp"), "メールアドレスの形"),
        (WITH_MAIL + recipient(name="市長\nBcc: c@d.jp"), "[[recipient]] 1番目の name: 使えない文字（改行"),
        (WITH_MAIL + recipient(attach=["docx"]), "html、pdf のどれか"),
        (WITH_MAIL + recipient(attach=["html", "pdf", "html"]), "1番目の attach: "),
        (WITH_MAIL + recipient() + recipient("副市長"), f"2番目の address: {MAYOR}（internal）が二つ"),
        (WITH_MAIL + recipient(audience="public"), "見られるページがありません"),
        (PUBLIC_FOLDER + WITH_MAIL + recipient(folder="公開用ウェブ"), "internal の [[folder]] にありません"),
        ("folder = 3", "folder: [ ] で囲んで並べて"),
        (FOLDER.replace('"share"', '""'), "の path: 空です。書いてください"),
        (WITH_MAIL + recipient(address=LONGEST_ADDRESS.replace("a@", "aa@")), "1番目の address: "),
        *((FOLDER + mail_table(**{key: SECRET}), "パスワードは設定ファイルに書けません") for key in ("password", "Password", "pass")),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_told_with_file_key_and_what_to_do(tmp_path, text, says):
    path = tmp_path / "deliver.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        deliver.configuration(path)
    assert all(sentence.startswith(str(path)) for sentence in refusal.value.sentences)
    assert says in str(refusal.value)
    assert letterbox.PASSWORD not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_configuration_that_is_not_there_says_what_to_copy(tmp_path):
    with pytest.raises(Refusal, match=r"docs/deliver\.example\.toml を写して"):
        deliver.configuration(tmp_path / "deliver.toml")
    with pytest.raises(Refusal, match="読めません"):
        deliver.configuration(tmp_path)


# Shared folders


def test_a_year_set_is_copied_whole_and_its_links_lead_somewhere(out, to_folder, share):
    outcome = delivered(out, to_folder)
    assert states(outcome) == [("庁議の共有フォルダー", "new", "sent")]
    assert outcome.is_good
    assert files(share) == {name: content for name, content in files(out).items() if name != "manifest.json"}
    for page in share.rglob("*.html"):
        for link in re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / link).is_file(), f"{page} → {link}"


def test_what_was_replaced_is_kept_by_the_day_it_was_replaced(out, to_folder, share):
    delivered(out, to_folder)
    first = files(out / PLAN / "2024")
    made_up_reports.year_set(out, figures=WORSE)
    assert states(delivered(out, to_folder, now=NEXT_DAY)) == [("庁議の共有フォルダー", "correction", "sent")]
    assert files(share / "_old" / "2026-08-21" / PLAN / "2024") == first
    assert files(share / PLAN / "2024") == files(out / PLAN / "2024")
    # Once more on that day, and with a clock that was set back: nothing kept is overwritten.
    second = files(out / PLAN / "2024")
    made_up_reports.year_set(out, words="言葉だけ")
    delivered(out, to_folder, now=NEXT_DAY)
    assert files(share / "_old" / "2026-08-21-2" / PLAN / "2024") == second
    made_up_reports.year_set(out, words="さらに言葉だけ")
    assert states(delivered(out, to_folder, now=AUGUST)) == [("庁議の共有フォルダー", "changed", "sent")]
    assert sorted(path.name for path in (share / "_old").iterdir()) == ["2026-08-20", "2026-08-21", "2026-08-21-2"]
    assert files(share / "_old" / "2026-08-21" / PLAN / "2024") == first


def test_what_somebody_altered_or_took_away_is_put_back(out, to_folder, share):
    delivered(out, to_folder)
    (share / PLAN / "2024" / "brief.html").write_text("書き換え", encoding="utf-8")
    outcome = delivered(out, to_folder, now=NEXT_DAY)
    assert "置き直しました" in said(outcome, "sent")
    assert outcome.deliveries[0].kind == "new"
    assert files(share / PLAN / "2024") == files(out / PLAN / "2024")
    kept = share / "_old" / "2026-08-21" / PLAN / "2024" / "brief.html"
    assert kept.read_text(encoding="utf-8") == "書き換え"
    shutil.rmtree(share / PLAN)
    delivered(out, to_folder, now=NEXT_DAY)
    assert files(share / PLAN) == files(out / PLAN)


def test_pages_that_list_years_wait_until_all_of_them_are_there(out, to_folder, share):
    made_up_reports.year_set(out, year=2025, findings=(FAILED,))
    assert "made-up 2025 がそろっていない" in said(delivered(out, to_folder), "sent", "withheld")
    assert not [name for name in files(share) if name.endswith("index.html")]
    made_up_reports.year_set(out, year=2025)
    assert delivered(out, to_folder).is_good
    assert (share / "index.html").read_bytes() == (out / "index.html").read_bytes()


def test_a_list_that_changed_is_replaced_and_the_former_kept(out, to_folder, share):
    delivered(out, to_folder)
    former = (share / PLAN / "index.html").read_bytes()
    made_up_reports.year_set(out, year=2025)
    delivered(out, to_folder, now=NEXT_DAY)
    assert (share / PLAN / "index.html").read_bytes() == (out / PLAN / "index.html").read_bytes() != former
    assert (share / "_old" / "2026-08-21" / PLAN / "index.html").read_bytes() == former
    notebook = "notebooks/index.ipynb"  # after the page in order, which stays as it is
    made_up_reports.replace(out, PLAN, notebook, (out / PLAN / notebook).read_bytes() + b" ")
    delivered(out, to_folder, now=NEXT_DAY)
    assert files(share / PLAN) == files(out / PLAN)


def test_only_the_year_sets_asked_for_go(out, to_folder, share):
    made_up_reports.year_set(out, year=2025)
    outcome = delivered(out, to_folder, year_sets=[(PLAN, 2025)])
    assert [(one.plan, one.fiscal_year) for one in outcome.deliveries] == [(PLAN, 2025)]
    assert not (share / PLAN / "2024").exists()
    missing = delivered(out, to_folder, year_sets=[(PLAN, 2030)])
    assert missing.faults == ("made-up 2030: 配るページがまだありません。gyokaku build で作ってください。",)


def test_where_nothing_is_built_there_is_nothing_to_hand_over(tmp_path):
    (tmp_path / "reports").mkdir()
    with pytest.raises(Refusal, match="gyokaku build で作ってください"):
        delivered(tmp_path / "reports", configured(tmp_path / "reports", FOLDER))


def test_a_print_goes_along_only_where_it_is_of_the_page(out, to_folder, share):
    page = out / PLAN / "2024" / "brief.html"
    pdf = page.with_suffix(".pdf")
    pdf.write_bytes(marked(b"%PDF-1.7 made up", page.read_bytes()))
    delivered(out, to_folder)
    placed = share / PLAN / "2024" / "brief.pdf"
    assert placed.read_bytes() == pdf.read_bytes()
    assert became(delivered(out, to_folder)) == ["already"]
    pdf.write_bytes(marked(b"%PDF-1.7 made up later", page.read_bytes()))
    delivered(out, to_folder)
    assert placed.read_bytes() == pdf.read_bytes()
    placed.unlink()
    assert became(delivered(out, to_folder)) == ["sent"]
    assert placed.exists()
    for content in (b"%PDF-1.7 nobody's", marked(b"%PDF-1.7 made up", b"another page"), pdf.read_bytes() + b"more"):
        pdf.write_bytes(content)
        assert not is_print_of(content, page.read_bytes())
        assert built.units(out, "internal")[f"{PLAN}/2024"].prints() == {}


@pytest.mark.parametrize("place", [PLAN, f"{PLAN}/2024", "_old", ".gyokaku"])
@pytest.mark.parametrize("is_link", [False, True], ids=["file", "link"])
def test_a_file_in_a_folders_place_or_a_link_out_of_it_is_told_and_left(out, place, is_link, to_folder, share):
    if place == "_old":
        delivered(out, to_folder)
        made_up_reports.year_set(out, words="変わった")
    planted, elsewhere = share / place, out.parent / "elsewhere"
    for folder_of in (elsewhere, planted.parent):
        folder_of.mkdir(exist_ok=True)
    if is_link:
        planted.symlink_to(elsewhere)
    else:
        planted.write_text("a file", encoding="utf-8")
    says = "リンクを消してください" if is_link else "フォルダーであるべき所にファイル"
    assert says in said(delivered(out, to_folder), "failed")
    assert list(elsewhere.iterdir()) == []
    assert is_link or planted.read_text(encoding="utf-8") == "a file"
    planted.unlink()
    assert delivered(out, to_folder).is_good
    assert files(share / PLAN) == files(out / PLAN)


@pytest.mark.parametrize("place", ["reports", "reports/public", "reports/made-up/2024"])
def test_nothing_is_written_into_what_is_built(out, place):
    before = files(out)
    with pytest.raises(Refusal, match=r"path が .*reports の中にあります"):
        delivered(out, configured(out, FOLDER.replace('"share"', f'"{place}"')))
    with pytest.raises(Refusal, match=r"ledger が .*reports の中にあります"):
        delivered(out, configured(out, f'ledger = "{place}"', FOLDER))
    assert files(out) == before


def test_a_share_that_is_not_mounted_is_not_taken_for_an_empty_one_and_costs_no_other(out, share):
    """Nor does one in whose place a file stands; nothing is built for the public one."""
    share.rmdir()
    (out.parent / "other").mkdir()
    (out.parent / "blocked").write_text("", encoding="utf-8")
    blocked, other = (FOLDER.replace("庁議", one).replace('"share"', f'"{one}"') for one in ("blocked", "other"))
    outcome = delivered(out, configured(out, PUBLIC_FOLDER, FOLDER, blocked, other))
    says = "share がありません。共有がつながっているか(.|\n)*「blocked.*/blocked がフォルダーではありません"
    assert re.search(says, said(outcome, "failed", "failed", "sent"))
    assert not share.exists()


def test_a_second_run_says_so_and_leaves(out, to_folder, share):
    to_folder.ledger_folder.mkdir()
    with FileLock(to_folder.ledger_folder / ".lock"), pytest.raises(Refusal, match="別の gyokaku deliver"):
        delivered(out, to_folder)
    (share / ".gyokaku").mkdir()
    with FileLock(share / ".gyokaku" / "lock"):  # another machine, with a ledger of its own
        assert "別の gyokaku deliver が書いています" in said(delivered(out, to_folder), "failed")


ONE_RUN = """
import sys
from datetime import datetime
from pathlib import Path
from helpers.operate import deliver
out = Path(sys.argv[1])
{before}
outcome = deliver.deliver(
    deliver.configuration(out.parent / "deliver.toml"), out, year_sets=None, now=datetime.fromisoformat(sys.argv[2])
)
for one in outcome.deliveries:
    print(one.state, *one.sentences)
print(*outcome.faults)
"""


# So slow that the moments of a kill are spread over all the steps; it says when it begins.
SLOW = """
import os, time
real = os.fsync
os.fsync = lambda one: (time.sleep(0.01), real(one))[1]
print("begun", flush=True)
"""


def a_run(out: Path, before: str = "", **settings: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", ONE_RUN.format(before=before), str(out), AUGUST.isoformat()],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        **settings,
    )


def killed_after(seconds: float, out: Path) -> None:
    run = a_run(out, SLOW)
    run.stdout.readline()
    time.sleep(seconds)
    run.kill()
    run.communicate()


def test_a_limit_on_the_size_of_files_leaves_the_former_version(out, to_folder, share):
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    delivered(out, to_folder)
    before = files(share)
    made_up_reports.year_set(out, words="大" * 20_000)
    run = a_run(out, "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))")
    told, _ = run.communicate(timeout=60)
    assert re.search("failed.*大きさの上限を超えました", told)
    assert "Traceback" not in told
    assert files(share) == before
    assert delivered(out, to_folder).is_good
    assert files(share / PLAN) == files(out / PLAN)
    assert resource.getrlimit(resource.RLIMIT_FSIZE) != (20_000, 20_000), "this process has no such limit"


@pytest.mark.slow
def test_a_copy_killed_at_any_moment_leaves_a_whole_version_and_the_next_completes_it(out, to_folder, share):
    delivered(out, to_folder)
    chance = random.Random(20260820)  # noqa: S311 — moments, no secrets
    for number in range(5):
        standing = files(share / PLAN / "2024")
        coming = files(made_up_reports.year_set(out, words=f"版{number}"))
        killed_after(chance.random() * 0.3, out)
        assert files(share / PLAN / "2024") in (standing, coming), "the former or the new one, never a mixture"
        assert delivered(out, to_folder).is_good
        assert files(share / PLAN / "2024") == coming
        old = [path for path in (share / "_old").rglob("2024") if files(path) == standing]
        assert len(old) == 1, "the version replaced is kept, once and whole"
    assert not list((share / ".gyokaku").glob("[!l]*")), "nothing is left of the killed runs"


KILLED = """
import os
from helpers import publish
step, can_exchange, target = {step!r}, {can_exchange!r}, Path({target!r})
real, really = Path.rename, publish._exchanged

def rename(self, to):
    to = Path(to)
    if (step == "between" and to == target) or (step == "exchanged" and "_old" in to.parts):
        os._exit(9)
    return real(self, to)

def exchanged(staged, place):
    if step == "copied":
        os._exit(9)
    return can_exchange and really(staged, place)

Path.rename, publish._exchanged = rename, exchanged
"""


@pytest.mark.parametrize(
    ("step", "can_exchange"), [("copied", True), ("exchanged", True), ("copied", False), ("between", False)]
)
def test_killed_at_each_step_nothing_is_lost(out, step, can_exchange, to_folder, share):
    delivered(out, to_folder)
    first = files(out / PLAN / "2024")
    made_up_reports.year_set(out, words="変わった")
    target = str((share / PLAN / "2024").resolve())
    run = a_run(out, KILLED.format(step=step, can_exchange=can_exchange, target=target))
    told, _ = run.communicate(timeout=60)
    assert run.returncode == 9, told
    places = (share / PLAN / "2024", share / "_old/2026-08-20" / PLAN / "2024", *(share / ".gyokaku").glob("whole-*"))
    assert first in map(files, places)
    assert delivered(out, to_folder, now=NEXT_DAY).is_good
    assert files(share / PLAN / "2024") == files(out / PLAN / "2024")
    assert [files(path) for path in (share / "_old").rglob("2024")] == [first]


def test_delivering_imports_nothing_heavy():
    code = "import sys, helpers.operate.deliver; sys.exit(bool({'pandas', 'jinja2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What is never handed over


@pytest.mark.parametrize(
    ("change", "is_withheld"),
    [
        ({}, True),
        ({"acknowledged": "課長が了承"}, False),
        ({"severity": "warn"}, False),
        ({"result": "not_applicable"}, False),
        ({"result": "not_run"}, True),
        ({"result": "a new word"}, True),
        ({"severity": "a new word"}, True),
    ],
)
def test_which_findings_hold_a_set_back(out, box, to_mayor, change, is_withheld, share):
    made_up_reports.year_set(out, findings=(FAILED | change,))
    says = said(delivered(out, to_mayor), *["withheld" if is_withheld else "sent"] * 2)
    assert ("検算 V07 に通っていないので、配っていません" in says) is is_withheld
    assert (files(share) == {}, box.letters == []) == (is_withheld, is_withheld)
    assert all(("合わないまま了承されているもの: V07" in body(one)) is ("acknowledged" in change) for one in box.read())


@pytest.mark.parametrize(
    "file", ["brief.html", "metrics.json", "summary.json", "notebooks/brief.ipynb", "data/measures.csv"]
)
def test_what_is_not_as_it_was_built_stays(out, box, to_mayor, file, share):
    path = out / PLAN / "2024" / file
    path.write_bytes(path.read_bytes() + b" ")
    for name in (file, "data/missing.csv", "../../manifest.json"):
        with pytest.raises(built.Withheld, match="作ったときのものと違います"):
            built.units(out, "internal")[f"{PLAN}/2024"].read(name)
    assert f"{path} が、作ったときのものと違います" in said(delivered(out, to_mayor), "withheld", "withheld")
    path.unlink()
    assert became(delivered(out, to_mayor)) == ["withheld", "withheld"]
    assert (files(share), box.letters) == ({}, [])


def test_a_file_that_changes_while_it_is_copied_is_noticed(out, monkeypatch, to_folder, share):
    real, page = folder._copy, out / PLAN / "2024" / "brief.html"

    def copy(source, target):
        if source == page:
            page.write_text("今、変わった", encoding="utf-8")
        return real(source, target)

    monkeypatch.setattr(folder, "_copy", copy)
    assert became(delivered(out, to_folder)) == ["withheld"]
    assert files(share) == {}


def test_the_public_is_given_what_is_public_and_nothing_else(out, box, trusted, share):
    tables = (FOLDER, PUBLIC_FOLDER, mail_table(box.port, trusted), recipient("議会", OFFICE, audience="public"))
    configuration = configured(out, *tables)
    assert states(delivered(out, configuration)) == [("庁議の共有フォルダー", "new", "sent")], "nothing is public yet"
    made_up_reports.year_set(out, audience="public", title="架空市 公表用")
    assert delivered(out, configuration).is_good
    ((address, _),), (message,) = box.letters, box.read()
    assert address == OFFICE
    assert "https://www.example.lg.jp/gyokaku/made-up/2024/brief.html" in body(message)
    assert "公表用の資料です" in body(message)
    public = files(out / "public")
    assert files(out.parent / "web") == {name: public[name] for name in public if name != "manifest.json"}
    assert not (share / "public").exists()


def test_an_internal_page_in_the_public_tree_stays(out, box, trusted):
    tables = (PUBLIC_FOLDER, mail_table(box.port, trusted), recipient("議会", OFFICE, audience="public"))
    configuration = configured(out, *tables)
    made_up_reports.year_set(out, audience="public", made_for="internal")  # its notebook says so
    assert became(delivered(out, configuration)) == ["withheld", "withheld"]
    made_up_reports.year_set(out, audience="public")
    manifest = out / "public" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"audience": "public"', b'"audience": "internal"'))
    assert became(delivered(out, configuration)) == ["withheld", "withheld"]
    shutil.rmtree(out / "public")
    shutil.copytree(out, out / "public")  # all of it says so
    assert "public 用の場所に、internal 用のページがあります" in said(
        delivered(out, configuration), "withheld", "withheld"
    )
    assert (files(out.parent / "web"), box.letters) == ({}, [])


def notebook_of(**changed: object) -> str:
    about = {"plan": PLAN, "fiscal_year": 2024, "audience": "internal"} | changed
    return json.dumps({"metadata": {"papermill": {"parameters": about}}})


OTHERS, UNREADABLE = "別の計画か年度のものです", "要約（summary.json）を読めません"
NOBODYS = "brief.ipynb: どの計画・年度・読み手のものか分かりません"


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("summary.json", '{"plan": "other", "fiscal_year": 2024, "findings": []}', OTHERS),
        ("summary.json", f'{{"plan": "{PLAN}", "fiscal_year": 2023, "findings": []}}', OTHERS),
        ("metrics.json", "{}", OTHERS),
        ("metrics.json", "{", UNREADABLE),
        ("summary.json", "[]", UNREADABLE),
        *(("notebooks/brief.ipynb", content, NOBODYS) for content in ("{}", "{")),
        *(("notebooks/brief.ipynb", notebook_of(**one), NOBODYS) for one in ({"plan": "other"}, {"fiscal_year": 2023}, {"fiscal_year": None})),
    ],
)  # fmt: skip
def test_a_set_that_does_not_say_that_it_is_this_plans_and_years_stays(out, file, content, says, to_folder):
    made_up_reports.replace(out, f"{PLAN}/2024", file, content.encode())
    assert says in said(delivered(out, to_folder), "withheld")


def rewritten(path: Path, change) -> None:
    """A file of JSON, as `change` leaves what it holds."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("name", ["../brief.html", "a/../../b", "/etc/passwd", "a\\b", "C:b", "a//b", "", "a\nb"])
def test_a_manifest_that_leads_elsewhere_is_not_followed(out, name, to_folder):
    rewritten(out / "manifest.json", lambda all_: all_["sets"][f"{PLAN}/2024"]["outputs"].update({name: "0" * 64}))
    assert "が使えません" in said(delivered(out, to_folder), "withheld")


@pytest.mark.parametrize(
    "name", ["../elsewhere/2024", "public/2024", "/made-up/2024", f"{PLAN}/2024/..", "..", "made-up/20244"]
)
def test_a_unit_of_a_strange_name_is_none(out, name):
    rewritten(out / "manifest.json", lambda all_: all_["sets"].update({name: all_["sets"].pop(f"{PLAN}/2024")}))
    assert name not in built.units(out, "internal")


@pytest.mark.parametrize("content", ["{", "[]", '{"sets": 3}', '{"sets": {"made-up/2024": {}}}'])
def test_a_manifest_that_is_none_is_told(out, content, to_folder):
    (out / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match=r"manifest\.json: 目録として読めません"):
        delivered(out, to_folder)


def test_the_committed_reports_can_be_handed_over(tmp_path):
    configuration = configured(tmp_path / "reports", WITH_MAIL, recipient())
    outcome = delivered(ROOT / "reports", configuration, dry_run=tmp_path / "dry")
    assert set(became(outcome)) == {"written"}
    assert outcome.is_good
    units = built.units(ROOT / "reports", "internal")
    for unit in units.values():
        unit.verify()
    # The words of page one, taken out of the page itself, are those of the summary.
    year_set = built.year_set(units["isehara-6/2024"])
    headline = letter._Headline()
    headline.feed(year_set.unit.read("brief.html").decode())
    assert "".join("".join(headline.words["h1"]).split()) == year_set.summary["headline"]
    assert "".join(headline.words["title"]) == year_set.summary["title"]


# Letters


def test_a_letter_by_starttls(out, box, to_mayor):
    outcome = delivered(out, to_mayor)
    assert states(outcome) == [("庁議の共有フォルダー", "new", "sent"), ("市長", "new", "sent")]
    assert box.encrypted == [True]
    (message,) = box.read()
    assert message["Subject"] == TITLE
    assert message["From"].addresses == (Address("行財政改革担当", addr_spec="gyokaku@example.lg.jp"),)
    assert message["To"].addresses == (Address("市長", addr_spec=MAYOR),)
    assert message["Date"].datetime == AUGUST
    assert re.fullmatch(r"<[^@<>]+@example\.lg\.jp>", message["Message-ID"])
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("ja", "auto-generated")
    assert not message.defects
    says = body(message)
    for words in (
        *("市長 様", f"{TITLE}のページができました。", "庁内用の資料です", "達成率: 70.0%"),
        *("10件中7件（70.0%）が概ね計画どおり以上。", "\\\\fileserver\\行革\\made-up\\2024\\brief.html"),
        *("合格 20件", "注意 1件", "架空の概要（架空市 企画課、2025-08）"),
    ):
        assert words in says
    assert list(message.iter_attachments()) == []
    assert all(len(line) <= 998 and line.isascii() for line in box.letters[0][1].split(b"\r\n"))


def test_nothing_is_copied_or_sent_twice(out, box, to_mayor, share):
    delivered(out, to_mayor)
    before = {path: path.stat().st_ino for path in share.rglob("*")}
    again = delivered(out, to_mayor, now=NEXT_DAY)
    assert states(again) == [("庁議の共有フォルダー", "new", "already"), ("市長", "new", "already")]
    assert again.is_good
    assert {path: path.stat().st_ino for path in share.rglob("*")} == before
    assert len(box.letters) == 1
    assert events(out) == ["sent", "attempting", "sent"]


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv("A_PASSWORD", letterbox.PASSWORD)


@pytest.mark.usefixtures("password")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("kept_in", ["file", "environment"])
def test_a_login_over_an_encrypted_way(out, trusted, security, kept_in):
    secret = out.parent / "password"
    secret.write_text(f"{letterbox.PASSWORD}\n", encoding="utf-8")
    secret.chmod(0o600)
    key = {"password_file": str(secret)} if kept_in == "file" else {}
    with letterbox.letterbox(trusted, security=security, auth=True) as box:
        table = with_login(box, trusted, security=security, **key)
        assert delivered(out, configured(out, FOLDER, table, recipient())).is_good
    assert (box.logins, box.encrypted) == ([True], [True])
    assert [message["Subject"] for message in box.read()] == [TITLE]


@pytest.mark.usefixtures("password")
def test_without_encryption_nothing_is_sent(out, trusted, waited, tried):
    with letterbox.letterbox(None, auth=True) as box:
        outcome = delivered(out, configured(out, FOLDER, with_login(box, trusted), *MAYOR_AND_COUNCIL))
    assert len(tried) == 1, "what holds for one holds for all"
    assert "STARTTLS を受け付けません。暗号化しない送信はしない" in said(outcome, "sent", "failed", "failed")
    assert (box.letters, box.logins, waited) == ([], [], [])


@pytest.mark.usefixtures("password")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_whom_the_certificate_does_not_prove_gets_nothing(out, trusted, tmp_path, security, wrong, waited):
    shown = letterbox.certificate(tmp_path, "mail.example.jp") if wrong == "name" else trusted
    believed = shown if wrong == "name" else letterbox.certificate(tmp_path)
    with letterbox.letterbox(shown, security=security, auth=True) as box:
        server = with_login(box, believed, security=security)
        outcome = delivered(out, configured(out, FOLDER, server, recipient()))
    assert "証明書を確かめられません" in said(outcome, "sent", "failed")
    assert (box.letters, box.logins, waited) == ([], [], [])


def test_without_an_authority_named_the_systems_are_asked(out, trusted):
    with letterbox.letterbox(trusted) as box:
        outcome = delivered(out, configured(out, FOLDER, mail_table(box.port), recipient()))
    assert "証明書を確かめられません" in said(outcome)
    assert box.letters == []
    (out.parent / "no.pem").write_text("no certificate", encoding="utf-8")
    for name in ("no.pem", "missing.pem"):
        configuration = configured(out, FOLDER, mail_table(box.port, ca_file=name), recipient())
        assert "証明書（PEM）として読めません" in said(delivered(out, configuration))


# What a server may do


def test_one_who_is_refused_costs_the_others_nothing(out, box, to, waited):
    box.refused[MAYOR] = ["550 5.1.1 no such user"]
    outcome = delivered(out, to(*MAYOR_AND_COUNCIL))
    assert f"宛先 {MAYOR}を受け付けません（550 5.1.1 no such user）" in said(outcome, "sent", "failed", "sent")
    assert not outcome.is_good
    assert [address for address, _ in box.letters] == [OFFICE]
    assert waited == [], "a refusal is for good"
    box.refused.clear()
    assert delivered(out, to(*MAYOR_AND_COUNCIL)).is_good
    assert [address for address, _ in box.letters] == [OFFICE, MAYOR]


@pytest.mark.parametrize("where", ["address", "letter"])
def test_later_means_again_after_a_while(out, box, to_mayor, waited, where):
    if where == "address":
        box.refused[MAYOR] = ["451 4.7.1 greylisted", "450 later", ""]
    else:
        box.answers = ["451 4.3.0 later", "452 full"]
    assert "もう一度試して、送れました" in said(delivered(out, to_mayor), "sent", "sent")
    assert waited == list(mail.WAITS_SECONDS[:2])
    assert len(box.letters) == 1


def test_later_for_ever_is_told_and_the_next_run_tries_again(out, box, to, waited):
    box.refused[MAYOR] = ["451 4.7.1 greylisted"]
    box.refused[OFFICE] = ["451 4.7.1 the first time", "451 4.7.1 the second time"]
    configuration = to(*MAYOR_AND_COUNCIL)
    says = said(delivered(out, configuration), "sent", "failed", "failed")
    assert re.search(r"451 4\.7\.1 greylisted(.|\n)*451 4\.7\.1 the first time", says)
    assert waited == list(mail.WAITS_SECONDS), "the second is tried once: a run has an end"
    assert events(out) == ["sent"], "no letter was begun"
    box.refused.clear()
    assert delivered(out, configuration).is_good
    assert [address for address, _ in box.letters] == [MAYOR, OFFICE]


def test_a_letter_refused_whole_was_not_taken(out, box, to_mayor):
    box.answers = ["554 5.6.0 not that"]
    assert "本文を受け付けません（554 5.6.0 not that）" in said(delivered(out, to_mayor))
    assert events(out) == ["sent", "attempting", "rejected"]
    assert "届いたかもしれない" not in said(delivered(out, to_mayor))
    assert len(box.letters) == 1


def test_a_server_that_dies_in_the_middle_took_nothing(out, box, to, waited):
    made_up_reports.year_set(out, words="大" * 1_000_000)  # more than the line holds before anybody reads
    box.answers = ["cut"]
    says = said(delivered(out, to(recipient(attach=["html"]))), "sent", "sent")
    assert "通信が途中で切れました" in says
    assert "二通届く" not in says
    assert len(box.letters) == 1
    assert waited == [mail.WAITS_SECONDS[0]]


@pytest.mark.parametrize("answer", ["silent", "250 OK taken"])
def test_without_an_answer_to_the_end_that_can_be_understood_the_same_letter_goes_again(
    out, box, to_mayor, monkeypatch, answer
):
    """The server dies, or answers in words that nobody understands: it may have taken the letter all the same."""
    real = mail.smtplib.SMTP.getreply

    def getreply(self):
        found = real(self)
        return (-1, b"") if len(box.letters) == 1 and found[1] == b"OK taken" else found

    box.answers = [answer]
    monkeypatch.setattr(mail.smtplib.SMTP, "getreply", getreply)
    assert "同じ Message-ID でもう一度送りました（二通届くことがあります）" in said(
        delivered(out, to_mayor), "sent", "sent"
    )
    first, second = box.letters
    assert first == second, "the same to the byte"
    assert events(out) == ["sent", "attempting", "attempting", "sent"]


def test_a_server_that_never_answers_the_end_leaves_it_uncertain(out, box, to_mayor):
    box.answers = ["silent"] * 4
    says = said(delivered(out, to_mayor), "sent", "failed")
    assert "届いたかもしれません。次の回に、同じ Message-ID でもう一度送ります" in says
    says = said(delivered(out, to_mayor, now=NEXT_DAY), "already", "sent")
    assert "前の回に届いたかもしれないので、同じ Message-ID で送り直しました" in says
    assert len({content for _, content in box.letters}) == 1, "the same to the byte, with the date of the first"
    assert delivered(out, to_mayor, now=NEXT_DAY).is_good
    assert len(box.letters) == 5


def test_a_refusal_after_a_silence_does_not_unsay_the_silence(out, box, to_mayor):
    box.answers = ["silent", "554 no more"]
    assert "届いたかもしれません" in said(delivered(out, to_mayor))
    box.answers = ["554 nor in the next run"]
    assert not delivered(out, to_mayor).is_good
    assert "二通届くことがあります" in said(delivered(out, to_mayor))


def test_a_letter_that_may_have_arrived_and_says_something_else_is_replaced(out, box, to_mayor):
    box.answers = ["silent"] * 4
    delivered(out, to_mayor)
    made_up_reports.year_set(out, figures=WORSE)
    delivered(out, to_mayor, now=NEXT_DAY)
    last = box.read()[-1]
    assert last["Subject"] == f"【訂正】{TITLE}"
    assert "2026-08-20にお送りした同じ件のお知らせが届いているときは、このお知らせに置き換えてください" in body(last)
    assert "1.20億円 → 9,000万円" in body(last)
    assert last["Message-ID"] != box.read()[0]["Message-ID"]


def test_a_line_that_begins_with_a_dot_does_not_end_the_letter():
    assert mail._dotted(b"a\n.\r\n..b\r.c") == b"a\r\n..\r\n...b\r\n..c\r\n"


def test_a_server_that_is_away_is_told_once_and_met_next_time(out, trusted, waited, tried):
    with letterbox.letterbox(trusted) as box:
        port = box.port
    outcome = delivered(out, configured(out, FOLDER, mail_table(port, trusted), *MAYOR_AND_COUNCIL))
    assert len(tried) == 1 + len(mail.WAITS_SECONDS), "the second is not tried"
    assert f"localhost:{port} につながりません（断られました）" in said(outcome, "sent", "failed", "failed")
    assert waited == list(mail.WAITS_SECONDS)
    with letterbox.letterbox(trusted) as box:
        assert delivered(out, configured(out, FOLDER, mail_table(box.port, trusted), *MAYOR_AND_COUNCIL)).is_good
    assert len(box.letters) == 2


def test_attachments_have_an_end(out, to, monkeypatch):
    monkeypatch.setattr(letter, "MOST_ATTACHED", 100)
    outcome = delivered(out, to(recipient(attach=["html"])))
    assert "大きすぎるので、送っていません（100 バイトまで）" in said(outcome)


@pytest.mark.slow
def test_killed_at_any_moment_no_letter_is_lost(out, box, to):
    """A run is killed again and again while it mails; at the end everybody has the letter, doubles only under one Message-ID."""
    addresses = [f"k{number}@example.lg.jp" for number in range(6)]
    configuration = to(*(recipient(f"課長{address}", address) for address in addresses))
    chance = random.Random(20260821)  # noqa: S311 — moments, no secrets
    for _ in range(5):
        killed_after(chance.random() * 0.6, out)
    assert delivered(out, configuration).is_good
    got = {(address, one["Message-ID"]) for (address, _), one in zip(box.letters, box.read(), strict=True)}
    assert sorted(address for address, _ in got) == addresses
    assert len(box.letters) <= 6 + 5, "at most one double a kill"


# What the letters say

LONG = "架空市 第12次行財政改革推進計画（令和の大改革・ＤＸ推進編）アクションプラン 令和6年度取組結果（概要版）について 全庁的な取組の推進状況"


def test_long_japanese_subjects_names_and_files_are_read_back_whole(out, box, to):
    made_up_reports.year_set(out, title=LONG)
    page = out / PLAN / "2024" / "brief.html"
    page.with_suffix(".pdf").write_bytes(marked(b"%PDF-1.7 \x00\xff\r\n.\r\n made up", page.read_bytes()))
    name = '政策企画部 行財政改革推進担当部長（兼）デジタル・トランスフォーメーション推進室長, Jr. "様" <市>'
    assert delivered(out, to(recipient(name, attach=["html", "pdf"]))).is_good
    (message,) = box.read()
    assert message["Subject"] == LONG
    # Up to Python 3.12 its own parser puts blanks between the parts of a long name; the older reader follows RFC 2047.
    to = message_from_bytes(box.letters[0][1], policy=compat32)["To"]
    assert str(make_header(decode_header(to))) == f"{name} <{MAYOR}>"
    assert message["To"].addresses[0].addr_spec == MAYOR
    parts = message.iter_attachments()
    assert [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in parts] == [
        (f"{LONG}.html", "text/html", page.read_bytes()),
        (f"{LONG}.pdf", "application/pdf", page.with_suffix(".pdf").read_bytes()),
    ]
    assert "このメールに添付しました" in body(message)
    header = box.letters[0][1].partition(b"\r\n\r\n")[0]
    assert header.isascii()
    assert max(map(len, header.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "title",
    ["架空\r\nBcc: thief@example.com\r\n\r\n本文", "架空\u2028Bcc: a@b.jp", "../../架空/\u202e計画:?", "\u200b"],
)
def test_a_plans_name_cannot_write_headers_or_paths(out, box, to, title):
    made_up_reports.year_set(out, title=title, words="\n.\nQUIT\n")
    delivered(out, to(recipient(attach=["html"])))
    (message,) = box.read()
    assert message["Bcc"] is None
    assert [address for address, _ in box.letters] == [MAYOR]
    assert message["Subject"] == letter.one_line(title)
    (attached,) = message.iter_attachments()
    assert not re.search(r"[\\/:*?\u202e\r\n]", attached.get_filename())
    assert attached.get_filename().removesuffix(".html")
    assert attached.get_payload(decode=True) == (out / PLAN / "2024" / "brief.html").read_bytes()
    assert ".\nQUIT\n" in body(message), "a dot alone on a line is no end"


def test_a_letter_in_english(out, box, to):
    made_up_reports.year_set(out, english=True)
    configuration = to(recipient(language="en", attach=["html"]))
    assert delivered(out, configuration).is_good
    (message,) = box.read()
    assert (message["Subject"], message["Content-Language"]) == ("Made-up City results", "en")
    for words in (
        "7 of 10 measures (70.0%) were broadly on plan or better.",
        "actual effect: 120.0 million yen",
        "\\made-up\\2024\\brief.en.html",
    ):
        assert words in body(message)
    assert [part.get_filename() for part in message.iter_attachments()] == ["Made-up City results.html"]
    made_up_reports.year_set(out, english=True, figures=WORSE)
    delivered(out, configuration, now=NEXT_DAY)
    correction = box.read()[1]
    assert correction["Subject"] == "[Correction] Made-up City results"
    assert "actual effect | whole plan | 120.0 million yen → 90.00 million yen" in body(correction)


def test_a_letter_waits_for_the_page_it_points_to(out, box, to_mayor, share):
    share.rmdir()
    assert "共有フォルダー「庁議の共有フォルダー」にまだないので、送っていません" in said(
        delivered(out, to_mayor), "failed", "withheld"
    )
    share.mkdir()
    assert delivered(out, to_mayor).is_good
    assert len(box.letters) == 1


def test_what_nobody_foresaw_costs_one_letter(out, to_mayor):
    made_up_reports.year_set(out, year=2025)
    summary = (out / PLAN / "2024" / "summary.json").read_bytes()
    made_up_reports.replace(out, f"{PLAN}/2024", "summary.json", summary.replace(b'"checks"', b'"czechs"'))
    says = said(delivered(out, to_mayor), "sent", "sent", "failed", "sent")
    assert re.search(r"予期しない誤りです（KeyError、letter\.py [0-9]+行）。", says)


def test_a_recipient_of_some_plans_is_told_of_those(out, box, to):
    assert states(delivered(out, to(recipient(plans=["another"])))) == [("庁議の共有フォルダー", "new", "sent")]
    assert box.letters == []


def test_a_year_whose_pages_are_gone_with_its_data_stops_no_run_to_come(out, to_mayor):
    made_up_reports.year_set(out, year=2025)
    shutil.rmtree(out / PLAN / "2025")
    outcome = delivered(out, to_mayor)
    assert (outcome.is_good, {one.fiscal_year for one in outcome.deliveries}) == (True, {2024}), said(outcome)


# Corrections


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {
                ("actual_effect", "plan", ""): (110_000_000, "1.10億円", "yen"),
                ("effect_multiplier", "plan", ""): (("11/10", "23/20"), "1.10〜1.15倍", "multiplier"),
                ("actual_effect", "policy", "1"): None,
                ("actual_effect", "measure", "m-000001"): (70_000_000, "7,000万円", "yen"),
                ("measures_by_grade", "policy:grade", "1:A"): (2, "2件", "measures"),
                ("scenario_effect", "scenario", "S0"): (1, "1円", "yen"),
            },
            (
                "■ 動いた数値（4件）\n"
                "指標｜範囲｜前にお伝えした値 → 今の値\n"
                "実績効果額｜計画全体｜1.20億円 → 1.10億円\n"
                "倍率｜計画全体｜1.20倍 → 1.10〜1.15倍\n"
                "評価別の取組数｜方針1 評価A｜3件 → 2件\n"
                "実績効果額｜架空の取組｜8,000万円 → 7,000万円\n"
                "\n"
                "■ なくなった数値（1件）。前にお伝えした値は使わないでください\n"
                "実績効果額｜方針1｜9,000万円\n"
                "\n"
                "■ 加わった数値（1件）\n"
                "残りの年度の試算｜残りの見込みどおり｜1円"
            ),
        ),
        (  # 1.20億円 → 1.20億円 tells nobody anything
            {
                ("actual_effect", "plan", ""): (120_000_001, "1.20億円", "yen"),
                ("measures_by_grade", "policy:grade", "1:A"): (2, "2件", "measures"),
            },
            (
                "■ 動いた数値（1件）\n"
                "指標｜範囲｜前にお伝えした値 → 今の値\n"
                "評価別の取組数｜方針1 評価A｜3件 → 2件\n"
                "\n"
                "■ 示した桁では変わらず、それより下の桁だけが動いた数値（1件）\n"
                "実績効果額｜計画全体｜1.20億円"
            ),
        ),
    ],
    ids=["shown", "below the digits shown"],
)
def test_a_figure_that_moved_is_sent_as_a_correction_with_what_moved(out, box, to_mayor, changed, says):
    delivered(out, to_mayor)
    made_up_reports.year_set(out, figures=changed)
    outcome = delivered(out, to_mayor, now=NEXT_DAY)
    assert states(outcome) == [("庁議の共有フォルダー", "correction", "sent"), ("市長", "correction", "sent")]
    message = box.read()[1]
    assert message["Subject"] == f"【訂正】{TITLE}"
    told = body(message)
    assert told[told.index("■ 動いた数値") :].split("\n■ 要点")[0].rstrip() == says


def test_back_to_the_first_figures_is_a_correction_too(out, box, to_mayor):
    for day, figures in enumerate(({}, WORSE, {}, {})):
        made_up_reports.year_set(out, figures=figures)
        delivered(out, to_mayor, now=AUGUST + timedelta(days=day))
    letters = box.read()
    assert [message["Subject"] for message in letters] == [TITLE, f"【訂正】{TITLE}", f"【訂正】{TITLE}"]
    assert "9,000万円 → 1.20億円" in body(letters[2])
    assert len({message["Message-ID"] for message in letters}) == 3


def test_words_alone_make_the_folder_new_and_are_mailed_to_those_who_ask(out, box, to):
    configuration = to(recipient(), recipient("議会", OFFICE, changes=True))
    delivered(out, configuration)
    added = {("scenario_effect", "scenario", "S0"): (1, "1円", "yen")}
    made_up_reports.year_set(out, words="言葉だけ変えた", figures=added)
    outcome = delivered(out, configuration, now=NEXT_DAY)
    assert states(outcome) == [
        ("庁議の共有フォルダー", "changed", "sent"),
        ("市長", "changed", "already"),
        ("議会", "changed", "sent"),
    ]
    assert "数値はどれも動いていないので、手紙は送りません" in said(outcome)
    (changed,) = box.read()[2:]
    assert (changed["Subject"], changed["To"].addresses[0].addr_spec) == (f"【更新】{TITLE}", OFFICE)
    assert "前にお伝えした数値は、どれも動いていません" in body(changed)
    assert "■ 加わった数値（1件）" in body(changed)


def test_a_correction_is_reckoned_from_what_was_last_sent_to_each(out, box, to, to_mayor):
    delivered(out, to_mayor)
    made_up_reports.year_set(out, figures=WORSE)
    delivered(out, to(*MAYOR_AND_COUNCIL), now=NEXT_DAY)
    assert [(m["To"].addresses[0].addr_spec, m["Subject"]) for m in box.read()[1:]] == [
        (MAYOR, f"【訂正】{TITLE}"),
        (OFFICE, TITLE),
    ]


ROW = made_up_reports.row(("achievement_rate", "plan", ""), ("7/10", "70.0%", "rate"), 2024)
CATEGORY = ROW | {"metric": "feasible_policies", "exact": None, "unit": "category", "display": "方針1・2"}


@pytest.mark.parametrize(
    ("row", "change", "has_moved"),
    [
        *((ROW, change, True) for change in ({"exact": "8/10"}, {"exact": None, "low": "6/10", "high": "8/10"})),
        (ROW, {"unit": "share"}, True),
        *((ROW, change, False) for change in ({"display": "約70%"}, {"inputs": []}, {"status": "stated"})),
        (CATEGORY, {"display": "方針1"}, True),
        (CATEGORY, {}, False),
    ],
)
def test_what_counts_as_a_figure_that_moved(row, change, has_moved):
    found = moved([row], [row | change])
    assert bool(found.moved) is has_moved
    assert (found.appeared, found.gone) == ((), ())


def test_what_was_not_known_was_not_told_and_is_not_corrected():
    """A year before that is registered later gives figures to the years after it: they come to what was told."""
    unknown = ROW | {"exact": None, "display": "未登録（前年度）", "status": "not_available"}
    later = moved([unknown], [ROW])
    assert (later.appeared, later.is_correction) == ((ROW,), False)
    assert moved([unknown], [unknown | {"display": "対象外", "status": "undefined"}]) == moved([], [])
    withdrawn = moved([ROW], [unknown])
    assert (withdrawn.gone, withdrawn.is_correction) == ((ROW,), True)
    assert moved([ROW], [ROW | {"fiscal_year": 2023}]).gone == (ROW,)


def test_every_scope_of_the_committed_figures_is_called_by_its_name():
    year_set = built.year_set(built.units(ROOT / "reports", "internal")["isehara-6/2024"])
    names = letter._names(year_set)
    called = {(row["scope"], row["scope_id"]): letter._whose(row, names) for row in year_set.figures}
    assert (called["department:grade", "企画部:C"], called["department", "企画部"]) == ("企画部 評価C", "企画部")
    assert called["measure", "m-49cb8a"] == "エコオフィスの実現に向けた取組"
    assert not [words for words in called.values() if re.search(r"[a-z]{3}|m-", words)]


# The ledger


def test_the_figures_that_were_sent_are_kept(out, to_folder):
    delivered(out, to_folder)
    (line,) = lines(out)
    kept = out.parent / "deliveries" / "metrics" / f"{line['metrics']}.json"
    assert kept.read_bytes() == (out / PLAN / "2024" / "metrics.json").read_bytes()
    assert (out.parent / "deliveries").stat().st_mode & 0o077 == 0
    made_up_reports.year_set(out, figures=WORSE)
    kept.write_text("[]", encoding="utf-8")
    assert "どの数値が動いたかを言えません" in said(delivered(out, to_folder), "withheld")
    kept.unlink()
    assert "どの数値が動いたかを言えません" in said(delivered(out, to_folder), "withheld")


@pytest.fixture
def flushes(monkeypatch):
    """What was asked onto the disk, in its order: a file with its bytes at that moment, or a folder."""
    asked, real = [], os.fsync

    def fsync(descriptor):
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        asked.append((path.name, path.read_bytes() if path.is_file() else None))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return asked


def test_a_line_is_on_the_disk_whole_before_the_next_step(tmp_path, flushes):
    """A power cut after the step must not forget it: the line, and with a new file the folder's entry for it."""
    book = ledger.Ledger(tmp_path)
    first, second = ({"event": "attempting", "key": key} for key in ("架空", "別"))
    book.add(first)
    lines_of = [f"{json.dumps(line, ensure_ascii=False)}\n".encode() for line in (first, second)]
    assert flushes == [(ledger.NAME, lines_of[0]), (tmp_path.name, None)]
    book.add(second)
    assert flushes[2:] == [(ledger.NAME, b"".join(lines_of))]


def test_the_figures_handed_over_are_on_the_disk_before_they_have_their_name(tmp_path, flushes):
    name = ledger.Ledger(tmp_path).keep(b"[]")
    assert flushes == [(f".{name}.part", b"[]"), (ledger.KEPT, None)]
    assert ledger.Ledger(tmp_path).kept(name) == []


@pytest.mark.parametrize("event", ["attempting", "sent"])
def test_half_a_line_is_a_step_that_was_not_taken(out, box, to_mayor, event):
    delivered(out, to_mayor)
    path = out.parent / "deliveries" / "ledger.jsonl"
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(n for n, line in enumerate(whole) if json.loads(line)["event"] == event and "mail:" in line)
    path.write_text("".join(whole[:number]) + whole[number][:40], encoding="utf-8")
    outcome = delivered(out, to_mayor)
    assert outcome.is_good
    assert ("届いたかもしれない" in said(outcome)) is (event == "sent")
    assert len(box.letters) == 2
    assert delivered(out, to_mayor).is_good
    assert len(box.letters) == 2


UNDATED = json.dumps({"event": "attempting"} | dict.fromkeys(("key", "unit", "set", "metrics", "kind"), "x")) + "\n"


@pytest.mark.parametrize("line", ["half a li\n", "[]\n", "\n", '{"event": "sent"}\n', '{"event": "erased"}\n', UNDATED])
def test_a_ledger_that_cannot_be_read_stops_everything(out, box, to_mayor, line):
    delivered(out, to_mayor)
    path = out.parent / "deliveries" / "ledger.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("\n", f"\n{line}", 1), encoding="utf-8")
    made_up_reports.year_set(out, figures=WORSE)
    with pytest.raises(Refusal, match=r"ledger\.jsonl 2行: 配布の記録として読めません.*何も配っていません"):
        delivered(out, to_mayor)
    assert len(box.letters) == 1


def test_a_letter_that_went_and_cannot_be_written_down_goes_again_and_says_so(out, box, monkeypatch, to_mayor):
    real = ledger.append

    def append(path, line):
        if line["event"] == "sent" and box.letters:
            raise OSError(28, "No space left on device", str(path))
        real(path, line)

    monkeypatch.setattr(ledger, "append", append)
    says = said(delivered(out, to_mayor), "sent", "sent")
    assert "配布の記録を書けません（ディスクの空きがありません" in says
    assert "次の回に、同じ Message-ID でもう一度送ります" in says
    monkeypatch.undo()
    assert "二通届くことがあります" in said(delivered(out, to_mayor))
    assert len({content for _, content in box.letters}) == 1


def test_where_nothing_can_be_written_down_nothing_is_sent(out, box, trusted, monkeypatch, to_mayor):
    real = ledger.append

    def append(path, line):
        if line["event"] == "attempting":
            raise OSError(28, "No space left on device", str(path))
        real(path, line)

    monkeypatch.setattr(ledger, "append", append)
    began = time.monotonic()
    outcome = delivered(out, to_mayor)
    assert time.monotonic() - began < to_mayor.mail.seconds / 2, "in the middle of a letter no answer is waited for"
    assert "配布の記録を書けません（ディスクの空きがありません" in said(outcome, "sent", "failed")
    assert box.letters == []
    monkeypatch.undo()
    (out.parent / "blocked").write_text("a file", encoding="utf-8")
    blocked = configured(out, 'ledger = "blocked"', FOLDER, mail_table(box.port, trusted), recipient())
    with pytest.raises(Refusal, match="配布の記録を書けません"):
        delivered(out, blocked)


# Passwords


@pytest.mark.parametrize(
    ("mode", "content", "says"),
    [
        *((mode, SECRET, "持ち主のほかにも読めるので、使いません。chmod 600") for mode in (0o644, 0o640, 0o602)),
        *((0o600, word, "空でない1行の英数字と記号") for word in ("", f"{SECRET}\nmore", f"{SECRET}é")),
        (None, "", "パスワードのファイルを読めません"),
    ],
)
def test_a_password_file_that_others_can_read_is_not_used(out, trusted, waited, mode, content, says):
    path = out.parent / "password"
    if mode is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
    with letterbox.letterbox(trusted, auth=True) as box:
        server = with_login(box, trusted, password_file="password")  # noqa: S106 — a name
        told = said(delivered(out, configured(out, FOLDER, server, *MAYOR_AND_COUNCIL)), "sent", "failed", "failed")
    assert says in told
    assert SECRET not in told
    assert (box.letters, box.logins, waited) == ([], [], [])


def test_a_variable_that_is_not_set_is_named(out, trusted, monkeypatch):
    monkeypatch.delenv("A_PASSWORD", raising=False)
    with letterbox.letterbox(trusted, auth=True) as box:
        configuration = configured(out, FOLDER, with_login(box, trusted), recipient())
        assert "環境変数 A_PASSWORD に、" in said(delivered(out, configuration))
        monkeypatch.setenv("A_PASSWORD", "ひみつ")
        told = said(delivered(out, configuration))
        assert "環境変数 A_PASSWORD: パスワードは、空でない1行の英数字と記号で" in told
        assert "ひ" not in told


@pytest.mark.parametrize("is_right", [True, False])
def test_the_password_is_in_no_output_and_no_file(out, trusted, monkeypatch, capfd, is_right):
    """Not even where the server repeats it, and not with the details of a fault."""
    secret = letterbox.PASSWORD if is_right else f"{letterbox.PASSWORD}-wrong"
    monkeypatch.setenv("A_PASSWORD", secret)
    monkeypatch.setenv("GYOKAKU_DEBUG", "1")
    with letterbox.letterbox(trusted, auth=True) as box:
        configured(out, FOLDER, with_login(box, trusted), *MAYOR_AND_COUNCIL)
        words = ["deliver", "--config", str(out.parent / "deliver.toml"), "--out", str(out), "--json"]
        assert cli.main(words) == (0 if is_right else 1)
    told = capfd.readouterr()
    if not is_right:
        assert "user gyokaku のログインを断りました（535）" in told.err
        assert len(box.logins) <= 3, "one login, by each way the server offers; never again in this run"
    written = [path.read_bytes() for path in out.parent.rglob("*") if path.is_file()]
    letters = [content for _, content in box.letters]
    for form in (secret.encode(), b64encode(secret.encode())):
        assert all(form not in one for one in (told.out.encode(), told.err.encode(), *written, *letters))


# Trying it out


def test_a_dry_run_writes_letters_and_lists_and_sends_nothing(out, box, to, share):
    configuration = to(recipient("../市長/..", attach=["html"]))
    dry = out.parent / "some" / "where"
    outcome = delivered(out, configuration, dry_run=dry)
    assert became(outcome) == ["written", "written"]
    assert outcome.is_good
    listed, eml = sorted(dry.iterdir())
    assert listed.name == "001-庁議の共有フォルダー-made-up-2024.txt"
    assert str(share / PLAN / "2024" / "brief.html") in listed.read_text(encoding="utf-8").splitlines()
    assert eml.name == "002-___市長___-made-up-2024.eml"
    assert box.letters == []
    assert not configuration.ledger_folder.exists()
    assert files(share) == {}
    assert delivered(out, configuration).is_good
    assert box.letters[0][1] == eml.read_bytes(), "what is sent later is what was written"
    assert became(delivered(out, configuration, dry_run=dry)) == ["already", "already"]
    eml.unlink()
    (out.parent / "blocked").write_text("a file", encoding="utf-8")
    made_up_reports.year_set(out, figures=WORSE)
    assert "blocked に書けません" in said(delivered(out, configuration, dry_run=out.parent / "blocked"))


# The command


def typed(capsys, *words: object) -> tuple[int, str, str]:
    status = cli.main([str(word) for word in words])
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return status, told.out, told.err


def test_the_command_tells_what_became_of_each(out, box, to, capsys):
    to(*MAYOR_AND_COUNCIL)
    words = ["deliver", "--config", out.parent / "deliver.toml", "--out", out]
    box.refused[OFFICE] = ["550 no"]
    status, told, error = typed(capsys, *words)
    assert status == 1
    assert told.splitlines() == [
        "配布 新規 made-up 2024 庁議の共有フォルダー",
        "配布 新規 made-up 2024 市長",
        "失敗 新規 made-up 2024 議会",
    ]
    assert "made-up 2024 議会: メールサーバー" in error
    box.refused.clear()
    status, told, error = typed(capsys, *words, "--json")
    assert (status, error) == (0, "")
    found = json.loads(told)
    states_of = {row["recipient"]: row["state"] for row in found["deliveries"]}
    assert states_of == {"庁議の共有フォルダー": "already", "市長": "already", "議会": "sent"}
    assert found["faults"] == []


def test_a_ledger_that_is_no_file_stops_everything(out, to_folder):
    (out.parent / "deliveries" / "ledger.jsonl").mkdir(parents=True)
    with pytest.raises(Refusal, match="配布の記録を読めません（ファイルであるべき所にフォルダー"):
        delivered(out, to_folder)


def test_the_identity_of_a_letter_stays_as_it_was_sent():
    """Another form of it, and a second copy of a letter that is on its way would pass as another letter."""
    told = letter.identity("mail:internal:a@example.jp", "isehara-6/2024", "0" * 64, 0)
    assert told == "eaf6aaabda45e8fd83e1827db9504cfbb7d8116b"


def test_a_headline_is_the_one_of_that_class():
    parser = letter._Headline()
    parser.feed(
        "<title>題</title><h1>章</h1><p class='headline'>文</p><h1 class='headline'>要<b>点</b></h1><h1>章</h1>"
    )
    assert parser.words == {"title": ["題"], "h1": ["要", "点"]}


def test_a_copy_that_could_not_take_its_place_is_not_left_lying(out, monkeypatch, to_folder, share):
    def fails(*_, **__):
        raise Refusal("架空の故障。")

    monkeypatch.setattr(folder.publish, "folder", fails)
    assert "架空の故障" in said(delivered(out, to_folder), "failed")
    assert list((share / folder.WORK).glob("whole-*")) == []


@pytest.mark.usefixtures("to_folder")
def test_the_command_takes_plans_and_years(out, capsys):
    made_up_reports.year_set(out, year=2025)
    words = ["--config", out.parent / "deliver.toml", "--out", out, "--dry-run", out.parent / "dry"]
    status, told, _ = typed(capsys, "deliver", PLAN, "--year", "R7", *words)
    assert (status, told.splitlines()) == (0, ["書出し 新規 made-up 2025 庁議の共有フォルダー"])
    status, told, error = typed(capsys, "deliver", "another", "--year", "2030", *words)
    assert (status, told) == (1, "")
    assert "another、2030年度: 配るページがまだありません" in error


def test_the_configuration_lies_beside_the_data(out, tmp_path, monkeypatch, capsys):
    (tmp_path / "data" / PLAN).mkdir(parents=True)
    (tmp_path / "data" / PLAN / "plan.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    status, _, error = typed(capsys, "deliver")
    assert status == 1
    assert "deliver.toml: 配布の設定ファイルがありません。docs/deliver.example.toml を写して" in error
    configured(out, FOLDER)
    assert typed(capsys, "deliver")[0] == 0
    assert (tmp_path / "share" / PLAN / "2024" / "brief.html").is_file()


@pytest.mark.parametrize(
    ("named", "security", "port"),
    [(0, "starttls", 587), (0, "tls", 465), (2465, "tls", 2465), (2525, "starttls", 2525)],
)
def test_what_is_not_named_of_a_server_is_the_usual(out, named, security, port):
    server = configured(out, FOLDER, mail_table(named, security=security), recipient()).mail
    assert server.at == ("localhost", port)
    assert server.seconds == 30


@pytest.mark.parametrize(
    ("before", "ended"), [(None, b""), (b"", b""), (b"whole\n", b"whole\n"), (b"x", b"x\n"), (b"\n", b"\n")]
)
def test_a_step_is_written_on_a_line_of_its_own_for_its_owner_alone(tmp_path, before, ended):
    path = tmp_path / "ledger.jsonl"
    if before is not None:
        path.write_bytes(before)
    ledger.append(path, {"a": 1})
    assert path.read_bytes() == ended + b'{"a": 1}\n'
    assert before is not None or path.stat().st_mode & 0o777 == 0o600


def test_a_step_that_was_cut_short_is_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda _, whole: len(whole) - 1)
    with pytest.raises(OSError, match="ledger") as caught:
        ledger.append(tmp_path / "ledger.jsonl", {"a": 1})
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "ledger.jsonl"))


@pytest.mark.parametrize(
    ("features", "options"),
    [*(({"size": most}, [["size=10"]]) for most in ("10", "0", "")), ({"size": "9"}, []), ({}, [[]])],
)
def test_a_letter_may_be_just_as_large_as_the_server_takes(out, features, options):
    """RFC 1870: the size is told where the server asks for it, and 0 or nothing is no limit."""
    begun = []
    server = SimpleNamespace(
        esmtp_features=features,
        mail=lambda _, given: (begun.append(given), (250, b"ok"))[1],
        rcpt=lambda _: (250, b"ok"),
    )
    post = mail.Post(configured(out, FOLDER, mail_table(), recipient()).mail)
    says = r"サーバーの受ける大きさ（9 バイト）を超えます。添付を減らしてください"
    with nullcontext() if options else pytest.raises(mail.Unsent, match=says):
        post._envelope(server, b"0123456789", MAYOR)
    assert begun == options


def test_the_end_of_a_letter_is_waited_for_as_long_as_the_standard_says():
    assert mail.ENDING_SECONDS >= 10 * 60, "RFC 5321, 4.5.3.2.6"


def test_a_long_answer_is_cut():
    assert mail._words(b"x" * 300) == "x" * 200


def test_a_login_that_breaks_off_is_tried_again(out, monkeypatch):
    monkeypatch.setattr(mail.secret, "password", lambda _: "架空")
    server = mail_table(user="gyokaku", password_env="A_PASSWORD")  # noqa: S106 — a name
    post = mail.Post(configured(out, FOLDER, server, recipient()).mail)

    def breaks(*_, **__):
        raise ConnectionResetError

    server = SimpleNamespace(has_extn=lambda _: True, login=breaks)
    with pytest.raises(mail._Later, match="ログインの途中で切れました（サーバーが切りました）"):
        post._log_in(server)


def test_what_cannot_be_cleared_away_is_told(out, share, to_folder):
    (share / folder.WORK).mkdir()
    (share / folder.WORK / "whole-of-another-kind").write_text("a file", encoding="utf-8")
    assert "片付けられません" in said(delivered(out, to_folder), "failed")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"language": "en"}, "brief.en.html がないので、en の手紙を書けません。gyokaku build --language en"),
        ({"attach": ["pdf"]}, f"reports/{PLAN}/2024/brief.pdf がないか"),
    ],
)
def test_a_page_or_print_that_is_not_there_is_named_and_no_letter_goes(out, box, to, wish, says):
    assert says in said(delivered(out, to(recipient(**wish))))
    assert box.letters == []


def test_what_was_sent_and_what_may_have_arrived_since_are_both_remembered(out, box, to_mayor):
    """Sent, then another that may have arrived, then back to the first: the reader may hold the other, so it is corrected."""
    assert delivered(out, to_mayor).is_good
    made_up_reports.year_set(out, figures=WORSE)
    box.answers = ["silent"] * 4
    delivered(out, to_mayor, now=NEXT_DAY)
    made_up_reports.year_set(out)
    assert delivered(out, to_mayor, now=NEXT_DAY + timedelta(days=1)).is_good
    last = box.read()[-1]
    assert last["Subject"] == f"【訂正】{TITLE}"
    assert "9,000万円 → 1.20億円" in body(last)
