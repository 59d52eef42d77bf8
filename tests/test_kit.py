"""The kit, made of a tiny project and tiny wheels, and installed from as people do: what is wrong is a sentence, and nothing is begun."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from helpers.operate import doctor
from helpers.operate.kit import install, make, wheels
from helpers.operate.kit.wheels import LINUX, WINDOWS, Target
from helpers.terms import Refusal

# One worker makes the kit.
pytestmark = pytest.mark.xdist_group("kit")

ROOT = Path(__file__).resolve().parent.parent
HERE = Target(LINUX, ".".join(map(str, sys.version_info[:2])))
TARGETS = (HERE, Target(WINDOWS, "3.13"))
MARKED = """\
# made by hand
everywhere==1.0 \\
    --hash=sha256:0
windows-only==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:1 \\
    --hash=sha256:2
no-windows==1.0 ; os_name != 'nt' \\
    --hash=sha256:3
twelve==1.0 ; python_full_version == '3.12.*' \\
    --hash=sha256:4
old==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:5
cpython==1.0 ; implementation_name != 'PyPy' \\
    --hash=sha256:6
"""


# Which wheels


@pytest.mark.parametrize(
    ("system", "version", "hashes"),
    [
        (LINUX, "3.11", {"everywhere": "0", "no-windows": "3", "old": "5", "cpython": "6"}),
        (LINUX, "3.12", {"everywhere": "0", "no-windows": "3", "twelve": "4", "cpython": "6"}),
        (WINDOWS, "3.12", {"everywhere": "0", "windows-only": "12", "twelve": "4", "cpython": "6"}),
        (WINDOWS, "3.13", {"everywhere": "0", "windows-only": "12", "cpython": "6"}),
    ],
)
def test_markers_are_those_of_the_target_and_every_hash_is_kept(system, version, hashes):
    entries = wheels.needed(MARKED, Target(system, version))
    found = [(entry.partition("==")[0], "".join(re.findall(r"sha256:(\d)", entry))) for entry in entries]
    assert found == [*hashes.items()]


def test_wheels_are_fetched_for_every_python_claimed():
    claimed = wheels.claimed(ROOT)
    assert {target.python for target in wheels.targets(ROOT)} == set(claimed)
    assert len(wheels.targets(ROOT)) == len(claimed) * 2
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"Python {', '.join(claimed[:-1])} and {claimed[-1]}" in guide


def test_the_scripts_look_for_every_python_claimed_the_newest_first():
    files = ROOT / "src/helpers/operate/kit/files"
    newest_first = wheels.claimed(ROOT)[::-1]
    assert re.findall(r"python(3\.\d+)", (files / "install.sh").read_text(encoding="utf-8")) == newest_first
    (minors,) = re.findall(r"in \(([\d ]+)\)", (files / "install.cmd").read_text(encoding="ascii"))
    assert [f"3.{minor}" for minor in minors.split()] == newest_first
    for page in (files / "no-python.txt", ROOT / make.GUIDE):
        assert {newest_first[0], newest_first[-1]} <= set(re.findall(r"3\.\d+", page.read_text(encoding="utf-8")))


# A project with two packages, the one for Windows alone


ONE, TWO = "one-1.0-py3-none-any.whl", "two-1.0-py3-none-any.whl"


def wheel(folder, name, version="1.0", *, holds="{name}.py", content=b""):
    """The smallest wheel that pip takes."""
    file = folder / f"{name}-{version}-py3-none-any.whl"
    information = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(holds.format(name=name), content)
        archive.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{information}/RECORD", "")
    return file


# The build backend of the tiny project: what `pip install -e .` asks of hatchling.
BACKEND = """
import shutil
def build_editable(folder, config_settings=None, metadata_directory=None):
    shutil.copy("gyokaku-0.1.0-py3-none-any.whl", folder)
    return "gyokaku-0.1.0-py3-none-any.whl"
def get_requires_for_build_editable(config_settings=None):
    return []
