"""A page for each measure of every document, made from the data: what it got, what it does, what was spent, who got it.

What it says is the content of the measure's briefing. Its address is that of the document's folder and its place
there (``measure/fy2024-2-11.html``), so that it stays when the next document comes. The pages are written only
when something they are made of changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import resvg_py
from jinja2 import Environment

from cyberbudget import context, exact, style, tables, words, years
from cyberbudget.context import Context
from cyberbudget.display import Col, Table, num, pieces
from cyberbudget.load import Document, data_root

from .. import FILES, write
from ..briefing import asked, content, kinds, question
from ..build import digest
from ..pdf import order

HERE = Path(__file__)
FOLDER = "measure"
KEPT = "measures.json"  # beside the doctrees
LINE = 22  # letters of a name in a line of the preview card


@dataclass(frozen=True)
class Measure:
    """One measure and all that its page needs."""

    doc: Document
    told: Context
    row: dict[str, Any]  # of its table: id, name, ministry, area
    today: Document  # the newest, which the chapters follow
    key: str  # of its family, see years.families
    course: pd.DataFrame  # of all families, over the years of the documents

    @property
    def docname(self) -> str:
        """Where its page stands: measure/fy2024-2-11."""
        return tables.page(self.doc.folder.name, self.row["id"]).removeprefix("../").removesuffix(".html")

    @property
    def slug(self) -> str:
        return self.docname.rpartition("/")[2]

    @cached_property
    def briefing(self) -> content.Briefing:
        name, number = self.row["measure"], self.slug.removeprefix(f"{self.doc.folder.name}-")
        about = question.Subject("measure", self.row["id"], name, f"measure-{number}")
        return kinds.tell(self.doc, about)

    @property
    def area(self) -> dict[str, Any]:
        """Its strategy area; empty where its document has none."""
        found = self.doc.areas[self.doc.areas["area"] == self.row["area"]].to_dict("records")
        return dict(found[0]) if found else {}

    @property
    def place(self) -> str:
        """分野(2)「国民の安全・安心」, or the table where there are no areas."""
        return f"分野{self.area['id']}「{self.area['short']}」" if self.area else "施策の一覧"

    @property
    def newest(self) -> bool:
        """True where its document is the one that the chapters follow."""
        return self.doc is self.today

    @property
    def bars(self) -> list[dict[str, Any]]:
        """Its three printed amounts as bars, the longest of which fills the width."""
        found = [(column, self.briefing.amounts[column.role]) for column in self.doc.columns]
        most = max(float(amount.value) for _, amount in found) or 1.0
        return [
            {
                "role": column.role,
                "label": column.label,
                "told": words.oku(amount) if not amount.absent else "—",
                "part": float(amount.value) / most,
            }
            for column, amount in found
        ]

    @property
    def cards(self) -> tables.Cards:
        """Its sheets, in our own words."""
        return tables.cards(self.doc, self.row["area"], self.row["measure"])

    @property
    def years(self) -> Table | None:
        """What its sheets of 行政事業レビュー tell of earlier years."""
        rows = self.told.measure_history.query("measure == @self.row['measure']")
        if rows.empty:
            return None
        frame = rows.assign(year=rows["fiscal_year"].map(words.era))
        columns = [
            Col("year", "年度", keep=True),
            *(num(key, head, _million) for key, head in _STEPS.items()),
        ]
        caption = "年度ごとの予算と執行（百万円、行政事業レビュー）"
        return tables.build(frame, self.doc, "tab-years", caption, columns, None, self.told.source(rows))

    @property
    def path(self) -> Table | None:
        """Its 当初 in the years of all documents, under whatever name; None where its own document tells no less."""
        rows = self.course.query("key == @self.key")
        if set(rows["fiscal_year"]) <= {column.fiscal_year for column in self.doc.columns}:
            return None
        frame = rows.assign(year=rows["fiscal_year"].map(words.era))
        columns = [
            Col("year", "年度", keep=True),
            num("initial", "当初予算", words.oku_cell),
            Col("names", "その年度の資料での名前"),
        ]
        return tables.build(frame, self.doc, "tab-path", "資料のある年度の当初予算（億円）", columns, None)

    @property
    def names(self) -> list[str]:
        """What it is called elsewhere, and how we know."""
        rows = self.told.identity.query("measure == @self.row['measure']").to_dict("records")
        return [
            f"{words.era(r['fiscal_year'])}は「{r['name']}」（{r['evidence']}）。"
            for r in rows
            if r["name"] != self.row["measure"]
        ]

    @property
    def unmatched(self) -> str:
        """Why nothing is known of what was spent; empty where it is known."""
        rows = self.told.unmatched.query("measure == @self.row['measure']")
        return str(rows["why"].iloc[0]) if len(rows) else ""

    @property
    def peers(self) -> Table | None:
        """The measures of its area, each with its own page."""
        table = self.briefing.peers.table
        if table is None:
            return None
        rows = {r["measure"]: r for r in self.doc.measures.to_dict("records")}
        first = (rows.get(cells[0]) for cells in table.cells)
        links = [
            (tables.page(self.doc.folder.name, row["id"]) if row and row["id"] != self.row["id"] else None,)
            for row in first
        ]
        return replace(table, links=[(*link, *(None,) * (len(table.columns) - 1)) for link in links])

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Its tables under names of their own."""
        own = self.briefing
        found = {"numbers": own.numbers, **own.outside.tables}
        found |= {
            key: t for key, t in (("path", self.path), ("years", self.years), ("peers", self.peers)) if t
        }
        return {key: replace(table, name=f"tab-{self.slug}-{key}") for key, table in found.items()}

    @property
    def files(self) -> dict[str, str]:
        """The tables as CSV, by name."""
        return {f"{table.name}.csv": "\ufeff" + table.csv for table in self.tables.values()}

    @property
    def entry(self) -> dict[str, Any]:
        """What the search knows of it: see :mod:`.search`."""
        told, name = self.briefing, self.row["measure"]
        lines = [f"{self.row['ministry']}の施策。{self.place}"]
        lines += [" ".join(f"{bar['label']} {bar['told']}" for bar in self.bars)]
        lines += [*told.points.lines, *told.outside.text.lines, *self.names]
        for card in self.cards.cards:
            lines += [f"{label} {text}" for label, text in asked.fields(card)]
            lines.append(f"表の施策名 {'、'.join(m['measure'] for m in card['measures'])}")
        rows = exact.sheet_amounts(self.doc)
        for row in rows[rows["sheet"].isin([c["sheet"] for c in self.cards.cards])].to_dict("records"):
            column = f"{words.era(row['fiscal_year'])}{words.stage(row['stage'])}"
            amount = words.as_printed(row["printed"], row["unit"])
            lines.append(" ".join(filter(None, ("シートの金額", row["component"], column, amount))))
        for key in ("spent", "paid", "years"):
            lines += [" ".join(row) for row in self.tables[key].cells] if key in self.tables else []
        titles = [card["title"] for card in told.programmes]
        place = {
            "kind": "card",
            "at": "measure",
            "title": f"{self.row['id']} {name}",
            "names": [name, *titles],
        }
        place["text"] = list(filter(None, lines))
        return {
            "page": f"{self.docname}.html",
            "lang": "ja",
            "title": name if self.newest else f"{name}（{words.era(self.doc.meta['fiscal_year'])}の資料）",
            "places": [place],
            "within": self.within if self.newest else "",  # what the newest document says comes first
        }

    @property
    def within(self) -> str:
        """The chapter of its area, whatever number that has in the newest document; else the list of measures."""
        number = self.today.area_of(self.area["key"]) if self.area else ""
        return f"book/area{number}" if number else "book/measures"

    @property
    def card(self) -> str:
        """The preview of a link to it, 1200 × 630: what it is called, whose it is, and its amounts."""
        name, ministry = self.row["measure"], self.row["ministry"]
        lines = [name[at : at + LINE] for at in range(0, len(name), LINE)][:3]
        if len(name) > 3 * LINE:
            lines[-1] = f"{lines[-1][:-1]}…"
        texts = [(60, 90, 30, style.MUTED, f"{ministry}　{self.place}")]
        texts += [(60, 160 + 62 * n, 48, style.INK, line) for n, line in enumerate(lines)]
        boxes = []
        for n, bar in enumerate(self.bars):
            y = 385 + 74 * n
            texts.append((60, y + 34, 28, style.MUTED, bar["label"]))
            boxes.append(
                f'<rect x="330" y="{y}" width="{600 * bar["part"]:.1f}" height="48" fill="{self._colours[bar["role"]]}"/>'
            )
            texts.append((int(350 + 600 * bar["part"]), y + 36, 34, style.INK, bar["told"]))
        told = "".join(
            f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
            for x, y, size, colour, text in texts
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="IPAexGothic">'
            f'<rect width="1200" height="630" fill="{style.PAPER}"/>{"".join(boxes)}{told}</svg>'
        )

    @property
    def _colours(self) -> dict[str, str]:
        own = style.colour(self.row["area"])
        return {"current": own, "supplementary": style.tint(own, style.PALE), "previous": style.PREVIOUS}


