"""Text from data is text: whatever stands in a field of the data is shown as it is written, and nothing runs."""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

import cyberbudget as cb
from cyberbudget.display import Text, markdown, risky
from cyberbudget.load import bare

from .. import next_year
from ..conftest import DATA
from ..notebooks import PINNED as CHAPTERS
from ..notebooks import run

HOSTILE = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", '=HYPERLINK("http://x")',
    "**b** _i_ `c` ~~s~~", "[a](javascript:x) ![p](x.png) [^1]", "{role}`x`", "$x$ $$y$$ \\(z\\)",
    "| a | b |", "@SUM(A1)", "- # 1. &lt; <!-- c -->", "1. x", "# h", "(label)=", ":::{note}", "> q", "+++",
    "% c", '" onclick="x', "<http://x> www.x.com", "＝1+1",
)  # fmt: skip
# What names something else by its exact words, so that nothing else can stand there: locators and what they are made
# of (area, sheet, total, the columns, computed_from), the chapters' own choices (the ministry 防衛省, the kinds of
# terms), numbers, units, stages and years, the items of a card that are pictures, subjects and
# sources of a comment. The loader refuses anything but the known words or digits in all of them,
# save the total, the kinds and 防衛省, which the chapters name.
KEYS = {
    "area", "sheet", "total", "kind", "stage", "unit", "fiscal_year", "stated", "tolerance", "computed_from", "column",
    "pictured", "about", "sources", "short_en", "key", "place",
}  # fmt: skip
# The same in data/context, where numbers are in more columns.
OUTSIDE_KEYS = {
    "source", "mark", "amount", "sheet_year", "project", "block", "chain", "depth", "corporate_number", "initial",
    "supplementary", "budget", "executed", "figure", "number", "purpose",
}  # fmt: skip
KEPT = {"防衛省"}
FREE = {("discrepancies", "kind"), ("targets", "unit")}  # called like a key, and none
NAMES = {"ministry", "measure"}  # the same text in several files
NUMBER = re.compile("[+-][0-9]")
ALLOWED = {
    "div", "table", "caption", "span", "thead", "tbody", "tr", "th", "td", "p", "wbr", "a", "article", "h3", "dl", "dt",
    "dd", "br", "details", "summary", "style", "nav", "ul", "li",
}  # fmt: skip
BLOCKS = {"paragraph", "bullet_list", "list_item"}


