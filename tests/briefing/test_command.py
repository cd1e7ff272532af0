"""``cyberbook briefing``: what it understands, what it says, what it never overwrites, how it ends."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cyberbook import kernels
from cyberbook.__main__ import main
from cyberbook.briefing import RequestError, command, folder, produce, question, subject
from cyberbudget.load import Document

from ..conftest import ROOT

SLUG = "fy2024-fsa"
ASK = "briefing", "--ministry", "金融庁"
Run = Callable[..., SimpleNamespace]


@pytest.fixture(autouse=True)
def read_once(doc: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "load", lambda *_: doc)


# ── what is meant ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "text", "slugs"),
    [
        ("ministry", "総務省", "mic"),
        ("ministry", "経産省", "meti"),
        ("ministry", "METI", "meti"),
        ("ministry", "ｍｅｔｉ", "meti"),
        ("ministry", "M.E.T.I.", "meti"),
        ("ministry", "厚労", "mhlw"),
        ("ministry", "ﾃﾞｼﾞﾀﾙ", "da"),
        ("ministry", "【防衛省】　", "mod"),
        ("ministry", "経済産業省（METI）", "meti"),
        ("ministry", "Foreign Affairs", "mofa"),
        ("ministry", "NISC", "cas"),
        ("ministry", "内閣サイバーセキュリティーセンター", "cas"),
        ("ministry", "総務省,経済産業省、MIC", "mic meti"),
        ("ministry", "Ministry of Health, Labour and Welfare, METI", "mhlw meti"),
        ("ministry", "総務省と経産省", "mic meti"),
        ("ministry", "MOD;MOFA", "mod mofa"),
        ("area", "3", "area3"),
        ("area", "（３）", "area3"),
        ("area", "③", "area3"),
        ("area", "⑶", "area3"),
        ("area", "Ⅲ", "area3"),
        ("area", "第三分野", "area3"),
        ("area", "area-3", "area3"),
        ("area", "(3)国際・安全保障", "area3"),
        ("area", "国際社会の平和", "area3"),
        ("area", "人材育成", "area4"),
        ("area", "1と3", "area1 area3"),
        ("area", "(２)、(３)", "area2 area3"),
        ("measure", "(2)-⑪", "measure-2-11"),
        ("measure", "２-１１", "measure-2-11"),
        ("measure", "(2)⑪", "measure-2-11"),
        ("measure", "2⑪", "measure-2-11"),
        ("measure", "2の11", "measure-2-11"),
        ("measure", "二の十一", "measure-2-11"),
        ("measure", "（２）－⑪", "measure-2-11"),
        ("measure", "2-⒒", "measure-2-11"),
        ("measure", "分野2の施策11", "measure-2-11"),
        ("measure", "(2)-⑪ サイバーセキュリティ協議会の運用", "measure-2-11"),
        ("measure", "協議会", "measure-2-11"),
        ("measure", "GIGA", "measure-4-2"),
        ("measure", "ＲＭＦ", "measure-3-2"),
        ("measure", "情報システム防護", "measure-3-1"),
        ("measure", "防衛省 研究", "measure-3-4"),
        ("measure", "金融庁の演習", "measure-2-9"),
        ("measure", "国交通省所管事業者等への情報セキュリティ対策経費", "measure-2-15"),  # as it is printed
        ("measure", "自治体情報セキュリティ強化対策事業", "measure-2-10"),  # its name elsewhere
        ("measure", "penetration", "measure-2-12"),
        ("measure", "情報セキュリティ対策の強化", "measure-2-5"),  # also a part of other names
        ("measure", "2-11,GIGA", "measure-2-11 measure-4-2"),
    ],
)
def test_a_subject_as_people_write_it(doc, kind, text, slugs):
    assert [one.slug for one in question.asked(doc, **{kind: text})] == slugs.split()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("--ministry cao", "もしかすると「内閣官房」"),
        ("--ministry 警視庁", "もしかすると「警察庁」ですか"),
        ("--ministry ほげ", "使える名前：内閣官房、"),
        ("--ministry 省", "使える名前：内閣官房、"),
        ("--ministry agency", "3件あります：警察庁、金融庁、デジタル庁"),
        ("--ministry 3", "「3」は分野です。--area 3"),
        ("--ministry 総務省,ほげ", "府省庁「ほげ」は、令和6年度の資料の表にありません"),
        ("--ministry ,", "府省庁（ministry）が空です"),
        ("--ministry 総務省 --area 1", "府省庁と分野を同時に指定できません"),
        ("--area 5", "使える番号：1（経済社会の活力）"),
        ("--area 3-6", "「3-6」は施策です。--measure 3-6"),
        ("--area 安全", "2件あります：分野(2)「国民の安全・安心」、分野(3)「国際・安全保障」"),
        ("--area 総務省", "「総務省」は府省庁です。--ministry 総務省"),
        ("--measure サプライチェーン", "2件あります：(1)-⑤ サプライチェーン・"),
        ("--measure サイバー", " など18件"),
        ("--measure 2-99", "分野(2)の施策は (2)-① から (2)-⑮ まで"),
        ("--measure 2", "「2」は分野です。--area 2"),
        ("--measure 11", "(2)-⑪ か 2-11 の形の位置"),
        (
            "--measure (2)-⑩サイバーセキュリティ協議会",
            "もしかすると「サイバーセキュリティ協議会の運用」",
        ),
        ("--measure CYDER", "もしかすると「ナショナルサイバートレーニングセンターの強化」ですか"),
        ("--fy 二千年問題", "年度「二千年問題」が数ではありません"),
        ("--fy 1999", "1999年度の資料がありません。使える年度：2024"),
        ("--fy 令和99", "2117年度の資料がありません"),
        ("--stage 補正", "段階「補正」はありません"),
        ("--all --area 3", "指定できません"),
        ("--all --stage x", "段階「x」はありません"),
    ],
)
def test_what_is_not_one_thing_is_said_in_one_line(given, told, tmp_path, capsys):
    """And nothing is left."""
    assert main(["briefing", *given.split(), "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["2024", "２０２４年度", "FY2024", "令和6", "令和６年度", "令和六年", "R6"])
def test_a_year_as_people_write_it(text):
    assert question.years(f"{text}、2024") == [2024]


def test_a_stage_as_people_write_it():
    assert {question.stage(text) for text in ("当初", "initial", "当初予算")} == {"initial"}
    assert {question.stage(t) for t in ("16か月予算", "１６ヶ月", "16カ月", "16months")} == {"16months"}


def test_an_area_without_measures(doc):
    rows = doc.measures[doc.measures["area"] != "1"]
    with pytest.raises(RequestError, match="表にある施策がありません"):
        subject(replace(doc, measures=rows), area="1")


# ── what is written ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["MINISTORY=総務省"],
            "「--ministory=総務省」という指定はありません（もしかすると --ministry ですか）",
        ),
        (["--mini", "総務省"], "「--mini」という指定はありません"),
        (["総務省"], "「総務省」という指定はありません"),
        (["MINISTRY="], "MINISTRY=） が空です"),
        (["--area", "　"], "AREA=） が空です"),
        (["--ministry", "総務省", "OUT="], "OUT=） が空です"),
        (["--ministry"], "--ministry の後に、値がありません"),
        (["ALL=はい"], "「はい」ではなく、1 か 0"),
        (["ALL="], "1 か 0"),
    ],
)
def test_nothing_is_passed_over_in_silence(words, told, capsys, monkeypatch):
    monkeypatch.setattr(command, "run", lambda *_: pytest.fail("the whole government"))
    with pytest.raises(SystemExit) as ended:
        main(["briefing", *words])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_a_command_that_is_none(capsys):
    with pytest.raises(SystemExit):
        main(["breifing"])
    assert "もしかすると briefing ですか" in capsys.readouterr().err
    assert main([]) == 0
    assert "briefing" in capsys.readouterr().out


def made_by_make(*given: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {"capture_output": True, "encoding": "utf-8", "env": os.environ | environment}
    return subprocess.run(["make", "briefing", *given], cwd=ROOT, **told)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["MINISTRY=ほげ"], "府省庁「ほげ」は"),
        (["MINISTORY=総務省"], "もしかすると --ministry"),
        (["MINISTRY="], "MINISTRY=） が空です"),
        (["MINISTRY=$(x)"], "MINISTRY=） が空です"),
        (["MEASURE=9の9", "STAGE=16months"], "施策「9の9」は"),
        (['AREA=`echo 1`";exit 7;"'], '分野「`echo 1`"'),
    ],
)
def test_make_hands_on_what_it_was_given(given, told):
    """Whatever it is: unknown, empty, or of a kind that a shell would run."""
    done = made_by_make(*given)
    assert told in done.stderr and "Error 2" in done.stderr


def test_make_hands_on_what_the_environment_holds():
    assert "府省庁「ほげ」は" in made_by_make(MINISTRY="ほげ").stderr


# ── what is said and made ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command with sets of one file, made in threads; each call returns its code and what it said."""

    def make(request: produce.Request, work: Path, *_: object) -> Path:
        slug = request.briefing().slug
        (work / slug / "csv").mkdir(parents=True)
        (work / slug / f"{slug}.html").write_text("作ったもの", "utf-8")
        (work / slug / "csv" / "rows.csv").write_text("1", "utf-8")
        folder.seal(work / slug)
        return work / slug

    monkeypatch.setattr(produce, "make", make)
    monkeypatch.setattr(kernels, "workers", lambda: ThreadPoolExecutor(2))

    def call(*words: str) -> SimpleNamespace:
        code = main([*words, "--out", str(tmp_path)])
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return call


