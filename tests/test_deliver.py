"""What is handed over, to whom, once; what a server or a share does in between. Against a real mail server on the loopback."""

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import nullcontext, suppress
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
from helpers.run.batch import due
from helpers.terms import Refusal
from helpers.terms.printed import is_print_of, marked

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "deliver.example.toml"
AUGUST = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)
NEXT_DAY = AUGUST + timedelta(days=1)
MAYOR, OFFICE = "mayor@example.lg.jp", "gikai@example.lg.jp"
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
def box(trusted):
    with letterbox.letterbox(trusted) as box:
        yield box


def mail_table(port: object, trusted: Path | None, **more: object) -> str:
    keys = {"host": "localhost", "port": port, "sender": "gyokaku@example.lg.jp", "sender_name": "行財政改革担当"}
    keys |= {"ca_file": str(trusted)} if trusted else {}
    return "[mail]\n" + "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in (keys | more).items()
    )


def recipient(name: str = "市長", address: str = MAYOR, **more: object) -> str:
    keys = {"name": name, "address": address} | more
    return "[[recipient]]\n" + "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items()
    )


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


def said(outcome: deliver.Outcome) -> str:
    return "\n".join([*(sentence for one in outcome.deliveries for sentence in one.sentences), *outcome.faults])


def files(place: Path) -> dict[str, bytes]:
    hidden = place / ".gyokaku"
    found = (path for path in place.rglob("*") if path.is_file() and not path.is_relative_to(hidden))
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}