class Spoiler:
    """Puts a hostile text before every text, the same one wherever the same text is a name."""

    def __init__(self) -> None:
        self.texts = (f"{text} {n}" for text, n in zip(cycle(HOSTILE), count()))
        self.names: dict[str, str] = {}

    def __call__(self, text: str, name: bool = False) -> str:
        if text in ("", "—", *KEPT):
            return text
        new = next(self.texts)
        return self.names.setdefault(text, new) if name else new

    def walk(self, value: Any, key: str = "", inside: str = "") -> Any:
        """A YAML value with all its texts spoilt, save under keys."""
        if isinstance(value, dict):
            return {k: self.walk(v, k, key) for k, v in value.items()}
        if isinstance(value, list):
            return [self.walk(item, key, inside) for item in value]
        free = (key not in KEYS and inside != "guard") or (inside, key) in FREE
        return self(value, name=key in NAMES) if isinstance(value, str) and free else value


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which every text that is no key is hostile; it is read and checked like any other."""
    root = Path(shutil.copytree(DATA, tmp_path_factory.mktemp("hostile") / "data"))
    spoil = Spoiler()
    amounts = {column.name for folder in cb.documents(root) for column in cb.load(folder).columns}
    for path in sorted(root.rglob("*.csv"), key=lambda p: p.name not in ("ministries.csv", "measures.csv")):
        rows = next_year.read(path)
        for row in rows:
            outside = {*OUTSIDE_KEYS} if "source" in row else set()
            outside |= {key for key in row if key.endswith("_yen")}
            outside |= {"what"} if path.name == "denominators.csv" else set()
            for key in row.keys() - KEYS - amounts - outside - {"printed"}:
                row[key] = spoil(row[key], name=key in NAMES)
        next_year.write(path, rows)
    for path in root.glob("fy*/*.yaml"):
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
        spoilt = spoil.walk(value)
        if bare(path.parent) and path.name == "document.yaml":  # of a part the source is a key
            spoilt |= {key: value[key] for key in ("source", "mark")}
        path.write_text(yaml.safe_dump(spoilt, allow_unicode=True), encoding="utf-8")
    doc = cb.load(root / "fy2024")
    assert len(cb.editions.known(root)) == len(cb.documents(DATA))
    assert doc.meta["edition"].startswith(HOSTILE) and doc.meta["number"].startswith(HOSTILE)
    assert all(name.startswith(HOSTILE) for name in (*doc.measures["measure"], *doc.areas["name"]))
    return root


MYST = create_md_parser(MdParserConfig(enable_extensions={"colon_fence", "deflist"}), RendererHTML)


def read_as_text(source: str) -> Iterator[tuple[str, str]]:
    """What a reader of Markdown sees: the kind of every block or piece that is more than text, and the text."""
    for token in MYST.parse(source):
        if token.type == "inline":
            yield "text", "".join(piece.content for piece in token.children)
            yield from ((p.type, "") for p in token.children if p.type not in ("text", "text_special"))
        elif token.type.rpartition("_")[0] not in BLOCKS:
            yield token.type, ""


@pytest.mark.parametrize("name", CHAPTERS)
def test_nothing_of_the_data_is_markup(name: str, hostile: Path):
    done = run(name, hostile)
    assert done.error is None
    for value, bundle in ((shown.value, bundle) for shown in done.shown for bundle in shown.outputs):
        if "text/markdown" in bundle:
            found = list(read_as_text(bundle["text/markdown"]))
            lines = value.lines if isinstance(value, Text) else [bundle["text/plain"]]
            assert [text for kind, text in found if kind == "text"] == [line for line in lines if line]
            more = {"code_inline"} if name in ("how_to_read", "workshop") else set()
            more |= {"link_open", "link_close"} if name != "workshop" else set()
            assert {kind for kind, _ in found} <= {"text", *more}
            for address in re.findall(r"\]\(([^)]*)\)", bundle["text/markdown"].replace("\\]", "")):
                assert re.fullmatch(
                    r"bibliography\.html#source-[a-z0-9-]+|(area[0-9]|editions)\.ipynb|https://[\w./-]+",
                    address,
                ), address
        if "text/html" in bundle:
            soup = BeautifulSoup(bundle["text/html"], "html.parser")
            assert {tag.name for tag in soup.find_all()} <= ALLOWED
            assert not [a for tag in soup.find_all() for a in tag.attrs if a.startswith("on")]
            known = r"#sheet-[\d-]+(in-\d+)?|\.\./measure/fy2024-\d-\d+\.html|(area|\.\./_files/|bibliography\.html#source-).*"
            assert not [a for a in soup.find_all("a") if not re.fullmatch(known, a["href"])]
            if isinstance(value, cb.Table):
                rows = soup.select("tbody tr")
                assert [tuple(c.get_text() for c in row.find_all(["th", "td"])) for row in rows] == (
                    value.cells or [("この資料にはありません",)]
                )
        if "text/csv" in bundle:
            cells = [cell for row in csv.reader(io.StringIO(bundle["text/csv"])) for cell in row]
            assert not [c for c in cells if risky(c) and not NUMBER.match(c)]
        if "image/svg+xml" in bundle:
            drawn = ElementTree.fromstring(bundle["image/svg+xml"]).iter()
            assert not {e.tag.rpartition("}")[2] for e in drawn} & {"script", "a", "image", "foreignObject"}


@pytest.mark.parametrize("text", [*HOSTILE, "a\nb", "- a\r\n# b", "    code", "a\\", "===", "9) x", "&amp;"])
def test_a_line_of_markdown_reads_as_it_is_written(text: str):
    flat = " ".join(text.split()) if "\n" in text else text.strip()
    assert list(read_as_text(f"above\n\n{markdown(text)}")) == [("text", "above"), ("text", flat)]
    assert list(read_as_text(f"- {markdown(text)}")) == [("text", flat)]


@pytest.mark.parametrize("text", ["measures/(1)-①/fy2024_initial", "a`b", "``", "*x*", "<b>"])
def test_code_is_code_whatever_it_holds(text: str):
    found = list(read_as_text(markdown("x{y}", cb.Code(text), "z")))
    assert found == [("text", f"x{{y}}{text}z"), ("code_inline", "")]


@pytest.mark.parametrize(
    "address", ["javascript:x", "http://x.y", "https://x.y/)[z](https://x", "https://x.y <b>"]
)
def test_a_link_leads_to_a_plain_address_or_nowhere(address: str):
    found = dict(read_as_text(markdown("x", cb.Link("[a](b)*", address))))
    assert found == {"text": "x[a](b)*"}
    html = MYST.render(markdown("x", cb.Link("a*b", "https://x.y/z_1?q=%E5#c")))
    assert html == '<p>x<a href="https://x.y/z_1?q=%E5#c">a*b</a></p>\n'


def test_no_part_of_a_table_is_markup():
    text = HOSTILE[0] + '"'
    columns = (cb.Col("a", text, href=lambda r: text, choose=text, choices=(text,)), cb.num("b", text))
    frame = pd.DataFrame({"a": [text], "b": [text]})
    table = cb.tables.build(frame, cb.load(), "tab-x", text, list(columns), None, text)
    soup = BeautifulSoup(table.html, "html.parser")
    assert {tag.name for tag in soup.find_all()} <= ALLOWED
    shown = [soup.caption, *soup.find_all(["th", "td"]), soup.select_one(".cb-source")]
    assert [tag.get_text() for tag in shown] == [text] * 6
    assert soup.a["href"] == soup.th["data-choose"] == text
    assert json.loads(soup.th["data-choices"]) == [text]


def test_numbers_stay_numbers_in_csv():
    columns = (cb.Col("a", "=A"), cb.num("b", "増減"))
    cells = [("-10.3", "-10.3"), ("−10.3", "−10.3"), ("\t=1", "+5.0%")]
    table = cb.Table("tab-x", "題", columns, cells, "出典")
    assert table.csv == "'=A,増減\n'-10.3,-10.3\n−10.3,−10.3\n'\t=1,+5.0%\n"