"""
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "gyokaku"
version = "0.1.0"
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A committed project, and the folder that its packages come from."""
    if shutil.which("git") is None:
        pytest.skip("a kit is made where there is git")
    place = tmp_path_factory.mktemp("tiny")
    project, index = place / "project", place / "index"
    index.mkdir()
    shutil.copytree(ROOT / "src/helpers/operate/kit", project / "src/helpers/operate/kit")
    shutil.copy(ROOT / ".gitattributes", project)
    files = {
        "src/helpers/cli/__main__.py": "import one\nprint('診断')\n",
        "src/helpers/cli/__init__.py": "",
        make.GUIDE: "<title>入れる</title>",
        "data/plan.toml": "",
        "pyproject.toml": PROJECT,
        "backend.py": BACKEND,
        "requirements.lock": "".join(
            f"{name}==1.0{marker} \\\n    --hash=sha256:{sha256(wheel(index, name))}\n"
            for name, marker in {"one": "", "two": " ; sys_platform == 'win32'"}.items()
        ),
    }
    for name, words in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(words, encoding="utf-8")
    wheel(project, "gyokaku", "0.1.0", holds="_gyokaku.pth", content=b"replaced by the installer")
    commit(project)
    return project, index


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def commit(project):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.lg.jp"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "tiny"]):
        subprocess.run(["git", *words], cwd=project, check=True, capture_output=True)


def made(project, index, out):
    return make.kit(project, out, targets=TARGETS, index=["--no-index", "-f", str(index)])


@pytest.fixture(scope="module")
def zipped(tiny, tmp_path_factory):
    return made(*tiny, tmp_path_factory.mktemp("out"))


@pytest.fixture
def copied(tiny, tmp_path):
    """The project and its packages, to be changed."""
    return [Path(shutil.copytree(one, tmp_path / one.name)) for one in tiny]


@pytest.fixture
def unpacked(zipped, tmp_path):
    shutil.unpack_archive(zipped, tmp_path / "行革 の試し")
    return tmp_path / "行革 の試し" / "gyokaku-0.1.0"