def written(slug: str, out: Path) -> Path:
    """A set as :func:`run` leaves it."""
    return out / slug / f"{slug}.html"


def test_what_is_made_is_said_before(run, tmp_path, monkeypatch):
    done = run("briefing", "--measure", "２の１１", "--stage", "16か月")
    assert done.code == 0 and written("fy2024-measure-2-11-16months", tmp_path).exists()
    first, *_, last = done.out.splitlines()
    assert (
        first
        == "作るもの：「サイバーセキュリティ協議会の運用」の予算：16か月予算（令和5年度補正＋令和6年度当初）"
    )
    assert str(tmp_path) in last
    monkeypatch.setattr(produce, "make", lambda *_: 1 / 0)
    assert "作るもの：「サイバー" in run("briefing", "--measure", "2-11").out


def test_all(run, tmp_path):
    done = run("briefing", "--all")
    assert "作るもの：政府全体" in done.out and "[16/16]" in done.out
    assert len(list(tmp_path.iterdir())) == 16
    assert run("briefing", "ALL=0", "AREA=3").out.count("[") == 1


def full(request: produce.Request, *_: object) -> Path:
    """One fails as on a full disk, any other goes on for ever."""
    if request.ministry == "金融庁":
        raise OSError(errno.ENOSPC, "No space left on device")
    threading.Event().wait()
    raise AssertionError("goes on")


