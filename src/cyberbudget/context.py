"""What stands outside the document: other years, the whole budget, what was spent and who received it.

Every row of ``data/context`` names its source (a key of ``references.bib``) and a mark: A primary text, A– official
data through a public mirror, B an independent report of the same document, C press. Nothing here is interpolated: a
year that was not found is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from . import schema
from .commentary import Reference, references
from .errors import Problems
from .load import Document, data_root
from .read import read_csv

FOLDER = "context"
OKU = 100_000_000  # yen
CORE = "範囲"  # the kind of break across which totals cannot be compared


@dataclass(frozen=True)
class Context:
    """The tables of data/context, amounts as numbers.

    Attributes
    ----------
    history : DataFrame
        fiscal_year, stage, edition, amount (億円), printed, source, mark, note: totals of the series.
    breaks : DataFrame
        fiscal_year, kind (範囲, 題, 分け方), what, amount (億円, NaN where none is told), source, mark.
    denominators : DataFrame
        what, fiscal_year, amount_yen, vintage, source, mark.
    projects : DataFrame
        One project of 行政事業レビュー in one year: measure, project, name, fiscal_year, amounts in yen, source, mark.
    recipients : DataFrame
        One payment: fiscal_year, measure, project, block, chain, depth (0 paid by the state itself; deeper ones are
        re-entrusted and part of it, never to be added), recipient, corporate_number, amount_yen, contract, source, mark.
    measure_history : DataFrame
        measure, fiscal_year, initial, supplementary, budget, executed (百万円, NaN where not yet known), sheet_year,
        project, source, mark.
    references : dict
        Source by key.
    """

    history: pd.DataFrame
    breaks: pd.DataFrame
    denominators: pd.DataFrame
    projects: pd.DataFrame
    recipients: pd.DataFrame
    measure_history: pd.DataFrame
    references: dict[str, Reference]

    def source(self, table: pd.DataFrame) -> str:
        """The 出典 line of rows: their sources in the order they come."""
        return (
            "出典："
            + "、".join(str(self.references[key]) for key in dict.fromkeys(table["source"]))
            + "を加工して作成"
        )


def load(root: Path | None = None) -> Context:
    """Read and check data/context.

    Parameters
    ----------
    root : Path, optional
        The data folder.

    Raises
    ------
    DataError
        With every problem found, in Japanese; nothing is half loaded.
    """
    root, problems = root or data_root(), Problems()
    known = references(root)
    tables = {}
    for name, shape in schema.context(set(known)).items():
        label = f"{FOLDER}/{name}"
        tables[name] = read_csv(root / FOLDER / name, label, problems)
        problems += schema.problems(label, tables[name], shape)
    problems.stop()
    numbers = {name.removesuffix(".csv"): _numbers(table) for name, table in tables.items()}
    numbers["history"]["printed"] = tables["history.csv"]["amount"]
    return Context(**numbers, references=known)


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Years, depths and yen as integers, 億円 and 百万円 as floats, in rows from 0."""
    table = table.reset_index(drop=True)
    for name in table:
        if name.endswith("_yen") or name in ("fiscal_year", "sheet_year", "depth"):
            table[name] = table[name].astype("int64")
        elif name in ("amount", "initial", "supplementary", "budget", "executed"):
            table[name] = pd.to_numeric(table[name].replace("", None))
    return table


# ── twelve years ────────────────────────────────────────────────────────────────────────────────────


def series(context: Context, doc: Document, stage: str = "initial") -> pd.DataFrame:
    """Totals of a stage over the years, one row a year, with a row without an amount for each year not found.

    Parameters
    ----------
    context : Context
    doc : Document
        Its own edition is the one that counts for its year.
    stage : str
        ``initial``, ``supplementary`` or ``request``.

    Returns
    -------
    DataFrame
        fiscal_year, amount (億円, NaN where it was not found), source, mark, note, span: a number that changes where a
        break of 範囲 parts what cannot be compared.
    """
    rows = context.history.query("stage == @stage")
    own = rows["edition"].isin(["", doc.meta["edition"]])
    rows = rows[own].drop_duplicates("fiscal_year").set_index("fiscal_year")
    years = pd.RangeIndex(context.history["fiscal_year"].min(), context.history["fiscal_year"].max() + 1)
    table = rows.reindex(years.rename("fiscal_year"))[["amount", "source", "mark", "note"]].reset_index()
    return table.assign(span=_spans(context, table["fiscal_year"]))


