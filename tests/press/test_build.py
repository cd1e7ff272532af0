"""The build and the command: what failed stays failed, what was cut short is mended, errors are one line."""

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import nbformat
import pytest
import zmq

from cyberbook import build, kernels, pdf
from cyberbook.__main__ import main, parser
from cyberbudget.load import books

from ..conftest import ROOT

PAGE = "# 追加の章\n\n本文です。\n"


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one chapter of ours and two pages, in a folder with a space and Japanese in its name, built once."""
    folder = tmp_path_factory.mktemp("本 の 写し") / "本"
    (folder / "book").mkdir(parents=True)
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    for name in ("_config.yml", "requirements.txt", "book/accessibility.ipynb", "book/briefing.ipynb"):
        shutil.copy(ROOT / name, folder / name)
    toc = "format: jb-book\nroot: book/accessibility\nchapters:\n- file: book/extra\n- file: book/other\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    for name in ("extra", "other"):
        (folder / "book" / f"{name}.md").write_text(PAGE, encoding="utf-8")
    done = cyberbook(folder, "book", "--pages")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def book(small_book: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may break."""
    return Path(shutil.copytree(small_book, tmp_path / "本 2", symlinks=True))


def cyberbook(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "LANG": "C", "LC_ALL": "C"}
    environment.pop("CYBERBUDGET_DATA", None)
    command = [sys.executable, "-m", "cyberbook", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env=environment)


def refused(done: subprocess.CompletedProcess[str], *told: str) -> None:
    """It ended with 2, says what is asked for, and shows no traceback of a tool."""
    assert done.returncode == 2, done.stdout
    assert [text for text in told if text not in done.stderr] == [], done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def site(folder: Path) -> dict[str, str]:
    files = (path for path in (folder / "_build" / "html").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): build.digest(path) for path in files}


# ── the build ───────────────────────────────────────────────────────────────────────────────────────


def test_a_failed_build_stays_failed_until_it_is_mended(book):
    page = book / "book" / "extra.md"
    page.write_text(PAGE + "\n[行き先なし](nowhere.md)\n", encoding="utf-8")
    for _ in range(2):
        refused(cyberbook(book, "book", "--pages"), "頁を組めません", "book/extra.md", "nowhere.md")
    page.write_text(PAGE + "\n直しました。\n", encoding="utf-8")
    assert cyberbook(book, "book", "--pages").returncode == 0
    assert "直しました" in (book / "_build/html/book/extra.html").read_text(encoding="utf-8")


def test_data_that_moved_on_without_the_chapters_stop_the_build(book):
    csv = book / "data" / "fy2024" / "measures.csv"
    csv.write_text(csv.read_text(encoding="utf-8").replace("1064.0", "1063.9"), encoding="utf-8")
    before = site(book)
    told = "データが、章を実行したときから変わっています", "accessibility", "run"
    refused(cyberbook(book, "book", "--pages"), *told)
    assert site(book) == before
    assert cyberbook(book, "run").returncode == 0
    assert cyberbook(book, "book", "--pages").returncode == 0
    # Line ends are no other data.
    csv.write_bytes(csv.read_bytes().replace(b"\n", b"\r\n"))
    assert cyberbook(book, "book", "--pages").returncode == 0


@pytest.mark.parametrize(
    "cut",
    [
        "html/book/extra.html",
        "pages/html/book/accessibility.html",
        "pages/.doctrees/environment.pickle",
        "pages/.doctrees/book/extra.doctree",
        "made.json",
    ],
)
def test_files_that_were_cut_short_mend_themselves(book, small_book, cut):
    path = book / "_build" / cut
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert cyberbook(book, "book", "--pages").returncode == 0
    assert site(book) == site(small_book)


def test_one_changed_page_is_made_again_as_a_whole_build_would(book):
    """By what it holds: its time stamp may even be older."""
    page, other = book / "book" / "extra.md", book / "_build/pages/html/book/other.html"
    page.write_text(PAGE + "\n別の言葉です。\n", encoding="utf-8")
    assert cyberbook(book, "book", "--pages").returncode == 0
    page.write_text(PAGE + "\n足しました。\n", encoding="utf-8")
    os.utime(page, (0, 0))
    before = other.stat().st_mtime_ns
    assert cyberbook(book, "book", "--pages").returncode == 0
    assert other.stat().st_mtime_ns == before
    changed = site(book)
    shutil.rmtree(book / "_build")
    assert cyberbook(book, "book", "--pages").returncode == 0
    assert site(book) == changed