def lines(out: Path) -> list[dict]:
    text = (out.parent / "deliveries" / "ledger.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


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


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a kit is under no version control")
def test_what_holds_addresses_is_kept_out_of_version_control():
    ignored = subprocess.run(
        ["git", "check-ignore", "deliver.toml", "deliveries/ledger.jsonl"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ignored.stdout.split() == ["deliver.toml", "deliveries/ledger.jsonl"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mail\n", "1行: TOML として読めません"),
        ("", "[[folder]] も [[recipient]] も [[department]] もありません"),
        (FOLDER + "[[folder]]\nname = 'a'\n", "[[folder]] 2番目の path: ありません"),
        (FOLDER.replace("path", "pth"), "[[folder]] 1番目の pth: 知らない項目です"),
        (FOLDER.replace('"share"', "3"), "[[folder]] 1番目の path: 文字列を引用符で囲んで"),
        (FOLDER + FOLDER, "deliver.toml 8行 [[folder]] 2番目の name: 「庁議の共有フォルダー」が二つ"),
        (FOLDER + FOLDER.replace("庁議", "部長"), "9行 [[folder]] 2番目の path: 別の [[folder]] の"),
        (FOLDER + FOLDER.replace("庁議", "部長").replace("share", "share/in"), "9行 [[folder]] 2番目の path: 別の [[folder]] の"),
        (FOLDER.replace("share", "share/in") + FOLDER.replace("庁議", "部長"), "[[folder]] 1番目の path: 別の [[folder]] の"),
        ("ledger = 'share/deliveries'\n" + FOLDER, "1行 ledger: [[folder]] の中にあります"),
        (FOLDER + 'audience = "mayor"', "internal、public のどれか"),
        (FOLDER + recipient(), "6行 [[recipient]]: 手紙を送る [mail] がありません"),
        (FOLDER + mail_table(70000, None) + recipient(), "[mail] port: 65535 以下"),
        (FOLDER + mail_table("25", None), "[mail] port: 整数を引用符なしで"),
        (FOLDER + mail_table(25, None, security="none"), "[mail] security: starttls、tls のどれか"),
        (FOLDER + mail_table(25, None, user="市長"), "[mail] user: 英数字と記号で"),
        (FOLDER + mail_table(25, None, user="a"), "[mail] user: パスワードの置き場所"),
        (FOLDER + mail_table(25, None, password_env="A"), "user がありません"),  # noqa: S106 — names
        (FOLDER + mail_table(25, None, user="a", password_env="A", password_file="b"), "どちらか一つ"),  # noqa: S106
        (FOLDER + mail_table(25, None) + recipient(address="市長@example.jp"), "1番目の address: メールアドレスの形"),
        (FOLDER + mail_table(25, None) + recipient(address="a@b.jp\nBcc: c@d.jp"), "メールアドレスの形"),
        (FOLDER + mail_table(25, None) + recipient(address="a..b@c.jp"), "メールアドレスの形"),
        (FOLDER + mail_table(25, None) + recipient(name="市長\nBcc: c@d.jp"), "[[recipient]] 1番目の name: 使えない文字（改行"),
        (FOLDER + mail_table(25, None) + recipient(attach=["docx"]), "html、pdf のどれか"),
        (FOLDER + mail_table(25, None) + recipient(attach=["html", "pdf", "html"]), "1番目の attach: "),
        (FOLDER + mail_table(25, None) + recipient() + recipient("副市長"), f"2番目の address: {MAYOR}（internal）が二つ"),
        (FOLDER + mail_table(25, None) + recipient(audience="public"), "見られるページがありません"),
        (PUBLIC_FOLDER + FOLDER + mail_table(25, None) + recipient(folder="公開用ウェブ"), "internal の [[folder]] にありません"),
        ("folder = 3", "folder: [ ] で囲んで並べて"),
        (FOLDER.replace('"share"', '""'), "の path: 空です。書いてください"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_told_with_file_key_and_what_to_do(tmp_path, text, says):
    path = tmp_path / "deliver.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        deliver.configuration(path)
    assert all(sentence.startswith(str(path)) for sentence in refusal.value.sentences)
    assert says in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_configuration_that_is_not_there_says_what_to_copy(tmp_path):
    with pytest.raises(Refusal, match=r"docs/deliver\.example\.toml を写して"):
        deliver.configuration(tmp_path / "deliver.toml")
    with pytest.raises(Refusal, match="読めません"):
        deliver.configuration(tmp_path)


@pytest.mark.parametrize("key", ["password", "Password", "pass"])
def test_a_password_in_the_configuration_is_refused_and_not_repeated(tmp_path, key):
    path = tmp_path / "deliver.toml"
    path.write_text(FOLDER + mail_table(25, None, **{key: letterbox.PASSWORD}), encoding="utf-8")
    with pytest.raises(Refusal, match="パスワードは設定ファイルに書けません") as refusal:
        deliver.configuration(path)
    assert letterbox.PASSWORD not in str(refusal.value)


# Shared folders


def test_a_year_set_is_copied_whole_and_its_links_lead_somewhere(out):
    outcome = delivered(out, configured(out, FOLDER))
    assert states(outcome) == [("庁議の共有フォルダー", "new", "sent")]
    assert outcome.is_good
    share = out.parent / "share"
    expected = {name: content for name, content in files(out).items() if name != "manifest.json"}
    assert files(share) == expected
    for page in share.rglob("*.html"):
        for link in re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / link).is_file(), f"{page} → {link}"


def test_what_was_replaced_is_kept_by_the_day_it_was_replaced(out):
    configuration = configured(out, FOLDER)
    delivered(out, configuration)
    first = files(out / PLAN / "2024")
    made_up_reports.year_set(out, figures=WORSE)
    assert states(delivered(out, configuration, now=NEXT_DAY)) == [("庁議の共有フォルダー", "correction", "sent")]
    share = out.parent / "share"
    assert files(share / "_old" / "2026-08-21" / PLAN / "2024") == first
    assert files(share / PLAN / "2024") == files(out / PLAN / "2024")
    # Once more on that day, and with a clock that was set back: nothing kept is overwritten.
    second = files(out / PLAN / "2024")
    made_up_reports.year_set(out, words="言葉だけ")
    delivered(out, configuration, now=NEXT_DAY)
    assert files(share / "_old" / "2026-08-21-2" / PLAN / "2024") == second
    made_up_reports.year_set(out, words="さらに言葉だけ")
    assert states(delivered(out, configuration, now=AUGUST)) == [("庁議の共有フォルダー", "changed", "sent")]
    assert sorted(path.name for path in (share / "_old").iterdir()) == ["2026-08-20", "2026-08-21", "2026-08-21-2"]
    assert files(share / "_old" / "2026-08-21" / PLAN / "2024") == first


def test_what_somebody_altered_or_took_away_is_put_back(out):
    configuration = configured(out, FOLDER)
    delivered(out, configuration)
    share = out.parent / "share"
    (share / PLAN / "2024" / "brief.html").write_text("書き換え", encoding="utf-8")
    outcome = delivered(out, configuration, now=NEXT_DAY)
    assert states(outcome) == [("庁議の共有フォルダー", "new", "sent")]
    assert "置き直しました" in said(outcome)
    assert files(share / PLAN / "2024") == files(out / PLAN / "2024")
    kept = share / "_old" / "2026-08-21" / PLAN / "2024" / "brief.html"
    assert kept.read_text(encoding="utf-8") == "書き換え"
    shutil.rmtree(share / PLAN)
    delivered(out, configuration, now=NEXT_DAY)
    assert files(share / PLAN) == files(out / PLAN)


def test_pages_that_list_years_wait_until_all_of_them_are_there(out):
    made_up_reports.year_set(out, year=2025, findings=(FAILED,))
    configuration, share = configured(out, FOLDER), out.parent / "share"
    outcome = delivered(out, configuration)
    assert became(outcome) == ["sent", "withheld"]
    assert not (share / "index.html").exists()
    assert not (share / PLAN / "index.html").exists()
    assert "made-up 2025 がそろっていない" in said(outcome)
    made_up_reports.year_set(out, year=2025)
    assert delivered(out, configuration).is_good
    assert (share / "index.html").read_bytes() == (out / "index.html").read_bytes()


def test_a_list_that_changed_is_replaced_and_the_former_kept(out):
    configuration, share = configured(out, FOLDER), out.parent / "share"
    delivered(out, configuration)
    former = (share / PLAN / "index.html").read_bytes()
    made_up_reports.year_set(out, year=2025)
    delivered(out, configuration, now=NEXT_DAY)
    assert (share / PLAN / "index.html").read_bytes() == (out / PLAN / "index.html").read_bytes() != former
    assert (share / "_old" / "2026-08-21" / PLAN / "index.html").read_bytes() == former


def test_only_the_year_sets_asked_for_go(out):
    made_up_reports.year_set(out, year=2025)
    configuration = configured(out, FOLDER)
    outcome = delivered(out, configuration, year_sets=[(PLAN, 2025)])
    assert [(one.plan, one.fiscal_year) for one in outcome.deliveries] == [(PLAN, 2025)]
    assert not (out.parent / "share" / PLAN / "2024").exists()
    missing = delivered(out, configuration, year_sets=[(PLAN, 2030)])
    assert missing.faults == ("made-up 2030: 配るページがまだありません。gyokaku build で作ってください。",)


def test_where_nothing_is_built_there_is_nothing_to_hand_over(tmp_path):
    (tmp_path / "reports").mkdir()
    with pytest.raises(Refusal, match="gyokaku build で作ってください"):
        delivered(tmp_path / "reports", configured(tmp_path / "reports", FOLDER))


def test_a_print_goes_along_only_where_it_is_of_the_page(out):
    page = out / PLAN / "2024" / "brief.html"
    pdf = page.with_suffix(".pdf")
    pdf.write_bytes(marked(b"%PDF-1.7 made up", page.read_bytes()))
    delivered(out, configured(out, FOLDER))
    placed = out.parent / "share" / PLAN / "2024" / "brief.pdf"
    assert placed.read_bytes() == pdf.read_bytes()
    for content in (b"%PDF-1.7 nobody's", marked(b"%PDF-1.7 made up", b"another page"), pdf.read_bytes() + b"more"):
        pdf.write_bytes(content)
        assert not is_print_of(content, page.read_bytes())
        assert built.units(out, "internal")[f"{PLAN}/2024"].prints() == {}


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("share", "共有フォルダー「庁議の共有フォルダー」の .*/share がフォルダーではありません"),
        (f"share/{PLAN}", "フォルダーであるべき所にファイル"),
        (f"share/{PLAN}/2024", "フォルダーであるべき所にファイル"),
        ("share/_old", "フォルダーであるべき所にファイル"),
        ("share/.gyokaku", "フォルダーであるべき所にファイル"),
    ],
)
def test_a_file_in_a_folders_place_is_told_and_left(out, place, says):
    configuration = configured(out, FOLDER, PUBLIC_FOLDER)
    if place == "share/_old":
        delivered(out, configuration)
        made_up_reports.year_set(out, words="変わった")
    blocked = out.parent / place
    if blocked.is_dir():
        shutil.rmtree(blocked)
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file", encoding="utf-8")
    outcome = delivered(out, configuration)
    assert became(outcome) == ["failed"]
    assert re.search(says, said(outcome))
    assert blocked.read_text(encoding="utf-8") == "a file"
    blocked.unlink()
    (out.parent / "share").mkdir(exist_ok=True)
    assert delivered(out, configuration).is_good
    assert files(out.parent / "share" / PLAN) == files(out / PLAN)


@pytest.mark.parametrize("place", ["reports", "reports/public", "reports/made-up/2024"])
def test_nothing_is_written_into_what_is_built(out, place):
    before = files(out)
    with pytest.raises(Refusal, match=r"path が .*reports の中にあります"):
        delivered(out, configured(out, FOLDER.replace('"share"', f'"{place}"')))
    with pytest.raises(Refusal, match=r"ledger が .*reports の中にあります"):
        delivered(out, configured(out, f'ledger = "{place}"', FOLDER))
    assert files(out) == before


def test_a_share_that_is_not_mounted_is_not_taken_for_an_empty_one_and_costs_no_other(out):
    """Nor does one in whose place a file stands; nothing is built for the public one."""
    (out.parent / "share").rmdir()
    (out.parent / "other").mkdir()
    (out.parent / "blocked").write_text("", encoding="utf-8")
    blocked, other = (FOLDER.replace("庁議", one).replace('"share"', f'"{one}"') for one in ("blocked", "other"))
    outcome = delivered(out, configured(out, PUBLIC_FOLDER, FOLDER, blocked, other))
    assert became(outcome) == ["failed", "failed", "sent"]
    assert "share がありません。共有がつながっているか" in said(outcome)
    assert not (out.parent / "share").exists()


@pytest.mark.parametrize("planted", [PLAN, ".gyokaku", "_old", f"{PLAN}/2024"])
def test_a_link_planted_in_the_folder_leads_nothing_out_of_it(out, planted):
    configuration, share = configured(out, FOLDER), out.parent / "share"
    if planted == "_old":
        delivered(out, configuration)
        made_up_reports.year_set(out, words="変わった")
    elsewhere = out.parent / "elsewhere"
    elsewhere.mkdir()
    (share / planted).parent.mkdir(exist_ok=True)
    (share / planted).symlink_to(elsewhere)
    outcome = delivered(out, configuration)
    assert became(outcome) == ["failed"]
    assert "リンクを消してください" in said(outcome)
    assert list(elsewhere.iterdir()) == []


def test_a_second_run_says_so_and_leaves(out):
    configuration = configured(out, FOLDER)
    configuration.ledger_folder.mkdir()
    with FileLock(configuration.ledger_folder / ".lock"), pytest.raises(Refusal, match="別の gyokaku deliver"):
        delivered(out, configuration)
    work = out.parent / "share" / ".gyokaku"
    work.mkdir()
    with FileLock(work / "lock"):  # another machine, with a ledger of its own
        outcome = delivered(out, configuration)
    assert became(outcome) == ["failed"]
    assert "別の gyokaku deliver が書いています" in said(outcome)


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


def test_a_limit_on_the_size_of_files_leaves_the_former_version(out):
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    configuration, share = configured(out, FOLDER), out.parent / "share"
    delivered(out, configuration)
    before = files(share)
    made_up_reports.year_set(out, words="大" * 20_000)
    run = a_run(out, "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))")
    told, _ = run.communicate(timeout=60)
    assert "failed" in told
    assert "大きさの上限を超えました" in told
    assert "Traceback" not in told
    assert files(share) == before
    assert delivered(out, configuration).is_good
    assert files(share / PLAN) == files(out / PLAN)
    assert resource.getrlimit(resource.RLIMIT_FSIZE) != (20_000, 20_000), "this process has no such limit"


@pytest.mark.slow
def test_a_copy_killed_at_any_moment_leaves_a_whole_version_and_the_next_completes_it(out):
    configuration, share = configured(out, FOLDER), out.parent / "share"
    delivered(out, configuration)
    chance = random.Random(20260820)  # noqa: S311 — moments, no secrets
    kept_before = files(share)
    for number in range(5):
        standing = {name: content for name, content in kept_before.items() if name.startswith(f"{PLAN}/2024/")}
        made_up_reports.year_set(out, words=f"版{number}")
        coming = {f"{PLAN}/2024/{name}": content for name, content in files(out / PLAN / "2024").items()}
        run = a_run(out, SLOW)
        run.stdout.readline()
        time.sleep(chance.random() * 0.3)
        run.kill()
        run.communicate()
        found = {name: content for name, content in files(share).items() if name.startswith(f"{PLAN}/2024/")}
        assert found in (standing, coming), "the former or the new one, never a mixture"
        assert delivered(out, configuration).is_good
        after = files(share)
        assert {name: content for name, content in after.items() if name.startswith(f"{PLAN}/2024/")} == coming
        old = [path for path in (share / "_old").rglob("2024") if files(path) == files_of(standing)]
        assert len(old) == 1, "the version replaced is kept, once and whole"
        kept_before = after
    assert not list((share / ".gyokaku").glob("[!l]*")), "nothing is left of the killed runs"


def files_of(standing: dict[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(f"{PLAN}/2024/"): content for name, content in standing.items()}


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
def test_killed_at_each_step_nothing_is_lost(out, step, can_exchange):
    configuration, share = configured(out, FOLDER), out.parent / "share"
    delivered(out, configuration)
    first = files(out / PLAN / "2024")
    made_up_reports.year_set(out, words="変わった")
    target = str((share / PLAN / "2024").resolve())
    run = a_run(out, KILLED.format(step=step, can_exchange=can_exchange, target=target))
    told, _ = run.communicate(timeout=60)
    assert run.returncode == 9, told
    assert first in [files(share / place) for place in (f"{PLAN}/2024", f"_old/2026-08-20/{PLAN}/2024", *left(share))]
    assert delivered(out, configuration, now=NEXT_DAY).is_good
    assert files(share / PLAN / "2024") == files(out / PLAN / "2024")
    kept = [files(path) for path in (share / "_old").rglob("2024")]
    assert kept == [first]


def left(share: Path) -> list[str]:
    return [path.relative_to(share).as_posix() for path in (share / ".gyokaku").glob("whole-*")]


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
def test_which_findings_hold_a_set_back(out, box, to_mayor, change, is_withheld):
    made_up_reports.year_set(out, findings=(FAILED | change,))
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["withheld" if is_withheld else "sent"] * 2
    assert ("検算 V07 に通っていないので、配っていません" in said(outcome)) is is_withheld
    assert (files(out.parent / "share") == {}, box.letters == []) == (is_withheld, is_withheld)


def test_a_letter_tells_of_what_was_accepted(out, box, to_mayor):
    made_up_reports.year_set(out, findings=(FAILED | {"acknowledged": "課長が了承"},))
    delivered(out, to_mayor)
    assert "合わないまま了承されているもの: V07" in body(box.read()[0])


@pytest.mark.parametrize(
    "file", ["brief.html", "metrics.json", "summary.json", "notebooks/brief.ipynb", "data/measures.csv"]
)
def test_what_is_not_as_it_was_built_stays(out, box, to_mayor, file):
    path = out / PLAN / "2024" / file
    path.write_bytes(path.read_bytes() + b" ")
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["withheld", "withheld"]
    assert f"{path} が、作ったときのものと違います" in said(outcome)
    path.unlink()
    assert became(delivered(out, to_mayor)) == ["withheld", "withheld"]
    assert (files(out.parent / "share"), box.letters) == ({}, [])


def test_a_letter_alone_is_held_back_by_any_file_too(out, box, trusted):
    (out / PLAN / "2024" / "data" / "measures.csv").write_text("変えた", encoding="utf-8")
    outcome = delivered(out, configured(out, mail_table(box.port, trusted), recipient(attach=["html"])))
    assert became(outcome) == ["withheld"]
    unit = built.units(out, "internal")[f"{PLAN}/2024"]
    for name in ("data/measures.csv", "data/missing.csv", "../../manifest.json"):
        with pytest.raises(built.Withheld, match="作ったときのものと違います"):
            unit.read(name)


def test_a_file_that_changes_while_it_is_copied_is_noticed(out, monkeypatch):
    configuration, page = configured(out, FOLDER), out / PLAN / "2024" / "brief.html"
    real = folder._copy

    def copy(source, target):
        if source == page:
            page.write_text("今、変わった", encoding="utf-8")
        return real(source, target)

    monkeypatch.setattr(folder, "_copy", copy)
    assert became(delivered(out, configuration)) == ["withheld"]
    assert files(out.parent / "share") == {}


def test_the_public_is_given_what_is_public_and_nothing_else(out, box, trusted):
    tables = (FOLDER, PUBLIC_FOLDER, mail_table(box.port, trusted), recipient("議会", OFFICE, audience="public"))
    configuration = configured(out, *tables)
    assert states(delivered(out, configuration)) == [("庁議の共有フォルダー", "new", "sent")], "nothing is public yet"
    made_up_reports.year_set(out, audience="public", title="架空市 公表用")
    assert delivered(out, configuration).is_good
    ((address, _),), (message,) = box.letters, box.read()
    assert address == OFFICE
    assert "https://www.example.lg.jp/gyokaku/made-up/2024/brief.html" in body(message)
    assert "公表用の資料です" in body(message)
    expected = {name: content for name, content in files(out / "public").items() if name != "manifest.json"}
    assert files(out.parent / "web") == expected
    assert not (out.parent / "share" / "public").exists()


def test_an_internal_page_in_the_public_tree_stays(out, box, trusted):
    tables = (PUBLIC_FOLDER, mail_table(box.port, trusted), recipient("議会", OFFICE, audience="public"))
    configuration = configured(out, *tables)
    made_up_reports.year_set(out, audience="public", made_for="internal")  # its notebook says so
    assert became(delivered(out, configuration)) == ["withheld", "withheld"]
    made_up_reports.year_set(out, audience="public")
    manifest = out / "public" / "manifest.json"
    said_public = manifest.read_text(encoding="utf-8")
    manifest.write_text(said_public.replace('"audience": "public"', '"audience": "internal"'), encoding="utf-8")
    assert became(delivered(out, configuration)) == ["withheld", "withheld"]
    shutil.rmtree(out / "public")
    shutil.copytree(out, out / "public")  # all of it says so
    outcome = delivered(out, configuration)
    assert became(outcome) == ["withheld", "withheld"]
    assert "public 用の場所に、internal 用のページがあります" in said(outcome)
    assert (files(out.parent / "web"), box.letters) == ({}, [])


def notebook_of(**changed: object) -> str:
    about = {"plan": PLAN, "fiscal_year": 2024, "audience": "internal"} | changed
    return json.dumps({"metadata": {"papermill": {"parameters": about}}})


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("summary.json", '{"plan": "other", "fiscal_year": 2024, "findings": []}', "別の計画か年度のものです"),
        ("summary.json", f'{{"plan": "{PLAN}", "fiscal_year": 2023, "findings": []}}', "別の計画か年度のものです"),
        ("metrics.json", "{}", "別の計画か年度のものです"),
        ("metrics.json", "{", "要約（summary.json）を読めません"),
        ("summary.json", "[]", "要約（summary.json）を読めません"),
        *(
            ("notebooks/brief.ipynb", content, "brief.ipynb: どの計画・年度・読み手のものか分かりません")
            for content in (
                *("{}", "{"),
                *(notebook_of(plan="other"), notebook_of(fiscal_year=2023), notebook_of(fiscal_year=None)),
            )
        ),
    ],
)
def test_a_set_that_does_not_say_that_it_is_this_plans_and_years_stays(out, file, content, says):
    made_up_reports.replace(out, f"{PLAN}/2024", file, content.encode())
    outcome = delivered(out, configured(out, FOLDER))
    assert became(outcome) == ["withheld"]
    assert says in said(outcome)


def rewritten(path: Path, change) -> None:
    """A file of JSON, as `change` leaves what it holds."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("name", ["../brief.html", "a/../../b", "/etc/passwd", "a\\b", "C:b", "a//b", "", "a\nb"])
def test_a_manifest_that_leads_elsewhere_is_not_followed(out, name):
    rewritten(out / "manifest.json", lambda all_: all_["sets"][f"{PLAN}/2024"]["outputs"].update({name: "0" * 64}))
    outcome = delivered(out, configured(out, FOLDER))
    assert became(outcome) == ["withheld"]
    assert "が使えません" in said(outcome)


@pytest.mark.parametrize(
    "name", ["../elsewhere/2024", "public/2024", "/made-up/2024", f"{PLAN}/2024/..", "..", "made-up/20244"]
)
def test_a_unit_of_a_strange_name_is_none(out, name):
    rewritten(out / "manifest.json", lambda all_: all_["sets"].update({name: all_["sets"].pop(f"{PLAN}/2024")}))
    assert name not in built.units(out, "internal")


@pytest.mark.parametrize("content", ["{", "[]", '{"sets": 3}', '{"sets": {"made-up/2024": {}}}'])
def test_a_manifest_that_is_none_is_told(out, content):
    (out / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match=r"manifest\.json: 目録として読めません"):
        delivered(out, configured(out, FOLDER))


def test_the_manifest_is_read_as_a_build_writes_it(tmp_path):
    content = {"brief.html": "頁".encode(), "data/a.csv": b"a"}
    for name, written in content.items():
        path = tmp_path / PLAN / "2024" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
    manifest = due.Manifest(tmp_path)
    manifest.record(f"{PLAN}/2024", {"brief": {"parameters": {"audience": "internal"}}}, content)
    manifest.merge()
    unit = built.units(tmp_path, "internal")[f"{PLAN}/2024"]
    unit.verify()
    assert unit.read("brief.html") == content["brief.html"]
    assert unit.audiences == {"internal"}


def test_the_committed_reports_can_be_handed_over(tmp_path):
    configuration = configured(tmp_path / "reports", FOLDER, mail_table(25, None), recipient())
    outcome = delivered(ROOT / "reports", configuration, dry_run=tmp_path / "dry")
    assert {one.state for one in outcome.deliveries} == {"written"}
    assert outcome.is_good
    for unit in built.units(ROOT / "reports", "internal").values():
        unit.verify()
    # The words of page one, taken out of the page itself, are those of the summary.
    year_set = built.year_set(built.units(ROOT / "reports", "internal")["isehara-6/2024"])
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
    assert message["Content-Language"] == "ja"
    assert message["Auto-Submitted"] == "auto-generated"
    assert not message.defects
    says = body(message)
    for words in (
        "市長 様",
        f"{TITLE}のページができました。",
        "庁内用の資料です",
        "10件中7件（70.0%）が概ね計画どおり以上。",
        "達成率: 70.0%",
        "\\\\fileserver\\行革\\made-up\\2024\\brief.html",
        "合格 20件",
        "注意 1件",
        "架空の概要（架空市 企画課、2025-08）",
    ):
        assert words in says
    assert [part.get_filename() for part in message.iter_attachments()] == []
    assert all(len(line) <= 998 and line.isascii() for line in box.letters[0][1].split(b"\r\n"))


def test_nothing_is_copied_or_sent_twice(out, box, to_mayor):
    delivered(out, to_mayor)
    share = out.parent / "share"
    before = {path: path.stat().st_ino for path in share.rglob("*")}
    again = delivered(out, to_mayor, now=NEXT_DAY)
    assert states(again) == [("庁議の共有フォルダー", "new", "already"), ("市長", "new", "already")]
    assert again.is_good
    assert {path: path.stat().st_ino for path in share.rglob("*")} == before
    assert len(box.letters) == 1
    assert [line["event"] for line in lines(out)] == ["sent", "attempting", "sent"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("kept_in", ["file", "environment"])
def test_a_login_over_an_encrypted_way(out, trusted, monkeypatch, security, kept_in):
    secret = out.parent / "password"
    secret.write_text(f"{letterbox.PASSWORD}\n", encoding="utf-8")
    secret.chmod(0o600)
    monkeypatch.setenv("A_PASSWORD", letterbox.PASSWORD)
    key = {"password_file": str(secret)} if kept_in == "file" else {}
    with letterbox.letterbox(trusted, security=security, auth=True) as box:
        table = with_login(box, trusted, security=security, **key)
        assert delivered(out, configured(out, FOLDER, table, recipient())).is_good
    assert (box.logins, box.encrypted) == ([True], [True])
    assert [message["Subject"] for message in box.read()] == [TITLE]


def test_without_encryption_nothing_is_sent(out, trusted, monkeypatch, waited, tried):
    monkeypatch.setenv("A_PASSWORD", letterbox.PASSWORD)
    with letterbox.letterbox(None, auth=True) as box:
        outcome = delivered(out, configured(out, FOLDER, with_login(box, trusted), *MAYOR_AND_COUNCIL))
    assert len(tried) == 1, "what holds for one holds for all"
    assert became(outcome) == ["sent", "failed", "failed"]
    assert "STARTTLS を受け付けません。暗号化しない送信はしないので、送っていません" in said(outcome)
    assert (box.letters, box.logins, waited) == ([], [], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_whom_the_certificate_does_not_prove_gets_nothing(out, trusted, tmp_path, monkeypatch, security, wrong, waited):
    monkeypatch.setenv("A_PASSWORD", letterbox.PASSWORD)
    shown = letterbox.certificate(tmp_path, "mail.example.jp") if wrong == "name" else trusted
    believed = shown if wrong == "name" else letterbox.certificate(tmp_path)
    with letterbox.letterbox(shown, security=security, auth=True) as box:
        table = with_login(box, believed, security=security)
        outcome = delivered(out, configured(out, FOLDER, table, recipient()))
    assert became(outcome) == ["sent", "failed"]
    assert "証明書を確かめられません" in said(outcome)
    assert (box.letters, box.logins, waited) == ([], [], [])


def test_without_an_authority_named_the_systems_are_asked(out, trusted):
    with letterbox.letterbox(trusted) as box:
        outcome = delivered(out, configured(out, FOLDER, mail_table(box.port, None), recipient()))
    assert "証明書を確かめられません" in said(outcome)
    assert box.letters == []
    (out.parent / "no.pem").write_text("no certificate", encoding="utf-8")
    for name in ("no.pem", "missing.pem"):
        table = mail_table(box.port, None, ca_file=name)
        assert "証明書（PEM）として読めません" in said(delivered(out, configured(out, FOLDER, table, recipient())))


# What a server may do


def test_one_who_is_refused_costs_the_others_nothing(out, box, to, waited):
    box.refused[MAYOR] = ["550 5.1.1 no such user"]
    outcome = delivered(out, to(*MAYOR_AND_COUNCIL))
    assert became(outcome) == ["sent", "failed", "sent"]
    assert f"宛先 {MAYOR}を受け付けません（550 5.1.1 no such user）" in said(outcome)
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
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["sent", "sent"]
    assert "もう一度試して、送れました" in said(outcome)
    assert waited == list(mail.WAITS_SECONDS[:2])
    assert len(box.letters) == 1


def test_later_for_ever_is_told_and_the_next_run_tries_again(out, box, to, waited):
    box.refused[MAYOR] = ["451 4.7.1 greylisted"]
    box.refused[OFFICE] = ["451 4.7.1 the first time", "451 4.7.1 the second time"]
    configuration = to(*MAYOR_AND_COUNCIL)
    outcome = delivered(out, configuration)
    assert became(outcome) == ["sent", "failed", "failed"]
    assert "451 4.7.1 greylisted" in said(outcome)
    assert "451 4.7.1 the first time" in said(outcome)
    assert waited == list(mail.WAITS_SECONDS), "the second is tried once: a run has an end"
    assert [line["event"] for line in lines(out)] == ["sent"], "no letter was begun"
    box.refused.clear()
    assert delivered(out, configuration).is_good
    assert [address for address, _ in box.letters] == [MAYOR, OFFICE]


def test_a_letter_refused_whole_was_not_taken(out, box, to_mayor):
    box.answers = ["554 5.6.0 not that"]
    outcome = delivered(out, to_mayor)
    assert "本文を受け付けません（554 5.6.0 not that）" in said(outcome)
    assert [line["event"] for line in lines(out)] == ["sent", "attempting", "rejected"]
    outcome = delivered(out, to_mayor)
    assert "届いたかもしれない" not in said(outcome)
    assert len(box.letters) == 1


def test_a_server_that_dies_in_the_middle_took_nothing(out, box, to, waited):
    made_up_reports.year_set(out, words="大" * 1_000_000)  # more than the line holds before anybody reads
    box.answers = ["cut"]
    outcome = delivered(out, to(recipient(attach=["html"])))
    assert became(outcome) == ["sent", "sent"]
    assert "通信が途中で切れました" in said(outcome)
    assert "二通届く" not in said(outcome)
    assert len(box.letters) == 1
    assert waited == [mail.WAITS_SECONDS[0]]


@pytest.mark.parametrize("answer", ["silent", "250 OK taken"])
def test_without_an_answer_to_the_end_that_can_be_understood_the_same_letter_goes_again(
    out, box, to_mayor, monkeypatch, answer
):
    """The server dies, or answers in words that nobody understands: it may have taken the letter all the same."""
    box.answers = [answer]
    monkeypatch.setattr(mail.smtplib.SMTP, "getreply", _babbling(mail.smtplib.SMTP.getreply, box))
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["sent", "sent"]
    assert "同じ Message-ID でもう一度送りました（二通届くことがあります）" in said(outcome)
    first, second = box.letters
    assert first == second, "the same to the byte"
    assert [line["event"] for line in lines(out)] == ["sent", "attempting", "attempting", "sent"]


def _babbling(real, box):
    def getreply(self):
        answer = real(self)
        return (-1, b"") if len(box.letters) == 1 and answer[1] == b"OK taken" else answer

    return getreply


def test_a_server_that_never_answers_the_end_leaves_it_uncertain(out, box, to_mayor):
    box.answers = ["silent"] * 4
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["sent", "failed"]
    assert "届いたかもしれません。次の回に、同じ Message-ID でもう一度送ります" in said(outcome)
    later = delivered(out, to_mayor, now=NEXT_DAY)
    assert "前の回に届いたかもしれないので、同じ Message-ID で送り直しました" in said(later)
    assert later.is_good
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
    assert became(outcome) == ["sent", "failed", "failed"]
    assert f"メールサーバー localhost:{port} につながりません（断られました）" in said(outcome)
    assert waited == list(mail.WAITS_SECONDS)
    with letterbox.letterbox(trusted) as box:
        assert delivered(out, configured(out, FOLDER, mail_table(box.port, trusted), *MAYOR_AND_COUNCIL)).is_good
    assert len(box.letters) == 2


def test_a_letter_larger_than_the_server_takes_is_not_begun(out, trusted):
    made_up_reports.year_set(out, words="大" * 4000)
    with letterbox.letterbox(trusted, size=5000) as box:
        outcome = delivered(out, configured(out, FOLDER, mail_table(box.port, trusted), recipient(attach=["html"])))
    assert "サーバーの受ける大きさ（5,000 バイト）を超えます。添付を減らしてください" in said(outcome)
    assert box.letters == []


def test_attachments_have_an_end(out, to, monkeypatch):
    monkeypatch.setattr(letter, "MOST_ATTACHED", 100)
    outcome = delivered(out, to(recipient(attach=["html"])))
    assert "大きすぎるので、送っていません（100 バイトまで）" in said(outcome)


def test_killed_after_the_letter_was_taken_it_is_sent_again_and_said(out, box, to_mayor, monkeypatch):
    real = ledger.Ledger.add

    def add(self, line):
        if line["event"] == "sent" and line["key"].startswith("mail:"):
            raise KeyboardInterrupt
        real(self, line)

    monkeypatch.setattr(ledger.Ledger, "add", add)
    with pytest.raises(KeyboardInterrupt):
        delivered(out, to_mayor)
    monkeypatch.undo()
    assert "前の回に届いたかもしれない" in said(delivered(out, to_mayor, now=NEXT_DAY))
    assert len({message["Message-ID"] for message in box.read()}) == 1


@pytest.mark.slow
def test_killed_at_any_moment_no_letter_is_lost(out, box, to):
    """A run is killed again and again while it mails; at the end everybody has the letter, doubles only under one Message-ID."""
    people = [recipient(f"課長{number}", f"k{number}@example.lg.jp") for number in range(6)]
    configuration = to(*people)
    chance = random.Random(20260821)  # noqa: S311 — moments, no secrets
    for _ in range(5):
        run = a_run(out, SLOW)
        run.stdout.readline()
        time.sleep(chance.random() * 0.6)
        run.send_signal(signal.SIGKILL)
        run.communicate()
    assert delivered(out, configuration).is_good
    got = {}
    for (address, _), message in zip(box.letters, box.read(), strict=True):
        got.setdefault(address, set()).add(message["Message-ID"])
    assert {address: len(ids) for address, ids in got.items()} == {f"k{number}@example.lg.jp": 1 for number in range(6)}
    assert len(box.letters) <= 6 + 5, "at most one double a kill"


# What the letters say

LONG = "架空市 第12次行財政改革推進計画（令和の大改革・ＤＸ推進編）アクションプラン 令和6年度取組結果（概要版）について 全庁的な取組の推進状況"


def test_long_japanese_subjects_names_and_files_are_read_back_whole(out, box, to):
    made_up_reports.year_set(out, title=LONG)
    page = out / PLAN / "2024" / "brief.html"
    page.with_suffix(".pdf").write_bytes(marked(b"%PDF-1.7 \x00\xff\r\n.\r\n made up", page.read_bytes()))
    name = '政策企画部 行財政改革推進担当部長（兼）デジタル・トランスフォーメーション推進室長, Jr. "様" <市>'
    who = recipient(name, attach=["html", "pdf"])
    assert delivered(out, to(who)).is_good
    (message,) = box.read()
    assert message["Subject"] == LONG
    # Up to Python 3.12 its own parser puts blanks between the parts of a long name; the older reader follows RFC 2047.
    to = message_from_bytes(box.letters[0][1], policy=compat32)["To"]
    assert str(make_header(decode_header(to))) == f"{name} <{MAYOR}>"
    assert message["To"].addresses[0].addr_spec == MAYOR
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == [f"{LONG}.html", f"{LONG}.pdf"]
    assert [part.get_content_type() for part in attached] == ["text/html", "application/pdf"]
    assert attached[0].get_payload(decode=True) == page.read_bytes()
    assert attached[1].get_payload(decode=True) == page.with_suffix(".pdf").read_bytes()
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
    who = recipient(language="en", attach=["html"])
    configuration = to(who)
    assert delivered(out, configuration).is_good
    (message,) = box.read()
    assert message["Subject"] == "Made-up City results"
    assert message["Content-Language"] == "en"
    says = body(message)
    assert "7 of 10 measures (70.0%) were broadly on plan or better." in says
    assert "actual effect: 120.0 million yen" in says
    assert "\\made-up\\2024\\brief.en.html" in says
    assert [part.get_filename() for part in message.iter_attachments()] == ["Made-up City results.html"]
    made_up_reports.year_set(out, english=True, figures=WORSE)
    delivered(out, configuration, now=NEXT_DAY)
    correction = box.read()[1]
    assert correction["Subject"] == "[Correction] Made-up City results"
    assert "actual effect | whole plan | 120.0 million yen → 90.00 million yen" in body(correction)


def test_a_letter_waits_for_the_page_it_points_to(out, box, to_mayor):
    (out.parent / "share").rmdir()
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["failed", "withheld"]
    assert "共有フォルダー「庁議の共有フォルダー」にまだないので、送っていません" in said(outcome)
    (out.parent / "share").mkdir()
    assert delivered(out, to_mayor).is_good
    assert len(box.letters) == 1


def test_what_nobody_foresaw_costs_one_letter(out, to_mayor):
    made_up_reports.year_set(out, year=2025)
    summary = out / PLAN / "2024" / "summary.json"
    made_up_reports.replace(out, f"{PLAN}/2024", summary.name, summary.read_bytes().replace(b'"checks"', b'"czechs"'))
    outcome = delivered(out, to_mayor)
    assert became(outcome) == ["sent", "sent", "failed", "sent"]
    assert re.search(r"予期しない誤りです（KeyError、letter\.py [0-9]+行）。", said(outcome))


def test_a_recipient_of_some_plans_is_told_of_those(out, box, to):
    outcome = delivered(out, to(recipient(plans=["another"])))
    assert [one[0] for one in states(outcome)] == ["庁議の共有フォルダー"]
    assert box.letters == []


def test_a_year_whose_pages_are_gone_with_its_data_stops_no_run_to_come(out, to_mayor):
    made_up_reports.year_set(out, year=2025)
    shutil.rmtree(out / PLAN / "2025")
    outcome = delivered(out, to_mayor)
    assert outcome.is_good, said(outcome)
    assert {one.fiscal_year for one in outcome.deliveries} == {2024}


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
    subjects = [message["Subject"] for message in box.read()]
    assert subjects == [TITLE, f"【訂正】{TITLE}", f"【訂正】{TITLE}"]
    assert "9,000万円 → 1.20億円" in body(box.read()[2])
    assert len({message["Message-ID"] for message in box.read()}) == 3


def test_words_alone_make_the_folder_new_and_are_mailed_to_those_who_ask(out, box, to):
    configuration = to(recipient(), recipient("議会", OFFICE, changes=True))
    delivered(out, configuration)
    made_up_reports.year_set(
        out, words="言葉だけ変えた", figures={("scenario_effect", "scenario", "S0"): (1, "1円", "yen")}
    )
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


@pytest.mark.parametrize(
    ("change", "has_moved"),
    [
        ({"exact": "8/10"}, True),
        ({"exact": None, "low": "6/10", "high": "8/10"}, True),
        ({"unit": "share"}, True),
        ({"display": "約70%"}, False),
        ({"inputs": []}, False),
        ({"status": "stated"}, False),
    ],
)
def test_what_counts_as_a_figure_that_moved(change, has_moved):
    assert bool(moved([ROW], [ROW | change]).moved) is has_moved


def test_what_was_not_known_was_not_told_and_is_not_corrected():
    """A year before that is registered later gives figures to the years after it: they come to what was told."""
    unknown = ROW | {"exact": None, "display": "未登録（前年度）", "status": "not_available"}
    later = moved([unknown], [ROW])
    assert (later.appeared, later.is_correction) == ((ROW,), False)
    assert moved([unknown], [unknown | {"display": "対象外", "status": "undefined"}]) == moved([], [])
    withdrawn = moved([ROW], [unknown])
    assert (withdrawn.gone, withdrawn.is_correction) == ((ROW,), True)
    assert moved([ROW], [ROW | {"fiscal_year": 2023}]).gone == (ROW,)


def test_a_category_is_its_words():
    category = ROW | {"metric": "feasible_policies", "exact": None, "unit": "category", "display": "方針1・2"}
    assert moved([category], [category | {"display": "方針1"}]).moved
    assert moved([category], [category]) == moved([], [])


def test_every_scope_of_the_committed_figures_is_called_by_its_name():
    year_set = built.year_set(built.units(ROOT / "reports", "internal")["isehara-6/2024"])
    names = letter._names(year_set)
    called = {(row["scope"], row["scope_id"]): letter._whose(row, names) for row in year_set.figures}
    assert called["plan", ""] == "計画全体"
    assert called["policy", "1"] == "方針1"
    assert called["policy:grade", "1:A"] == "方針1 評価A"
    assert called["department:grade", "企画部:C"] == "企画部 評価C"
    assert called["department", "企画部"] == "企画部"
    assert called["measure", "m-49cb8a"] == "エコオフィスの実現に向けた取組"
    assert called["scenario", "S0"] == "残りの見込みどおり"
    assert not [words for words in called.values() if re.search(r"[a-z]{3}|m-", words)]


# The ledger


def test_the_figures_that_were_sent_are_kept(out):
    delivered(out, configured(out, FOLDER))
    (line,) = lines(out)
    kept = out.parent / "deliveries" / "metrics" / f"{line['metrics']}.json"
    assert kept.read_bytes() == (out / PLAN / "2024" / "metrics.json").read_bytes()
    assert (out.parent / "deliveries").stat().st_mode & 0o077 == 0
    made_up_reports.year_set(out, figures=WORSE)
    kept.write_text("[]", encoding="utf-8")
    outcome = delivered(out, configured(out, FOLDER))
    assert became(outcome) == ["withheld"]
    assert "どの数値が動いたかを言えません" in said(outcome)


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
    assert became(outcome) == ["sent", "failed"]
    assert "配布の記録を書けません（ディスクの空きがありません" in said(outcome)
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
        (0o644, letterbox.PASSWORD, "持ち主のほかにも読めるので、使いません。chmod 600"),
        (0o640, letterbox.PASSWORD, "chmod 600"),
        (0o602, letterbox.PASSWORD, "chmod 600"),
        (0o600, "", "空でない1行の英数字と記号"),
        (0o600, f"{letterbox.PASSWORD}\nmore", "空でない1行の英数字と記号"),
        (0o600, f"{letterbox.PASSWORD}é", "空でない1行の英数字と記号"),
        (None, "", "パスワードのファイルを読めません"),
    ],
)
def test_a_password_file_that_others_can_read_is_not_used(out, trusted, waited, mode, content, says):
    path = out.parent / "password"
    if mode is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
    with letterbox.letterbox(trusted, auth=True) as box:
        table = with_login(box, trusted, password_file="password")  # noqa: S106 — a name
        outcome = delivered(out, configured(out, FOLDER, table, *MAYOR_AND_COUNCIL))
    assert became(outcome) == ["sent", "failed", "failed"]
    assert says in said(outcome)
    assert letterbox.PASSWORD not in said(outcome)
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


def test_a_dry_run_writes_letters_and_lists_and_sends_nothing(out, box, to):
    configuration = to(recipient("../市長/..", attach=["html"]))
    dry = out.parent / "some" / "where"
    outcome = delivered(out, configuration, dry_run=dry)
    assert became(outcome) == ["written", "written"]
    assert outcome.is_good
    listed, eml = sorted(dry.iterdir())
    assert listed.name == "001-庁議の共有フォルダー-made-up-2024.txt"
    assert str(out.parent / "share" / PLAN / "2024" / "brief.html") in listed.read_text(encoding="utf-8").splitlines()
    assert eml.name == "002-___市長___-made-up-2024.eml"
    assert box.letters == []
    assert not configuration.ledger_folder.exists()
    assert files(out.parent / "share") == {}
    assert delivered(out, configuration).is_good
    assert box.letters[0][1] == eml.read_bytes(), "what is sent later is what was written"
    assert became(delivered(out, configuration, dry_run=dry)) == ["already", "already"]
    eml.unlink()
    (out.parent / "blocked").write_text("a file", encoding="utf-8")
    made_up_reports.year_set(out, figures=WORSE)
    blocked = delivered(out, configuration, dry_run=out.parent / "blocked")
    assert "blocked に書けません" in said(blocked)


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
    rows = json.loads(told)
    assert [(row["recipient"], row["state"]) for row in rows["deliveries"]] == [
        ("庁議の共有フォルダー", "already"),
        ("市長", "already"),
        ("議会", "sent"),
    ]
    assert rows["faults"] == []


def test_an_address_is_as_long_as_mail_allows(out):
    longest, longer = ("a" * (length - len("@example.lg.jp")) + "@example.lg.jp" for length in (254, 255))
    assert configured(out, FOLDER, mail_table(25, None), recipient(address=longest)).recipient[0].address == longest
    with pytest.raises(Refusal, match="address"):
        configured(out, FOLDER, mail_table(25, None), recipient(address=longer))


def test_a_ledger_that_is_no_file_stops_everything(out):
    (out.parent / "deliveries" / "ledger.jsonl").mkdir(parents=True)
    with pytest.raises(Refusal, match="配布の記録を読めません（ファイルであるべき所にフォルダー"):
        delivered(out, configured(out, FOLDER))


def test_figures_that_are_gone_or_altered_are_not_kept(tmp_path):
    kept = ledger.Ledger(tmp_path)
    assert kept.kept("0" * 64) is None
    (tmp_path / ledger.KEPT).mkdir()
    (tmp_path / ledger.KEPT / f"{'0' * 64}.json").write_text("[]", encoding="utf-8")
    assert kept.kept("0" * 64) is None


@pytest.mark.parametrize(("print_content", "holds"), [(b"same", True), (b"other", False)])
def test_a_unit_stands_where_its_prints_do_too(tmp_path, print_content, holds):
    (tmp_path / "unit").mkdir()
    (tmp_path / "unit" / "brief.pdf").write_bytes(b"same")
    shelf = folder.Shelf(tmp_path, AUGUST.date())
    assert shelf.holds(SimpleNamespace(name="unit", outputs={}), {"brief.pdf": print_content}) == holds
    assert not shelf.holds(SimpleNamespace(name="unit", outputs={}), {"none.pdf": b""})


def test_the_identity_of_a_letter_stays_as_it_was_sent():
    """Another form of it, and a second copy of a letter that is on its way would pass as another letter."""
    told = letter.identity("mail:internal:a@example.jp", "isehara-6/2024", "0" * 64, 0)
    assert re.fullmatch("[0-9a-f]{40}", told)
    assert told != letter.identity("mail:internal:a@example.jp", "isehara-6/2024", "0" * 64, 1)


def test_a_headline_is_the_one_of_that_class():
    parser = letter._Headline()
    parser.feed(
        "<title>題</title><h1>章</h1><p class='headline'>文</p><h1 class='headline'>要<b>点</b></h1><h1>章</h1>"
    )
    assert parser.words == {"title": ["題"], "h1": ["要", "点"]}


def test_a_copy_that_could_not_take_its_place_is_not_left_lying(out, monkeypatch):
    def fails(*_, **__):
        raise Refusal("架空の故障。")

    monkeypatch.setattr(folder.publish, "folder", fails)
    outcome = delivered(out, configured(out, FOLDER))
    assert "架空の故障" in said(outcome)
    assert list((out.parent / "share" / folder.WORK).glob("whole-*")) == []


def test_the_command_takes_plans_and_years(out, capsys):
    made_up_reports.year_set(out, year=2025)
    configured(out, FOLDER)
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
    server = configured(out, FOLDER, mail_table(named, None, security=security), recipient()).mail
    assert server.at == ("localhost", port)
    assert server.seconds == 30


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b'{"a": 1}\n'),
        (b"", b'{"a": 1}\n'),
        (b"whole\n", b'whole\n{"a": 1}\n'),
        (b"half", b'half\n{"a": 1}\n'),
        (b"x", b'x\n{"a": 1}\n'),
        (b"\n", b'\n{"a": 1}\n'),
    ],
)
def test_a_step_is_written_on_a_line_of_its_own_for_its_owner_alone(tmp_path, before, after):
    path = tmp_path / "ledger.jsonl"
    if before is not None:
        path.write_bytes(before)
    ledger.append(path, {"a": 1})
    assert path.read_bytes() == after
    assert before is not None or path.stat().st_mode & 0o777 == 0o600


def test_a_step_that_was_cut_short_is_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda _, whole: len(whole) - 1)
    with pytest.raises(OSError, match="ledger") as caught:
        ledger.append(tmp_path / "ledger.jsonl", {"a": 1})
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "ledger.jsonl"))


@pytest.mark.parametrize(
    ("features", "options"),
    [
        ({"size": "10"}, [["size=10"]]),
        ({"size": "9"}, []),
        ({"size": "0"}, [["size=10"]]),
        ({"size": ""}, [["size=10"]]),
        ({}, [[]]),
    ],
)
def test_a_letter_may_be_just_as_large_as_the_server_takes(out, features, options):
    """RFC 1870: the size is told where the server asks for it, and 0 or nothing is no limit."""
    begun = []
    server = SimpleNamespace(
        esmtp_features=features,
        mail=lambda _, given: (begun.append(given), (250, b"ok"))[1],
        rcpt=lambda _: (250, b"ok"),
    )
    post = mail.Post(configured(out, FOLDER, mail_table(25, None), recipient()).mail)
    with suppress(mail.Unsent) if not options else nullcontext():
        post._envelope(server, b"0123456789", MAYOR)
    assert begun == options


def test_the_end_of_a_letter_is_waited_for_as_long_as_the_standard_says():
    assert mail.ENDING_SECONDS >= 10 * 60, "RFC 5321, 4.5.3.2.6"


def test_a_long_answer_is_cut():
    assert mail._words(b"x" * 300) == "x" * 200


def test_a_login_that_breaks_off_is_tried_again(out, monkeypatch):
    monkeypatch.setattr(mail.secret, "password", lambda _: "架空")
    table = mail_table(25, None, user="gyokaku", password_env="A_PASSWORD")  # noqa: S106 — a name
    post = mail.Post(configured(out, FOLDER, table, recipient()).mail)

    def breaks(*_, **__):
        raise ConnectionResetError

    server = SimpleNamespace(has_extn=lambda _: True, login=breaks)
    with pytest.raises(mail._Later, match="ログインの途中で切れました（サーバーが切りました）"):
        post._log_in(server)


def test_a_list_that_stayed_hides_none_that_changed(out):
    """Two files over the years, of which the first in order is as it was."""
    share = out.parent / "share"
    shelf = folder.Shelf(share, AUGUST.date())
    (share / folder.WORK).mkdir()
    for text in ("first", "second"):
        tree = out / "lists"
        tree.mkdir(exist_ok=True)
        (tree / "a.html").write_text("same", encoding="utf-8")
        (tree / "b.html").write_text(text, encoding="utf-8")
        outputs = {name: built.recorded(name, built.content_hash(tree / name)) for name in ("a.html", "b.html")}
        unit = SimpleNamespace(name="lists", folder=tree, outputs=outputs, altered=AssertionError)
        shelf.place_files(unit)
    assert {path.name: path.read_text() for path in (share / "lists").iterdir()} == {
        "a.html": "same",
        "b.html": "second",
    }


def test_what_a_killed_run_left_is_cleared_away_or_told(out):
    share = out.parent / "share"
    work = share / folder.WORK
    work.mkdir()
    shelf = folder.Shelf(share, AUGUST.date())
    new, replaced = work / f"whole-{PLAN}-2024-{'0' * 16}", work / f"whole-{PLAN}-2023-{'0' * 16}"
    for left in (new, replaced):
        left.mkdir()
        (left / "brief.html").write_text("架空", encoding="utf-8")
    new = new.rename(work / f"whole-{PLAN}-2024-{folder._tree_hash(new)}")
    shelf.recover()
    assert list(work.iterdir()) == [], "a new set that never took its place is deleted"
    kept = share / "_old" / "2026-08-20" / PLAN / "2023" / "brief.html"
    assert kept.read_text(encoding="utf-8") == "架空", "a replaced one is kept"
    (work / "whole-of-another-kind").write_text("a file", encoding="utf-8")
    with pytest.raises(Refusal, match="片付けられません"):
        shelf.recover()


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