def _spans(context: Context, years: pd.Series) -> list[int]:
    """Which years count alike: a new number from a break on, and after the years of amounts that were in it once only."""
    broken = context.breaks.query("kind == @CORE")
    once = set(broken.loc[broken["amount"].notna(), "fiscal_year"])  # in that year only
    starts = set(broken["fiscal_year"]) | {year + 1 for year in once}
    return [sum(start <= year for start in starts) for year in years]


def yearly(table: pd.DataFrame) -> pd.DataFrame:
    """Growth per year over each span of one definition.

    Returns
    -------
    DataFrame
        first, last (fiscal years), start, end (億円), rate (a ratio per year); spans of one known year are left out.
    """
    rows = []
    for _, span in table.dropna(subset="amount").groupby("span"):
        first, last = span.iloc[0], span.iloc[-1]
        years = last["fiscal_year"] - first["fiscal_year"]
        if years:
            rate = (last["amount"] / first["amount"]) ** (1 / years) - 1
            rows.append((first["fiscal_year"], last["fiscal_year"], first["amount"], last["amount"], rate))
    return pd.DataFrame(rows, columns=["first", "last", "start", "end", "rate"])


# ── the whole budget ────────────────────────────────────────────────────────────────────────────────


def shares(context: Context, doc: Document, what: str) -> pd.DataFrame:
    """The total of each known year as a part of something larger.

    Parameters
    ----------
    what : str
        ``general_account`` or ``gdp``.

    Returns
    -------
    DataFrame
        fiscal_year, amount (億円), whole (億円), share (a ratio), span.
    """
    table = series(context, doc).merge(context.denominators.query("what == @what"), on="fiscal_year")
    whole = table["amount_yen"] / OKU
    return table.assign(whole=whole, share=table["amount"] / whole)[
        ["fiscal_year", "amount", "whole", "share", "span"]
    ]


# ── what was spent, and who received it ─────────────────────────────────────────────────────────────


def executed(context: Context, year: int) -> pd.DataFrame:
    """The matched projects of a year with what was spent of their budget.

    Returns
    -------
    DataFrame
        The columns of projects in 億円, rate (執行額 of 歳出予算現額, a ratio; NaN where there was no budget).
    """
    table = context.projects.query("fiscal_year == @year").reset_index(drop=True)
    amounts = {name.removesuffix("_yen"): table[name] / OKU for name in table if name.endswith("_yen")}
    table = table.assign(**amounts).drop(columns=[f"{name}_yen" for name in amounts])
    return table.assign(rate=(table["executed"] / table["budget"]).where(table["budget"] > 0))


def direct(context: Context, year: int) -> pd.DataFrame:
    """Who was paid by the state itself in a year, all payments to one recipient together, the largest first.

    Returns
    -------
    DataFrame
        recipient, corporate_number, amount (億円), share (of all direct payments of the year, a ratio).
    """
    paid = context.recipients.query("fiscal_year == @year and depth == 0")
    # The corporate number tells who it is; a name alone only where there is none.
    key = paid["corporate_number"].where(paid["corporate_number"] != "", paid["recipient"])
    found = paid.groupby(key, sort=False).agg(
        recipient=("recipient", "first"),
        corporate_number=("corporate_number", "first"),
        amount=("amount_yen", "sum"),
    )
    found = found.sort_values("amount", ascending=False, kind="stable").reset_index(drop=True)
    return found.assign(share=found["amount"] / found["amount"].sum(), amount=found["amount"] / OKU)


def balance(context: Context, year: int) -> pd.DataFrame:
    """What recipients were paid directly beside what the project says was spent, in yen.

    Returns
    -------
    DataFrame
        measure, project, executed_yen, paid_yen, gap_yen.
    """
    table = context.projects.query("fiscal_year == @year")[["measure", "project", "executed_yen"]]
    paid = (
        context.recipients.query("fiscal_year == @year and depth == 0").groupby("project")["amount_yen"].sum()
    )
    table = table.assign(paid_yen=table["project"].map(paid).fillna(0).astype("int64")).reset_index(drop=True)
    return table.assign(gap_yen=table["executed_yen"] - table["paid_yen"])