def test_an_interrupted_build_leaves_the_old_site_and_the_next_one_goes_on(book):
    before = site(book)
    (book / "book" / "extra.md").write_text(PAGE + "\n足しました。\n", encoding="utf-8")
    command = [sys.executable, "-m", "cyberbook", "book", "--pages"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    started = subprocess.Popen(command, cwd=book, **pipes)
    assert started.stdout and "頁を組んでいます" in started.stdout.readline()
    started.send_signal(signal.SIGINT)
    _, said = started.communicate()
    assert started.returncode == 130
    assert "中断しました" in said and "Traceback" not in said
    assert site(book) == before
    assert cyberbook(book, "book", "--pages").returncode == 0
    assert "足しました" in (book / "_build/html/book/extra.html").read_text(encoding="utf-8")


def test_a_folder_that_is_filled_in_changes_no_page(book):
    """The book keeps the last whole document, and offers nothing of the one that is being written."""
    before, newest = site(book), books(book / "data")[-1].name
    year = str(int(newest[2:6]) + 1)
    assert cyberbook(book, "new", year).returncode == 0
    assert f"記入中（fy{year}）" in cyberbook(book, "check").stdout
    assert cyberbook(book, "book", "--pages").returncode == 0
    assert site(book) == before


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#x"><a href="b.html#y"><a href="https://x.y/">')
    (tmp_path / "b.html").write_text('<p id="x"><img src=\'c.png\'><a href=gone.html><a href="a.html">')
    assert build.dead_links(tmp_path) == ["a.html → b.html#y", "b.html → c.png", "b.html → gone.html"]


# ── chapters ────────────────────────────────────────────────────────────────────────────────────────


def with_code(book: Path, code: str, *outputs: nbformat.NotebookNode) -> Path:
    path = book / "book" / "accessibility.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(2, nbformat.v4.new_code_cell(code, id="broken", outputs=list(outputs)))
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize(
    ("code", "told"),
    [("1 / 0", "ZeroDivisionError: division by zero"), ("import os; os._exit(1)", "カーネルが止まりました")],
)
def test_a_chapter_that_fails_is_named_with_its_cell_and_left_alone(book, code, told):
    path = with_code(book, code)
    before = path.read_bytes()
    done = cyberbook(book, "run", "book/accessibility.ipynb")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "book/accessibility.ipynb の3番目のセル" in line and told in line and "もう一度" in line
    assert path.read_bytes() == before


NULL, NEWER = '{"cells":null,"metadata":{},"nbformat":4,"nbformat_minor":5}', '{"nbformat":9,"cells":[]}'


@pytest.mark.parametrize("text", ['{"cells": [', "", "[1]", "\x00", NULL, NEWER])
def test_what_is_no_notebook_is_named(book, text):
    (book / "book" / "accessibility.ipynb").write_text(text, encoding="utf-8")
    refused(cyberbook(book, "book", "--pages"), "book/accessibility.ipynb", "ノートブックとして読めません")


def test_a_stored_error_stops_the_build(book):
    with_code(book, "1 / 0", nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))
    refused(cyberbook(book, "book", "--pages"), "book/accessibility.ipynb の3番目のセル", "誤りの出力")


def test_a_stock_figure_is_kept_and_is_the_same_after_another_chapter(tmp_path):
    """In a warm kernel as in a fresh one: the figure is there, and no style of the chapter before."""
    drawn = "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2, 3])"
    pictures = []
    other = drawn.replace("_ =", "plt.rcParams['font.size'] = 30; _ =")
    for code in (drawn, other, drawn):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        (output,) = kernels.execute(notebook, tmp_path / "a.ipynb").cells[0].outputs
        pictures.append(output.data["image/png"])
    kernels._stop()
    assert pictures[0] == pictures[2] != pictures[1]


@pytest.mark.parametrize("fails", [1, kernels.TRIES])
def test_a_kernel_whose_port_was_taken_is_started_again(monkeypatch, fails):
    """The kernel cannot bind its port and dies; the next one lives. After the last try the error stands."""
    held: list[zmq.Socket] = []
    picked = kernels.KernelManager.start_kernel

    def start(manager: kernels.KernelManager, **how: object) -> None:
        if len(held) < fails:
            held.append(zmq.Context.instance().socket(zmq.ROUTER))
            manager.shell_port = held[-1].bind_to_random_port("tcp://127.0.0.1")
            manager.cache_ports = False
        picked(manager, stderr=subprocess.DEVNULL, **how)

    monkeypatch.setattr(kernels.KernelManager, "start_kernel", start)
    with pytest.raises(kernels.KernelError) if fails == kernels.TRIES else nullcontext():
        manager, client = kernels.start()
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert len(held) == fails
    for socket in held:
        socket.close()


def test_a_book_without_a_document_can_be_run(tmp_path):
    """Somebody's own: no data, no areas, and nothing of ours is made there."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/one\n", encoding="utf-8")
    cell = nbformat.v4.new_code_cell("1 + 1")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "book" / "one.ipynb")
    done = cyberbook(tmp_path, "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_toc.yml", "book"]


# ── the PDF ─────────────────────────────────────────────────────────────────────────────────────────


def said_by(module: str, text: str) -> None:
    record = logging.LogRecord("", logging.WARNING, f"/x/weasyprint/{module}", 1, text, (), None)
    logging.getLogger("weasyprint").handle(record)


def test_what_is_said_of_the_machine_is_one_line_and_no_fault():
    lines: list[str] = []
    with pdf.uncomplaining(lines.append):
        for _ in range(3):
            said_by("pdf/fonts.py", "Using fontTools instead of HarfBuzz-Subset")
    (line,) = lines
    assert "知らせ" in line and line.count("HarfBuzz-Subset") == 1
    for module, text in (("pdf/anchors.py", "No anchor #x"), ("text/fonts.py", "Font-face cannot be loaded")):
        with pytest.raises(pdf.PdfError, match=text), pdf.uncomplaining(lines.append):
            said_by(module, text)


# ── the command ─────────────────────────────────────────────────────────────────────────────────────


def test_every_target_of_the_makefile_is_a_sub_command():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = set(re.findall(r"^\t@\$\(CYBERBOOK\) (\w+)", text, flags=re.M))
    phony = set(re.search(r"^\.PHONY: (.+)$", text, flags=re.M)[1].split())
    commands = set(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr]
    assert called | {"help", "setup", "clean"} == phony == commands


def test_a_chapter_that_is_not_there_is_named(capsys):
    assert main(["run", "book/none.ipynb"]) == 2
    assert "章のファイルがありません：book/none.ipynb" in capsys.readouterr().err
