"""The first command on other machines, whole: an unpacked archive, a shallow clone, missing libraries, other tools.

These build the book anew in copies of the last commit, so they run in CI only, where each of them must.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from cyberbook import build, pdf

from ..conftest import ROOT, needs

pytestmark = pytest.mark.skipif(not os.environ.get("CI"), reason="CI で確かめます（本を何度も組みます）")
HTML = Path("_build/html")
OURS = "PYTHON", "PYTEST", "CYBER", "VIRTUAL", "SOURCE"  # how the variables of this set-up begin


def git(*arguments: str | Path) -> None:
    subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True)


def hidden(*libraries: str) -> list[str]:
    """The start of a command that does not find these libraries of the system."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    found = re.findall(rf"=> (\S*/(?:{'|'.join(libraries)})\.so\S*)", listed)
    paths = [Path(path).resolve() for path in found]
    needs(paths or libraries == ("libharfbuzz-subset",), f"隠すライブラリー（{'、'.join(libraries)}）")
    mounts = "".join(f"mount --bind /dev/null '{path}' && " for path in paths)
    return ["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", f'{mounts}exec "$@"', "sh"]


def run(
    folder: Path, *command: str | Path, before: Sequence[str] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine that has nothing of this one's set-up."""
    told = {"capture_output": True, "encoding": "utf-8", "errors": "replace"}
    own = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    return subprocess.run([*before, *map(str, command)], cwd=folder, env=own | environment, **told)


def sound(done: subprocess.CompletedProcess[str], folder: Path, with_pdf: bool) -> None:
    """The command ended well, and the site is whole: it offers what exists and nothing else."""
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    own = "WARNING: Location"  # of pip's settings
    complaint = re.compile(r"Traceback|\bwarning:", re.I)
    assert [x for x in said.splitlines() if complaint.search(x) and not x.startswith(own)] == []
    assert build.dead_links(folder / HTML) == []
    offered = "cyberbudget.pdf" in (folder / HTML / "book" / "index.html").read_text(encoding="utf-8")
    assert offered == with_pdf == (folder / HTML / "_files" / "cyberbudget.pdf").exists()


@pytest.fixture
def newest_python() -> str:
    """The newest supported Python of this machine, wherever it stands."""
    places = [*os.environ["PATH"].split(os.pathsep), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
    path = os.pathsep.join(place for place in places if "shims" not in place)
    found = (shutil.which(name, path=path) for name in ("python3.13", "python3.12", "python3.11"))
    return next(filter(None, found), sys.executable)


def script(path: Path, lines: str) -> Path:
    """A program that does nothing but what these lines say."""
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


def test_an_unpacked_archive_without_harfbuzz_subset(tmp_path, newest_python):
    """No git, a name with a space and Japanese, LANG=C, another time zone, an old uv, an unsupported .venv."""
    needs(not pdf.missing(), "Pango")
    folder = tmp_path / "本 の 写し"
    git("archive", "--format=zip", "-o", tmp_path / "book.zip", "HEAD")
    shutil.unpack_archive(tmp_path / "book.zip", folder)
    script(folder / ".venv" / "bin" / "python", "echo '3 9'")
    uv = script(tmp_path / "bin" / "uv", "echo 'uv 0.4.30'; [ \"$1\" = --version ] || exit 2")
    path = f"{uv.parent}{os.pathsep}{os.environ['PATH']}"
    machine = {"LANG": "C", "LC_ALL": "C", "TZ": "Pacific/Auckland", "PATH": path, "PYTHON": newest_python}
    done = run(folder, "make", "book", before=hidden("libharfbuzz-subset"), **machine)
    sound(done, folder, with_pdf=True)
    assert done.stdout.count("PDF のライブラリーからの知らせ") <= 1
    again = run(folder, "make", "book", **machine)
    assert "本はできています" in again.stdout


def test_a_shallow_clone_with_pip_alone_and_without_pango_interrupted(tmp_path):
    """The other way in of the README: pip, Ctrl-C while it works, and jupyter-book to the end.

    One line after Ctrl-C, pressed once more in impatience, no part of a file; and no link that leads nowhere.
    """
    folder = tmp_path / "clone"
    git("clone", "--quiet", "--depth", "1", ROOT.as_uri(), folder)
    run(folder, sys.executable, "-m", "venv", ".venv")
    pip = [".venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for wanted in (["-r", "requirements.txt"], ["-e", ".", "--no-deps", "--no-build-isolation"]):
        done = run(folder, *pip, *wanted)
        assert done.returncode == 0, done.stderr
    with subprocess.Popen(
        [*hidden("libpango-1.0"), ".venv/bin/cyberbook", "book"], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", env=os.environ | {"PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    ) as started:  # fmt: skip
        assert started.stdout
        told = ""
        for line in started.stdout:
            told += line
            if "ブリーフィング" in line:
                os.killpg(started.pid, signal.SIGINT)
                break
        time.sleep(0.5)
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGINT)
        _, said = started.communicate(timeout=60)
    assert started.returncode == 130 and "中断しました" in said and "Traceback" not in said
    assert "PDF は作りません" in told
    left = [path.name for path in (folder / "_build").rglob("*") if path.name.endswith(".part")]
    assert left == []
    build_it = (".venv/bin/jupyter-book", "build", ".", "-W", "-n", "--keep-going")
    done = run(folder, *build_it, before=hidden("libpango-1.0"))
    sound(done, folder, with_pdf=False)
    assert not list((folder / HTML).rglob("*.pdf"))