def broken(request: produce.Request, *_: object) -> Path:
    return full(request) if request.ministry != "金融庁" else Path(str(1 / 0))


@pytest.mark.skipif(os.name == "nt", reason="Windows の作業プロセスには、にせの作業を渡せません")
@pytest.mark.parametrize(
    ("make", "told"), [(full, "空き容量が足りません"), (broken, "（ZeroDivisionError：")]
)
def test_the_first_failure_ends_the_others(make, told, tmp_path, monkeypatch, capfd):
    """In real processes: the one that goes on is ended, one line is said, nothing half made is left."""
    monkeypatch.setattr(produce, "make", make)
    assert main(["briefing", "--ministry", "総務省,金融庁", "--out", str(tmp_path / "out")]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert told in line
    assert not (tmp_path / "out").exists()


# ── what is never overwritten ───────────────────────────────────────────────────────────────────────


def edited(path: Path) -> None:
    path.write_text("直したもの", "utf-8")


@pytest.mark.parametrize(
    ("does", "named"),
    [
        (lambda made: edited(made / f"{SLUG}.html"), f"{SLUG}.html"),
        (lambda made: edited(made / "csv" / "mynotes.csv"), "csv/mynotes.csv"),
        (lambda made: (made / "空").mkdir(), "空"),
        (
            lambda made: (
                (made / f"{SLUG}.html").symlink_to(made) if not (made / f"{SLUG}.html").unlink() else 0
            ),
            "html",
        ),
        (lambda made: (made / folder.MANIFEST).unlink(), f"{SLUG}.html"),
        (lambda made: (made / folder.MANIFEST).write_text("[1]", "utf-8"), f"{SLUG}.html"),
    ],
    ids=["edited", "added", "folder", "link", "no manifest", "other manifest"],
)
def test_what_somebody_else_wrote_is_kept_beside_and_named(run, tmp_path, does, named):
    for _ in range(2):
        run(*ASK)
        does(tmp_path / SLUG)
    before = {path.relative_to(tmp_path / SLUG) for path in (tmp_path / SLUG).rglob("*")}
    done = run(*ASK)
    assert done.code == 0 and f"{SLUG}_old2 に残しました" in done.out and named in done.out
    for kept in (tmp_path / f"{SLUG}_old1", tmp_path / f"{SLUG}_old2"):
        assert {path.relative_to(kept) for path in kept.rglob("*")} == before
    assert folder.strange(tmp_path / SLUG) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [SLUG, f"{SLUG}_old1", f"{SLUG}_old2"]


def test_what_is_as_it_was_written_makes_room(run, tmp_path):
    """Whatever a system or a program has left in the folder, and whatever somebody took out of it."""
    run(*ASK)
    made = tmp_path / SLUG
    (made / ".ipynb_checkpoints").mkdir()
    noise = (
        ".DS_Store",
        "csv/Thumbs.db",
        "Desktop.ini",
        f"~${SLUG}.pptx",
        ".~lock.a.xlsx#",
        "._a",
        ".ipynb_checkpoints/a.ipynb",
    )
    for name in noise:
        edited(made / name)
    (made / "csv" / "rows.csv").unlink()
    assert "残しました" not in run(*ASK).out
    assert [path.name for path in tmp_path.iterdir()] == [SLUG]
    assert (made / "csv" / "rows.csv").exists() and not (made / ".DS_Store").exists()


def other(out: Path) -> Path:
    (out / SLUG).mkdir()
    edited(out / SLUG / "大切な書類.txt")
    return out


def linked(out: Path) -> Path:
    (out / "elsewhere").mkdir()
    (out / SLUG).symlink_to(out / "elsewhere")
    return out


def file(out: Path) -> Path:
    edited(out / SLUG)
    return out


def dangling(out: Path) -> Path:
    (out / "link").symlink_to(out / "none")
    return out / "link"


def a_file_above(out: Path) -> Path:
    edited(out / "file")
    return out / "file" / "out"


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (other, "ブリーフィングではないもの（大切な書類.txt）"),
        (linked, f"{SLUG} は、ほかの場所"),
        (file, f"{SLUG} という名前のファイル"),
        (dangling, "link は、行き先のないリンク"),
        (a_file_above, "file は、フォルダーではなくファイル"),
    ],
)
def test_what_is_in_the_way_is_named_before_the_work(there, told, tmp_path, capsys, monkeypatch):
    """Also where it is in the way of one of sixteen."""
    out = there(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(produce, "make", lambda *_: pytest.fail("work"))
    for asked in (ASK, ("briefing", "--all")):
        assert main([*asked, "--out", str(out)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert told in line and "--out" in line
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_one_may_not_write(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)  # root may write everywhere
    with pytest.raises(RequestError, match=f"{tmp_path.name} に書けません（書く許可"):
        folder.check(tmp_path / "a" / "b", [])


def test_a_file_that_is_open_is_named(run, tmp_path, monkeypatch):
    """As on Windows: the folder cannot be moved, the file cannot be written. All stays as it was."""
    run(*ASK)
    held, open_, rename = written(SLUG, tmp_path), Path.open, Path.rename

    def refused(does: Callable[..., object], wrong: Path) -> Callable[..., object]:
        def call(path: Path, *given: object, **how: object) -> object:
            if path == wrong:
                raise PermissionError(errno.EACCES, "Access is denied", str(path))
            return does(path, *given, **how)

        return call

    monkeypatch.setattr(Path, "open", refused(open_, held))
    monkeypatch.setattr(Path, "rename", refused(rename, held.parent))
    done = run(*ASK)
    assert done.code == 2 and f"{held} を、ほかのプログラムが開いています" in done.err
    assert [path.name for path in tmp_path.iterdir()] == [SLUG]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "x"), KeyboardInterrupt()])