def test_the_zip_holds_the_project_the_wheels_and_a_hash_of_each(unpacked):
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert {"install.sh", "install.cmd", "はじめにお読みください.html", "kit.json", "data/plan.toml"} <= names
    assert {name for name in names if name.startswith("wheels/")} == {f"wheels/{ONE}", f"wheels/{TWO}"}
    sums = (unpacked / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert {line.split("  ", 1)[1] for line in sums} == names - {"SHA256SUMS"}
    assert install.changed(unpacked, everything=True) == []


def test_it_says_what_it_is_for(unpacked):
    about = json.loads((unpacked / "kit.json").read_text(encoding="utf-8"))
    assert about["systems"] == ["Linux x86_64", "Windows amd64"]
    assert about["pythons"] == sorted({HERE.python, "3.13"})
    assert about["longest"] == len(".venv/Lib/site-packages/one-1.0.dist-info/METADATA")


def test_names_are_marked_as_utf_8_and_scripts_as_what_each_system_runs(zipped):
    with zipfile.ZipFile(zipped) as archive:
        infos = {info.filename.partition("/")[2]: info for info in archive.infolist()}
        assert infos["はじめにお読みください.html"].flag_bits & 0x800
        assert infos["install.sh"].external_attr >> 16 & 0o111
        assert archive.read(infos["install.cmd"]).count(b"\r\n") == archive.read(infos["install.cmd"]).count(b"\n")
        assert archive.read(infos["install.cmd"]).isascii(), "cmd loses its place in a file with other letters"
        assert b"\r" not in archive.read(infos["install.sh"])
        assert [*infos] == sorted(infos)


def test_the_same_commit_gives_the_same_bytes(tiny, zipped, tmp_path):
    again = made(*tiny, tmp_path)
    assert again.read_bytes() == zipped.read_bytes()
    assert again.with_suffix(".zip.sha256").read_text(encoding="utf-8").split() == [sha256(again), again.name]


def test_what_is_not_committed_stays_out(copied, tmp_path):
    project, index = copied
    (project / "deliver.toml").write_text("", encoding="utf-8")
    (project / "data/plan.toml").write_text("draft", encoding="utf-8")
    with zipfile.ZipFile(made(project, index, tmp_path)) as archive:
        assert "gyokaku-0.1.0/deliver.toml" not in archive.namelist()
        assert archive.read("gyokaku-0.1.0/data/plan.toml") == b""


def test_every_package_without_a_wheel_is_named_with_system_and_python(copied, tmp_path):
    project, index = copied
    with (project / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write(f"three==3.0 ; os_name == 'nt' \\\n    --hash=sha256:{'0' * 64}\n")
        lock.write(f"four==4.0 \\\n    --hash=sha256:{'0' * 64}\n")
    commit(project)
    with pytest.raises(Refusal) as refused:
        made(project, index, tmp_path / "out")
    missing = {f"four==4.0: Linux x86_64・Python {HERE.python}"}
    missing |= {f"{name}: Windows amd64・Python 3.13" for name in ("three==3.0", "four==4.0")}
    sentences = {f"{one} のホイールがありません。" for one in missing} | {"キットは作っていません。"}
    assert set(refused.value.sentences) == sentences
    assert list((tmp_path / "out").iterdir()) == []


def test_a_wheel_that_is_not_the_locked_one_is_not_packed(copied, tmp_path):
    project, index = copied
    wheel(index, "one", content=b"print('another')")
    with pytest.raises(Refusal, match=r"ホイールを取れません.*DO NOT MATCH THE HASHES"):
        made(project, index, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


# Which Python


KIT = {"pythons": ["3.11", "3.12"], "systems": ["Linux x86_64", "Windows amd64"], "glibc": "2.28"}
FITS = {"version": (3, 12), "system": "Linux", "machine": "x86_64", "glibc": "2.36", "is_64_bit": True}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, ""),
        ({"glibc": "2.28"}, ""),
        ({"system": "Windows", "machine": "AMD64", "glibc": ""}, ""),
        ({"version": (3, 10)}, "Python 3.10 では使えません"),
        ({"version": (3, 13)}, "Python 3.11、3.12 のためのものです"),
        ({"system": "Windows", "machine": "ARM64", "glibc": ""}, "Windows ARM64 では使えません"),
        ({"system": "Windows", "machine": "AMD64", "glibc": "", "is_64_bit": False}, "32 ビットの Python"),
        ({"system": "Darwin"}, "Darwin x86_64 では使えません"),
        ({"glibc": "2.17"}, "glibc 2.28 以上"),
        ({"glibc": ""}, "glibc ではありません"),
    ],
)
def test_a_python_that_the_wheels_do_not_fit_is_told_why(changes, says):
    fault = install.unfit_python(KIT, **{**FITS, **changes})
    assert says in fault[0] if says else not fault


# The installation, with nothing but the files of the kit


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False, **options)


def stopped(unpacked, *words):
    """The installer ends before anything is done; gives what it says."""
    tried = run(sys.executable, "-I", unpacked / "src/helpers/operate/kit/install.py", *words, cwd=unpacked.parent)
    assert (tried.returncode, (unpacked / ".venv").exists()) == (1, False)
    assert "Traceback" not in tried.stderr
    return tried.stderr


@pytest.mark.parametrize("name", [f"wheels/{ONE}", "src/helpers/cli/__main__.py", "data/plan.toml"])
def test_a_file_that_was_changed_or_lost_on_the_way_stops_it_before_anything_is_done(unpacked, name):
    with (unpacked / name).open("a", encoding="utf-8") as file:
        file.write(" ")
    assert f"配られたものと違うファイルがあります: {name}。" in stopped(unpacked)
    (unpacked / name).unlink()
    assert name in stopped(unpacked)


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"room": 10**18}, "ディスクの空きが足りません"), ({"pythons": ["3.99"]}, "Python 3.99 のためのものです")],
    ids=["too little room", "another Python"],
)
def test_a_machine_that_the_kit_is_not_for_stops_it(unpacked, changes, says):
    about = json.loads((unpacked / "kit.json").read_text(encoding="utf-8"))
    (unpacked / "kit.json").write_text(json.dumps(about | changes), encoding="utf-8")
    assert says in stopped(unpacked)
    if "pythons" in changes:
        stopped(unpacked, "--fits")
        script = run("sh", unpacked / "install.sh")
        assert (script.returncode, "Python 3.99" in script.stderr) == (1, True)


