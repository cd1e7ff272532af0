"""A small book by someone who knows Jupyter Book and nothing of this one: it builds, looks right, or says why not."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from PIL import Image
from pypdf import PdfReader
from sphinx.errors import SphinxError

from cyberbook import pdf
from cyberbook.site import pages, read, refuse

from ..conftest import ROOT, needs
from .conftest import Reader, violations


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, kind)
    return file.getvalue()


def notebook(*outputs: dict[str, str]) -> str:
    cells = [nbformat.v4.new_markdown_cell("# 計算の章\n\n図と表です。", id="title")]
    for number, data in enumerate(outputs):
        output = nbformat.v4.new_output("display_data", data)
        cells.append(nbformat.v4.new_code_cell("show()", outputs=[output], id=f"cell-{number}"))
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


FRAME = pd.DataFrame([[1.5] * 12], columns=["とても長い列の名前"] * 12)
STOCK = notebook(
    {"image/png": base64.b64encode(picture("png")).decode(), "text/plain": "<Figure with 1 Axes>"},
    {"text/html": FRAME._repr_html_(), "text/plain": "..."},
)


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "--keep-going"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "CYBERBUDGET_DATA": str(folder / "data")},
    )


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a YAML file."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def soup(folder: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((folder / "_build" / "html" / f"{name}.html").read_bytes(), "lxml")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three ordinary pages and two chapters of ours, built."""
    folder = tmp_path_factory.mktemp("ordinary") / "一冊 の本"
    shutil.copytree(Path(__file__).with_name("ordinary"), folder)
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    for name in ("area1", "data"):  # the other chapters that they link to are not in this book
        text = (ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8")
        text = re.sub(r"\]\((?!area1|data)[a-z0-9_]+\.ipynb\)", "](data.ipynb)", text)
        (folder / "book" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    for name, kind in (("photo.jpg", "jpeg"), ("moving.gif", "gif"), ("light.webp", "webp")):
        (folder / "book" / "pictures" / name).write_bytes(picture(kind))
    (folder / "book" / "stock.ipynb").write_text(STOCK, encoding="utf-8")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["bibtex_bibfiles"] = ["references.bib"]
    config["sphinx"]["config"]["cyberbook_promised"] = []  # no PDF
    # What our chapters point to is not in this book.
    config["sphinx"]["config"]["suppress_warnings"] = ["myst.xref_missing", "ref"]
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = built(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def copy(book: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(book, tmp_path / "book"))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["plain", "stock", "index"])
def test_an_ordinary_chapter_looks_right(name: str, width: int, book: Path, reader: Reader) -> None:
    page = reader.open(book / "_build" / "html" / "book", name, size=(width, 900))
    page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.naturalWidth && image.alt)")
    assert violations(page) == []
    # What an extension brings is loaded where it is used, and only there.
    assert ("sphinx-design.min.css" in " ".join(reader.requests)) == (name == "plain")


def test_what_an_author_knows_is_there(book: Path) -> None:
    page = soup(book, "book/plain").article
    titles = [title.get_text() for title in page.select(".admonition-title")]
    assert titles == ["注釈", "警告", "こつ"]
    assert page.select_one("details.sd-dropdown").get_text(strip=True).startswith("開くと読めます")
    assert page.select_one("aside.footnote").get_text(strip=True).endswith("脚注です。")
    assert "サイバーセキュリティ戦略" in page.select_one(".citation").get_text()
    assert page.select_one(".sidebar.margin").get_text(strip=True) == "欄外の注です。"
    sizes = [(image.get("width"), image.get("height")) for image in page.find_all("img")]
    assert sizes == [("640", "480"), ("30", "20"), ("640", "480"), ("640", "480")]
    assert soup(book, "book/stock").article.img["width"] == "640"
    links = {link.get_text(): link["href"] for link in page.find_all("a", href=True)}
    assert links["データ"] == "../_files/data/ministries.csv" and "概要のPDF" not in links
    assert page.find("b", string="PDF")  # the text of the dead link stays
    assert soup(book, "book/area1").select("a[href$='.csv'][download]")
    assert not page.select(".cb-links")


def test_a_change_is_read_whatever_its_time_and_nothing_else_is_written(book: Path) -> None:
    html = book / "_build" / "html" / "book"
    before = {path: path.stat().st_mtime_ns for path in html.glob("*.html")}
    source = book / "book" / "stock.ipynb"
    source.write_text(STOCK.replace("図と表です。", "変わりました。"), encoding="utf-8")
    os.utime(source, (1, 1))
    assert built(book).returncode == 0
    assert "変わりました。" in (html / "stock.html").read_text(encoding="utf-8")
    written = {path.stem for path, time in before.items() if path.stat().st_mtime_ns != time}
    assert written == {"stock", "index"}  # and the page that lists it
    assert "変わりました。" in (html.parent / "_static" / "search-data.js").read_text(encoding="utf-8")


def test_ordinary_chapters_go_into_the_pdf(book: Path) -> None:
    needs(not pdf.missing(), "Pango")
    write = "from pathlib import Path; from cyberbook import pdf; pdf.write(Path('_build/html'), Path('book.pdf'))"
    command = [sys.executable, "-X", "utf8", "-c", write]
    done = subprocess.run(command, cwd=book, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(book / "book.pdf").pages)
    said = ["覚え書きです。", "脚注です。", "欄外の注です。", "写真の題"]
    said += ["サイバーセキュリティ戦略", "とても長い列の名前"]
    assert not [line for line in said if line not in text]


HOSTILE = """</script><img src=x onerror="alert(1)">'&"""


def test_links_to_the_repository_and_hostile_text(copy: Path) -> None:
    """What data say is text in every place the press puts it; what ``_config.yml`` asks for is linked."""

    def ask(config: dict[str, Any]) -> None:
        config["repository"] = {"url": "https://github.com/a/b", "path_to_book": "sub", "branch": "main"}
        config["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        }
        config["html"] |= {f"use_{name}_button": True for name in ("repository", "issues", "edit_page")}
        config["html"]["announcement"] = "お知らせ"
        config["sphinx"]["config"]["cyberbook_promised"] = ["_files/briefing/none/none.pdf"]

    meta = copy / "data" / "fy2024" / "document.yaml"
    changed(meta, lambda meta: meta.update(title=HOSTILE, edition=HOSTILE))
    changed(copy / "_config.yml", ask)
    done = built(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("book/data", "book/plain", "404"):
        page = soup(copy, name)
        assert not page.select("[onerror]")
        assert HOSTILE in page.footer.get_text()
    described = json.loads(soup(copy, "book/data").find("script", type="application/ld+json").string)
    assert described["name"].startswith(HOSTILE)
    assert "お知らせ" in soup(copy, "book/plain").select_one(".announcement").get_text()
    assert "概要のPDF" in [link.get_text() for link in soup(copy, "book/plain").article.find_all("a")]
    found = {link.get_text(): link["href"] for link in soup(copy, "book/stock").select(".cb-links a")}
    path = "sub/book/stock.ipynb"
    assert found == {
        "Binder で動かす": "https://mybinder.org/v2/gh/a/b/main?urlpath=lab%2Ftree%2Fsub%2Fbook%2Fstock.ipynb",
        "Colab で開く": f"https://colab.research.google.com/github/a/b/blob/main/{path}",
        "この章を直す": f"https://github.com/a/b/edit/main/{path}",
        "問題を知らせる": "https://github.com/a/b/issues/new?title=book%2Fstock.ipynb%E3%81%AB%E3%81%A4%E3%81%84%E3%81%A6",
        "リポジトリー": "https://github.com/a/b",
    }


def test_what_would_come_from_elsewhere_stops_the_build(copy: Path) -> None:
    (copy / "book" / "index.md").write_text("# 題\n\n![絵](https://example.org/a.png)\n", encoding="utf-8")
    done = built(copy)
    assert done.returncode != 0
    assert "book/index：example.org から読み込むものがあります。" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("key", "theme", "config"),
    [
        ("launch_buttons.thebe", {"launch_buttons": {"thebe": True}}, {}),
        ("launch_buttons.jupyterhub_url", {"launch_buttons": {"jupyterhub_url": "https://a"}}, {}),
        ("launch_buttons：", {"launch_buttons": {"binderhub_url": "https://a"}, "repository_url": refuse.DEFAULT}, {}),
        ("html.analytics.google_analytics_id", {"analytics": {"google_analytics_id": "G-1"}}, {}),
        ("html.comments.hypothesis", {}, {"comments_config": {"hypothesis": True}}),
        ("dollarmath", {}, {"myst_enable_extensions": ["dollarmath"]}),
        ("https://cdn.example/a.js", {}, {"html_js_files": [("https://cdn.example/a.js", {})]}),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_kept_are_named(key: str, theme: dict, config: dict) -> None:
    plain = {"comments_config": {"hypothesis": False}, "myst_enable_extensions": ["deflist"]}
    plain |= {"html_css_files": [], "html_js_files": [("own.js", {})]}
    refuse.settings(None, SimpleNamespace(html_theme_options={"analytics": {}}, **plain))
    with pytest.raises(SphinxError) as refusal:
        refuse.settings(None, SimpleNamespace(html_theme_options=theme, **(plain | config)))
    assert key in str(refusal.value) and "\n" not in str(refusal.value)


def test_interactive_outputs_and_mathematics_are_named_with_their_place() -> None:
    text = notebook({"text/plain": "1"}, {"application/vnd.plotly.v1+json": "{}"})
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: f"{name}.ipynb"))
    with pytest.raises(SphinxError, match=r"^book/a の3番目のセル（id: cell-1）"):
        refuse.outputs(app, "book/a", [text])
    with pytest.raises(SphinxError, match=r"^book/a の2番目のセル（id: cell-0）"):
        refuse.outputs(app, "book/a", [notebook({"text/html": "<script>require(['plotly'])</script>"})])
    refuse.outputs(app, "book/a", [STOCK])
    doctree = new_document("a")
    refuse.page("book/a", '<a href="https://example.org/">外</a>', doctree)
    doctree += nodes.math("x", "x")
    with pytest.raises(SphinxError, match=r"^book/a：数式"):
        refuse.page("book/a", "", doctree)


# ── what is mended of a chapter ─────────────────────────────────────────────────────────────────────


def test_words_of_a_frame_stand_left_and_numbers_right():
    frame = pd.DataFrame(
        {"府省庁": ["総務省"], "施策": ["とても長い名前を持つ施策"], "額": [None], "率": ["−1.5%"]}
    )
    table = BeautifulSoup(pages.framed(frame.to_html()), "html.parser")
    kinds = [cell.get("class") for cell in table.tbody.find_all(["th", "td"])]
    assert kinds == [None, ["text"], ["text", "long"], ["text"], None]
    assert [cell.get("class") for cell in table.thead.find_all("th")] == kinds


def test_code_of_neighbouring_cells_is_folded_once_and_a_table_where_the_cell_says_so():
    def code(source: str, *tags: str) -> nbformat.NotebookNode:
        return nbformat.v4.new_code_cell(source, metadata={"tags": [*tags]})

    told = {"text/html": '<table></table><p class="cb-source">出典</p>', "text/csv": "", "text/plain": ""}
    folded = code("c", "hide-input", "fold")
    folded.outputs = [
        nbformat.v4.new_output("display_data", told, metadata={"cyberbudget": {"table": "tab-x"}})
    ]
    cells = [
        code("a", "hide-input"),
        code("b", "hide-input"),
        nbformat.v4.new_markdown_cell("文"),
        folded,
        code("d"),
    ]
    found = read(nbformat.writes(nbformat.v4.new_notebook(cells=cells))).cells
    shown = [(c.source, c.metadata.tags[:1]) for c in found if c.cell_type == "code"]
    assert shown == [("a\n\nb", ["hide-input"]), ("b", ["remove-input"]), ("c", ["hide-input"]), ("d", [])]
    assert found[3].outputs[0].data["text/html"].startswith('<details class="cb-more">')