def test_what_breaks_off_on_the_last_step_loses_nothing(error, tmp_path, monkeypatch):
    """The old set is moved aside, the new one cannot be put in its place."""
    new, target = tmp_path / "new", tmp_path / SLUG
    for path in (new, target):
        path.mkdir()
        edited(path / path.name)
    rename = Path.rename

    def refused(path: Path, to: Path) -> Path:
        if path == new:
            raise error
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(type(error)):
        folder.settle(new, target)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"new", SLUG}
    assert (target / SLUG).exists()


def test_errors_that_a_library_wraps(tmp_path, monkeypatch, run):
    """As XlsxWriter, which has an error of its own for a full disk."""

    def fails(*_: object) -> None:
        raise RuntimeError(OSError(errno.ENOSPC, "No space left on device", str(tmp_path / ".x" / "a.xlsx")))

    monkeypatch.setattr(produce, "make", fails)
    done = run(*ASK)
    assert (
        done.code == 2
        and done.err
        == f"{tmp_path} の空き容量が足りません。空けるか、別の出力先を --out（make では OUT=）で指定してください\n"
    )


# ── Ctrl-C ──────────────────────────────────────────────────────────────────────────────────────────

# Interrupts itself when a module is about to be imported, as by a Ctrl-C at that moment.
INTERRUPTED = """
import os, runpy, signal, sys
class Finder:
    def find_spec(name, *_):
        if name == sys.argv[1]:
            sys.meta_path.remove(Finder)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
for name in [name for name in sys.modules if name.partition(".")[0] in sys.argv[1].split(".")]:
    del sys.modules[name]
"""
COMMAND = (
    "sys.argv[0] = 'cyberbook'; del sys.argv[2:]; from cyberbook.__main__ import main; sys.exit(main({}))"
)
INSTALL = "runpy.run_path('src/cyberbook/install.py', run_name='__main__')"