def test_a_machine_without_python_is_told_so(unpacked, tmp_path):
    (tmp_path / "bin").mkdir()
    for name in ("dirname", "cat"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    tried = run(shutil.which("sh"), unpacked / "install.sh", env={"PATH": str(tmp_path / "bin")})
    assert tried.returncode == 1
    assert "使える Python が見つかりません" in tried.stderr
    assert "No Python was found" in tried.stderr


AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def python_of_all():
    """A Python of this version that anybody may run; None where only its owner may."""
    for program in (sys.executable, f"/usr/bin/python{HERE.python}"):
        if run(*AS_NOBODY, program, "-c", "import ensurepip").returncode == 0:
            return program
    return None


@pytest.fixture
def open_to_all(zipped):
    """The kit unpacked where nobody can enter, too: pytest's own folders are its user's alone."""
    with tempfile.TemporaryDirectory(prefix="gyokaku-") as place:
        Path(place).chmod(0o755)
        shutil.unpack_archive(zipped, Path(place, "行革 の試し"))
        subprocess.run(["chmod", "-R", "a+rwX", Path(place, "行革 の試し")], check=True)
        yield Path(place, "行革 の試し", "gyokaku-0.1.0")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="a network is taken away by Linux alone")
def test_it_is_installed_without_a_network_by_nobody_in_particular_and_once(open_to_all):
    """`bench/kit.py` does the same with the whole project."""
    unpacked = open_to_all
    words, python = ["sh", unpacked / "install.sh"], sys.executable
    if os.geteuid() == 0:
        python = python_of_all()
        words = ["unshare", "--net", *(AS_NOBODY if python else []), *words]
    environment = {"PATH": os.environ["PATH"], "PYTHON": python or sys.executable}
    environment |= {"PIP_INDEX_URL": "http://127.0.0.1:9/", "HOME": "/nowhere"}
    first = run(*words, env=environment)
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.splitlines()[-2:] == [
        "診断",
        "導入できました。次に打つもの: .venv/bin/gyokaku build / Installed. Next: .venv/bin/gyokaku build",
    ]
    (pth,) = (unpacked / ".venv").rglob("_gyokaku.pth")
    assert pth.read_text(encoding="ascii") == "../../../../src\n"
    assert not list((unpacked / ".venv").rglob("two.py")), "Windows alone needs it"
    assert run(*words, env=environment).stdout.startswith("もう入っています。")
    (unpacked / "data/plan.toml").write_text("by people", encoding="utf-8")
    (unpacked / ".venv/.installed").unlink()  # as where it was interrupted
    again = run(*words, env=environment)
    assert again.returncode == 0
    assert "導入しています" in again.stdout


# The doctor


def test_the_doctor_looks_at_a_kit_and_only_there(unpacked, tmp_path):
    assert doctor.kit(tmp_path, HERE.python) == []

    def found(state, words, python=HERE.python):
        (line,) = doctor.kit(unpacked, python)
        assert (line.state, words in line.found) == (state, True), line

    found(doctor.GOOD, f"Python {HERE.python} のホイールがあり、どのファイルも配られたとおり")
    found(doctor.WARNING, "Python 3.99", python="3.99")
    (unpacked / "data/plan.toml").write_text("by people", encoding="utf-8")
    found(doctor.GOOD, "どのファイルも配られたとおり")
    (unpacked / "wheels" / ONE).unlink()
    found(doctor.WARNING, "wheels/one-1.0")
    (unpacked / "src/helpers/cli/__main__.py").write_text("", encoding="utf-8")
    found(doctor.BAD, "src/helpers/cli/__main__.py")


# Windows


def test_every_name_in_the_project_is_one_that_windows_can_hold():
    if (ROOT / ".git").exists():
        names = run("git", "ls-files", "-z", cwd=ROOT).stdout.split("\0")
    else:
        names = [line.split("  ", 1)[1] for line in (ROOT / install.SUMS).read_text(encoding="utf-8").splitlines()]
    forbidden = r'[<>:"|?*\\]|[ .](/|$)|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)'
    assert [name for name in names if re.search(forbidden, name, re.IGNORECASE)] == []
    assert len({name.lower() for name in names}) == len(names) > 100