# Columns of measure_history.
_STEPS = {"initial": "当初", "supplementary": "補正", "budget": "歳出予算現額", "executed": "執行額"}


def _million(amount: float) -> str:
    return "" if pd.isna(amount) else f"{amount:,.0f}"


def every() -> Iterator[Measure]:
    """The measures of the newest edition of each year, in printed order."""
    told = context.load(data_root())
    known = [question.read(folder) for folder in question.editions().values()]
    course, family = years.course(known), years.families(known)
    for doc in known:
        for row in doc.measures.to_dict("records"):
            yield Measure(doc, told, row, known[-1], family[row["measure"]], course)


def collect(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The pages that have to be written (``html-collect-pages``): all of them, or none where nothing changed."""
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    beside = (app.config.cyberbook_made_of, repr(sorted(titles.items())), repr(order()))
    about = repr((app.config.html_last_updated_fmt, app.config.html_baseurl, app.config.html_theme_options))
    made_of = digest(HERE.parents[2], *beside, about)
    known = kept(app)
    pages = (Path(app.outdir) / entry["page"] for entry in known["entries"])
    if known["made_of"] == made_of and all(page.exists() for page in pages):
        return
    template = Environment(autoescape=True, trim_blocks=True).from_string(
        HERE.with_name("measure.html.j2").read_text(encoding="utf-8")
    )
    found = [measure for measure in every() if measure.within in app.env.found_docs]
    folder = Path(app.outdir) / FILES
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for before, measure, after in zip([None, *found], found, [*found[1:], None]):
        for name, text in measure.files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        picture = resvg_py.svg_to_bytes(
            svg_string=measure.card, skip_system_fonts=True, font_files=[str(style.font_file())]
        )
        (folder / FOLDER / f"{measure.slug}.png").write_bytes(bytes(picture))
        yield measure.docname, page(measure, before, after, template, titles), "page.html"
    told = {"made_of": made_of, "entries": [measure.entry for measure in found]}
    write(Path(app.doctreedir) / KEPT, json.dumps(told).encode())


def kept(app: Any) -> dict[str, Any]:
    """What the pages that stand were made of, and what the search knows of them."""
    path = Path(app.doctreedir) / KEPT
    known: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {"made_of": "", "entries": []}
    return known


def entries(app: Any) -> list[dict[str, Any]]:
    """What the search knows of the measures that have a page."""
    found: list[dict[str, Any]] = kept(app)["entries"]
    return found


def page(
    measure: Measure, before: Measure | None, after: Measure | None, template: Any, titles: dict[str, str]
) -> dict[str, Any]:
    """What the theme shows of a measure."""
    told, area = measure.briefing, measure.within
    body = template.render(
        measure=measure,
        points=["".join(pieces(line)) for line in told.points.lines],
        spent=told.outside.text.lines,
        unknown=told.limits.lines,
        sources=told.sources.lines,
        boxes={key: table.box + _tools(table) for key, table in measure.tables.items()},
        book=f"../{area}.html",
        ministry=_ministry_slug(measure),
        files=FILES,
        formats={k: label for k, label in content.FORMATS.items()},
    )
    heads = re.findall(r'<section id="([^"]+)">\s*<h2>(.*?)<a', body)
    toc = "".join(f'<li><a class="reference internal" href="#{at}">{head}</a></li>' for at, head in heads)
    beside = {
        key: {"link": f"{one.slug}.html", "title": escape(one.row["measure"])}
        for key, one in (("prev", before), ("next", after))
        if one and one.doc is measure.doc
    }
    return {
        "title": escape(measure.row["measure"]),
        "body": body,
        "toc": f'<ul><li><a class="reference internal" href="#">{escape(measure.row["measure"])}</a><ul>{toc}</ul></li></ul>',
        "display_toc": True,
        "described": "".join(told.points.lines[:2])[:160],
        "card": f"{FILES}/{FOLDER}/{measure.slug}.png",
        "files": [f"{FILES}/{name}" for name in measure.files],
        "within": area,
        **beside,
    }


def _tools(table: Table) -> str:
    from . import _toolbar

    return _toolbar(table.name, escape(table.source), ("csv",))


def _ministry_slug(measure: Measure) -> str:
    """The folder of the briefing on its ministry."""
    about = question.subject(measure.doc, ministry=measure.row["ministry"])
    return kinds.tell(measure.doc, about).slug