@pytest.mark.skipif(os.name == "nt", reason="Windows では、自分に Ctrl-C を送れません")
@pytest.mark.parametrize(
    ("module", "then"),
    [
        ("pathlib", COMMAND.format([])),
        ("argparse", COMMAND.format(["check"])),
        ("pandas", COMMAND.format(["check"])),
        ("numpy.linalg", COMMAND.format(["briefing"])),  # pandas makes another error of it
        ("cyberbook.briefing.content", COMMAND.format(["briefing"])),
        ("hashlib", INSTALL),
    ],
)
def test_ctrl_c_while_modules_are_read_is_one_line(module, then):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED + then, module], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 130, done.stderr
    assert [line for line in done.stderr.splitlines() if line] == [done.stderr.strip()]
    assert "中断しました" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows では、ほかのプロセスに Ctrl-C を送れません")
def test_ctrl_c_during_the_work_is_one_line_and_leaves_what_was_there(tmp_path):
    """With its workers, whose kernels are starting: all of them are gone, and the folder is as it was."""
    old = tmp_path / SLUG / f"{SLUG}.html"
    old.parent.mkdir()
    edited(old)
    command = [sys.executable, "-m", "cyberbook", *ASK, "--out", str(tmp_path)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as started:
        assert started.stdout and "作るもの" in started.stdout.readline()
        while not list(tmp_path.glob(f".*/{SLUG}")):  # a worker has begun
            assert started.poll() is None
        os.killpg(started.pid, signal.SIGINT)
        _, said = started.communicate()
    assert started.returncode == 130
    assert said.strip().splitlines() == ["中断しました。もう一度同じ命令を実行すると、やり直します"]
    assert [path.name for path in tmp_path.rglob("*")] == [SLUG, old.name]
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)
