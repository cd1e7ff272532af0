"""What stands outside the document: other years, the whole budget, what was spent and who received it.

Every row of ``data/context`` names its source (a key of ``references.bib``) and a mark: A primary text, A– official
data through a public mirror, B an independent report of the same document, C press. Nothing here is interpolated: a
year that was not found is not there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from . import exact, interval, schema, words
from . import years as years_of
from .commentary import Reference, references
from .display import Cite, Source
from .errors import Problems
from .interval import ABSENT
from .load import Document, data_root, documents, totals
from .read import read_csv
from .schema import ROLES

FOLDER = "context"
OKU = 100_000_000  # yen
UNNUMBERED = "個人・法人番号のない支出先"  # persons are never named
OURS = "本書"  # the mark of what we judged ourselves
UNJUDGED = "本書がまだ分けていない施策"
CORE = "範囲"  # the kind of break across which totals cannot be compared


@dataclass(frozen=True, eq=False)
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
    countries : DataFrame
        country, counts, figure, unit, period, lacks, source, mark: what others count; never to be compared.
    items : DataFrame
        organization, section (項), item (事項), fiscal_year, stage (initial; revised: 補正後, which holds the initial one;
        provisional: a part of it; settled), number (of the 補正), amount_yen, before_yen, spent_yen, address, source, mark.
    purposes : DataFrame
        measure, purpose (a key of :data:`~cyberbudget.schema.PURPOSES`), reason, source, mark: our own judgement.
    unmatched : DataFrame
        measure, kind, why, project, name, fiscal_year, initial_yen (of the project next to it), source, mark.
    identity : DataFrame
        measure, name (in another source), fiscal_year, evidence, source, mark.
    references : dict
        Source by key.
    """

    history: pd.DataFrame
    breaks: pd.DataFrame
    denominators: pd.DataFrame
    projects: pd.DataFrame
    recipients: pd.DataFrame
    measure_history: pd.DataFrame
    countries: pd.DataFrame
    items: pd.DataFrame
    purposes: pd.DataFrame
    unmatched: pd.DataFrame
    identity: pd.DataFrame
    references: dict[str, Reference]

    @property
    def marks(self) -> dict[str, str]:
        """The marks of each source; our own judgement is no mark of a source."""
        rows = [t[["source", "mark"]] for t in vars(self).values() if isinstance(t, pd.DataFrame)]
        found = pd.concat(rows).query("mark != @OURS").drop_duplicates()
        return found.groupby("source")["mark"].agg("、".join).to_dict()

    def cite(self, key: str) -> str:
        """A source with its mark, which leads to its entry on the page of sources; a document of data/ has none there."""
        mark = f"［{self.marks[key]}］" if key in self.marks else ""
        told = f"{self.references[key]}{mark}"
        return Cite(told, key) if self.references[key].url else told

    def source(self, *tables: pd.DataFrame, doc: Document | None = None) -> Source:
        """The 出典 line of rows: the document where it is told, and their sources in the order they come."""
        own = [doc.source.removeprefix("出典：").removesuffix("を加工して作成")] if doc else []
        keys = dict.fromkeys(key for table in tables for key in table["source"] if key)
        named = [*own, *map(self.cite, keys)]
        return Source("出典：", *[p for one in named for p in (one, "、")][:-1], "を加工して作成")


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
        place = "" if name == "identity.csv" else f"{FOLDER}/"
        label = f"{place}{name}" if place else f"data/{name}"
        tables[name.removesuffix(".csv")] = table = read_csv(root / f"{place}{name}", label, problems)
        problems += schema.problems(label, table, shape)
    if not problems:
        _fit(tables, problems)
    problems.stop()
    more = _documents(root, tables["history"], known)
    history = pd.concat([tables["history"], more], ignore_index=True)
    tables["history"] = history.assign(printed=history["amount"])
    return Context(**{name: _numbers(table) for name, table in tables.items()}, references=known)


def _documents(root: Path, known: pd.DataFrame, sources: dict[str, Reference]) -> pd.DataFrame:
    """The totals that the documents of the data folder print, as rows of history.csv, where it does not hold them.

    What a document prints of its own year stands beside what another source tells of it, as an edition; what it prints
    of the year before is taken only where nobody else tells of that year. A document that is no entry of
    references.bib becomes one of ``sources``.
    """
    told: dict[tuple[str, str], set[str]] = {}  # amounts by year and stage
    for year, stage, amount in zip(known["fiscal_year"], known["stage"], known["amount"]):
        told.setdefault((year, stage), set()).add(amount)
    rows, found = [], [(folder, *printed) for folder in documents(root) for printed in totals(folder)]
    for folder, meta, column, amount in sorted(found, key=lambda one: one[2].role != ROLES[0]):
        when, own = (str(column.fiscal_year), column.stage), column.role == ROLES[0]
        there = told.setdefault(when, set())
        if amount != ABSENT and amount not in there and (own or not there):
            source = meta.get("source") or folder.name
            title = (
                f"{meta['title']}（{words.era(meta['fiscal_year'])}、{meta['number']}、{meta['edition']}）"
            )
            entry = Reference(source, meta["publisher"], title, str(meta["fiscal_year"]), "")
            sources.setdefault(source, entry)
            rows.append(
                (*when, meta["edition"] if there else "", amount, source, meta.get("mark") or "A", "")
            )
            there.add(amount)
    return pd.DataFrame(rows, columns=known.columns, dtype=str)


def _fit(tables: dict[str, pd.DataFrame], problems: Problems) -> None:
    """What sound tables must say together: a payment belongs to a project, and a budget is the sum of its parts."""
    projects = tables["projects"]
    known = set(zip(projects["project"], projects["fiscal_year"]))
    for row, pair in zip(tables["recipients"].index, tables["recipients"][["project", "fiscal_year"]].values):
        if tuple(pair) not in known:
            problems.report(
                "unknown_project", f"{FOLDER}/recipients.csv", row, "project・fiscal_year", "・".join(pair)
            )
    parts = projects[[f"{part}_yen" for part in ("initial", "supplementary", "carried_in", "reserve")]]
    wrong = parts.astype("int64").sum(axis=1) != projects["budget_yen"].astype("int64")
    for row, value in projects.loc[wrong, "budget_yen"].items():
        problems.report("budget_sum", f"{FOLDER}/projects.csv", int(str(row)), "budget_yen", value)


_NUMBERS = {"fiscal_year", "sheet_year", "depth", "amount", "initial", "supplementary", "budget", "executed"}


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Years, depths, yen, 億円 and 百万円 as numbers (NaN where a cell is empty), in rows from 0."""
    table = table.reset_index(drop=True)
    for name in table:
        if name.endswith("_yen") or name in _NUMBERS:
            table[name] = pd.to_numeric(table[name].replace("", None))
    return table


# ── twelve years ────────────────────────────────────────────────────────────────────────────────────


def series(context: Context, doc: Document, stage: str = "initial") -> pd.DataFrame:
    """Totals of a stage over the years, one row a year, with a row without an amount for each year not found.

    Parameters
    ----------
    context : Context
    doc : Document
        What it prints itself stands for its years, its own edition before others.
    stage : str
        ``initial``, ``supplementary`` or ``request``; one stage only, for they are never added.

    Returns
    -------
    DataFrame
        fiscal_year, amount (億円, NaN where it was not found), printed (as its source prints it), source, mark, note,
        span: a number that changes where a break of 範囲 parts what cannot be compared.
    """
    own = {c.fiscal_year: c for c in doc.columns if c.stage == stage}
    every = [*context.history["fiscal_year"], *(c.fiscal_year for c in doc.columns)]
    rows = context.history.query("stage == @stage")
    other = ~rows["edition"].isin(["", doc.meta["edition"]])
    rows = rows.assign(other=other).sort_values(["fiscal_year", "other"], kind="stable")
    rows = rows.drop_duplicates("fiscal_year").set_index("fiscal_year")
    years = pd.RangeIndex(min(every), max(every) + 1, name="fiscal_year")
    table = rows.reindex(years)[["amount", "printed", "source", "mark", "note"]]
    table[["printed", "source", "mark", "note"]] = table[["printed", "source", "mark", "note"]].fillna("")
    for year, column in own.items():
        amount, printed = float(doc.whole(column).value), doc.totals[column.name].iloc[0]
        changed = table.at[year, "amount"] != amount
        table.loc[year, ["amount", "printed", "mark"]] = amount, printed, "A"
        if changed:
            table.loc[year, ["source", "note"]] = ""
    return table.reset_index().assign(span=_spans(context, years))


def moves(context: Context, doc: Document) -> pd.DataFrame:
    """How the total moved from year to year, and which listed measure moved it most where a document tells.

    Returns
    -------
    DataFrame
        :func:`series`, and change (億円: of a year with a document as that prints both years; NaN where the year before was
        not found, or counts otherwise), ministry, measure (most moved; "" where no document lists measures), moved (億円).
    """
    table = series(context, doc).set_index("fiscal_year")
    change = table["amount"].diff().where(table["span"].eq(table["span"].shift()))
    table = table.assign(change=change, ministry="", measure="", moved=math.nan)
    for r in years_of.movers(years_of.line(doc)).to_dict("records"):
        year, total = r["fiscal_year"], r["current"] - r["previous"]
        table.loc[year, ["change", "ministry", "measure"]] = float(total.value), r["ministry"], r["name"]
        if r["name"]:
            table.at[year, "moved"] = float((r["now"] - r["before"]).value)
    return table.reset_index()


def editions(context: Context) -> pd.DataFrame:
    """The totals of years of which more than one edition exists."""
    return context.history[context.history["edition"] != ""].reset_index(drop=True)


def beside(context: Context, doc: Document) -> pd.DataFrame:
    """Amounts beside those of :func:`series`: another edition of a year, and a year without what it alone holds.

    Returns
    -------
    DataFrame
        fiscal_year, amount (億円), name.
    """
    known = series(context, doc).set_index("fiscal_year")["amount"]
    others = editions(context)
    others = others[others["amount"] != others["fiscal_year"].map(known)].assign(name="同じ年度の別の版")
    once = context.breaks.query("kind == @CORE").groupby("fiscal_year")["amount"].sum(min_count=1).dropna()
    bare = (known.reindex(once.index) - once).dropna().rename("amount").reset_index()
    bare = bare.assign(name="その年度だけの額を除いた額")
    return pd.concat([others[["fiscal_year", "amount", "name"]], bare], ignore_index=True)


def _spans(context: Context, years: pd.RangeIndex) -> list[int]:
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


def stages(context: Context, doc: Document) -> pd.DataFrame:
    """What was asked for, granted and added later, a row a year; they are stages of one budget and never added.

    Returns
    -------
    DataFrame
        fiscal_year, request, initial, supplementary (億円, NaN where it was not found), the same with _printed (as their
        sources print them), marks (of those that were found, in this order), share (the initial budget beside the request,
        a ratio).
    """
    names = ("request", "initial", "supplementary")
    found = {name: series(context, doc, name).set_index("fiscal_year") for name in names}
    table = pd.DataFrame({name: rows["amount"] for name, rows in found.items()})
    table = table.assign(**{f"{name}_printed": rows["printed"] for name, rows in found.items()})
    table["marks"] = [
        "、".join(filter(None, marks)) for marks in zip(*(rows["mark"] for rows in found.values()))
    ]
    return table.assign(share=table["initial"] / table["request"]).reset_index()


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
        fiscal_year, amount (億円), whole (億円), share (a ratio), vintage, source, span.
    """
    table = series(context, doc).drop(columns=["source", "mark"])
    return _part(context, table.dropna(subset="amount"), what)


def _part(context: Context, table: pd.DataFrame, what: str) -> pd.DataFrame:
    whole = context.denominators.query("what == @what").drop(columns="mark")
    table = table.merge(whole, on="fiscal_year")
    return table.assign(whole=table["amount_yen"] / OKU, share=table["amount"] / (table["amount_yen"] / OKU))


def of_ministry(
    context: Context, doc: Document, ministry: str = "防衛省", what: str = "defence"
) -> pd.DataFrame:
    """The listed measures of a ministry as a part of its whole initial budget, in the years of the document.

    Returns
    -------
    DataFrame
        fiscal_year, amount (億円), count (of measures with an amount), whole (億円), share (a ratio), source.
    """
    rows = doc.amounts.query("level == 'measure' and ministry == @ministry and stage == 'initial'")
    rows = rows.assign(amount=rows["amount"].astype(float))
    table = rows.groupby("fiscal_year", as_index=False).agg(
        amount=("amount", "sum"), count=("amount", lambda amounts: int((amounts > 0).sum()))
    )
    return _part(context, table, what)


def amount(context: Context, what: str, year: int) -> int | None:
    """One of the large amounts in yen; None where the year is not known."""
    rows = context.denominators.query("what == @what and fiscal_year == @year")
    return int(rows["amount_yen"].iloc[0]) if len(rows) else None


def purposes(context: Context, doc: Document) -> pd.DataFrame:
    """Whose systems the listed measures protect: our judgement; what bears no name cannot be judged.

    Returns
    -------
    DataFrame
        name, purpose (a key of :data:`~cyberbudget.schema.PURPOSES`, empty where it is not judged, or rest), count (of measures with an amount),
        current, current_low, current_high (億円), share (of the total, a ratio), rest.
    """
    rows = exact.full(doc, "measure")
    judged = dict(zip(context.purposes["measure"], context.purposes["purpose"]))
    purpose = rows["name"].map(judged).fillna("").where(~rows["rest"], "rest")
    table = []
    for key, name in (*schema.PURPOSES.items(), ("", UNJUDGED), ("rest", words.UNLISTED)):
        own = rows[purpose == key]
        whole = interval.total(own["current"])
        if whole.value:
            bounds = (float(bound) for bound in (whole.value, whole.low, whole.high))
            # What bears no name is no measure.
            count = 0 if key == "rest" else sum(not amount.absent for amount in own["current"])
            table.append((name, key, count, *bounds, key == "rest"))
    columns = ["name", "purpose", "count", "current", "current_low", "current_high", "rest"]
    frame = pd.DataFrame(table, columns=columns)
    return frame.assign(share=frame["current"] / float(doc.whole(doc.current).value))


# ── what was spent ──────────────────────────────────────────────────────────────────────────────────


def years(context: Context) -> list[int]:
    """The fiscal years of which execution and payments are known, the latest last; one told by half would be paid to nobody."""
    return sorted({*context.projects["fiscal_year"]} & {*context.recipients["fiscal_year"]})


def coverage(context: Context, doc: Document) -> pd.DataFrame:
    """The listed measures of a document, and which of them are matched to a project.

    Returns
    -------
    DataFrame
        measure, ministry, amount (億円 of the current column, 0 where — is printed), project (empty where there is none).
    """
    rows = doc.amounts.query("level == 'measure'")
    rows = rows[rows["fiscal_year"].eq(doc.current.fiscal_year) & rows["stage"].eq(doc.current.stage)]
    found = dict(zip(context.projects["measure"], context.projects["project"]))
    return pd.DataFrame(
        {
            "measure": rows["measure"],
            "ministry": rows["ministry"],
            "amount": rows["amount"].astype(float),
            "project": rows["measure"].map(found).fillna(""),
        }
    ).reset_index(drop=True)


def unmatched(context: Context, doc: Document) -> pd.DataFrame:
    """The listed measures that are no project of 行政事業レビュー, the largest first, and why.

    Returns
    -------
    DataFrame
        measure, ministry, amount (億円), kind, why, name (of the project that comes nearest), initial (its budget in 億円,
        NaN where there is none; never the measure's), source.
    """
    table = coverage(context, doc).query("project == ''").drop(columns="project")
    why = context.unmatched[["measure", "kind", "why", "name", "initial_yen", "source"]]
    table = table.merge(why, how="left").assign(initial=lambda t: t.pop("initial_yen") / OKU)
    texts = ["kind", "why", "name", "source"]
    table[texts] = table[texts].fillna("")
    return table.sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def compared(context: Context, doc: Document) -> pd.DataFrame:
    """Each printed amount of a matched measure beside what its project says, in yen.

    Returns
    -------
    DataFrame
        measure, ministry, project, fiscal_year, stage, printed, yen, agree: whether the yen lie within the printed
        rounding (— agrees with nothing but 0), gap (億円; what the project says over what is printed).
    """
    parts = context.projects.melt(
        ["measure", "project", "fiscal_year"], ["initial_yen", "supplementary_yen"], "stage", "yen"
    )
    parts["stage"] = parts["stage"].str.removesuffix("_yen")
    table = doc.amounts.query("level == 'measure'").merge(parts, on=["measure", "fiscal_year", "stage"])
    low, high, printed = (table[name].astype(float) * OKU for name in ("low", "high", "amount"))
    agree = (low.round() <= table["yen"]) & (table["yen"] < high.round()) | (table["yen"] == 0) & (
        printed == 0
    )
    table = table.assign(agree=agree, gap=(table["yen"] - printed) / OKU)
    columns = ["measure", "ministry", "project", "fiscal_year", "stage", "printed", "yen", "agree", "gap"]
    return table[columns].sort_values(["agree", "project"], kind="stable").reset_index(drop=True)


def executed(context: Context, year: int) -> pd.DataFrame:
    """The matched projects of a year with what was spent of their budget.

    Returns
    -------
    DataFrame
        The columns of projects in 億円, rate (執行額 of 歳出予算現額, a ratio; NaN where there was no budget), left
        (neither spent nor carried over).
    """
    table = context.projects.query("fiscal_year == @year").reset_index(drop=True)
    amounts = {name.removesuffix("_yen"): table[name] / OKU for name in table if name.endswith("_yen")}
    table = table.assign(**amounts).drop(columns=[f"{name}_yen" for name in amounts])
    left = (table["budget"] - table["executed"] - table["carried_out"]).round(8)
    return table.assign(rate=(table["executed"] / table["budget"]).where(table["budget"] > 0), left=left)


# ── who received it ─────────────────────────────────────────────────────────────────────────────────


def payments(context: Context, year: int, without: Collection[str] = ()) -> pd.DataFrame:
    """What the state itself paid in a year: measure → recipient. What was re-entrusted is part of it and left out.

    Parameters
    ----------
    without : collection of str
        Measures to leave out.

    Returns
    -------
    DataFrame
        measure, recipient, corporate_number (empty for :data:`UNNUMBERED`), amount (億円), source.
    """
    return _named(context, context.recipients.query("fiscal_year == @year and depth == 0"), without)


def contracts(context: Context, year: int) -> pd.DataFrame:
    """The :func:`payments` of a year by the name of the contract or grant, the largest first, with ``contract``."""
    return _named(context, context.recipients.query("fiscal_year == @year and depth == 0"), (), "contract")


def both_years(context: Context, frame: Callable[[Context, int], pd.DataFrame]) -> pd.DataFrame:
    """A frame of every year of which the execution is known, the latest first, with ``year`` (R6)."""
    found = [frame(context, year).assign(year=words.era_short(year)) for year in reversed(years(context))]
    return pd.concat(found, ignore_index=True)


def entrusted(context: Context, year: int) -> pd.DataFrame:
    """What those who were paid by the state paid on, in its first step only: each further step is part of it.

    Returns
    -------
    DataFrame
        payer, measure, recipient, corporate_number, amount (億円), source.
    """
    rows = context.recipients.query("fiscal_year == @year and depth == 1")
    paid = called(context, context.recipients.query("fiscal_year == @year and depth == 0 and amount_yen > 0"))
    # The block that pays stands before the last one in the chain: 組織→A→C.
    payers = paid.groupby(["project", "block"])["recipient"].agg(
        lambda names: "、".join(dict.fromkeys(names))
    )
    block = rows["chain"].str.split("→").str[-2]
    payer = [payers.get(key, "") for key in zip(rows["project"], block)]
    return _named(context, rows.assign(payer=payer), (), "payer")


def passed(context: Context, year: int) -> pd.DataFrame:
    """Who of those who were paid by the state paid on, the largest first. What was passed on is part of what was paid.

    Returns
    -------
    DataFrame
        payer, paid (億円 from the state), passed (億円 of it), part (a ratio), count (of payments), source.
    """
    found = entrusted(context, year).groupby("payer", sort=False)
    table = found.agg(passed=("amount", "sum"), count=("amount", "size"), source=("source", "first"))
    paid = direct(context, year).set_index("recipient")["amount"]
    table = table.assign(paid=paid, part=table["passed"] / paid).reset_index()
    return table.sort_values("passed", ascending=False, kind="stable", ignore_index=True)


def onward(context: Context, year: int) -> pd.DataFrame:
    """Who received what those paid by the state paid on, the largest first: the first step only.

    Returns
    -------
    DataFrame
        recipient, amount (億円), payers (their names), paid (億円 that the state paid them itself), source.
    """
    found = entrusted(context, year)
    grouped = found[found["recipient"] != UNNUMBERED].groupby("recipient", sort=False)
    table = grouped.agg(
        amount=("amount", "sum"),
        payers=("payer", lambda names: "、".join(dict.fromkeys(names))),
        source=("source", "first"),
    )
    paid = direct(context, year).set_index("recipient")["amount"]
    return (
        table.assign(paid=paid)
        .reset_index()
        .sort_values("amount", ascending=False, kind="stable", ignore_index=True)
    )


def _named(context: Context, rows: pd.DataFrame, without: Collection[str], *more: str) -> pd.DataFrame:
    """Payments by measure and recipient, whose corporate number tells who it is; all without one are one."""
    rows = called(context, rows[~rows["measure"].isin(list(without))])
    keys = [*more, "measure", "recipient", "corporate_number"]
    found = rows.groupby(keys, as_index=False, sort=False).agg(
        amount=("amount_yen", "sum"), source=("source", "first")
    )
    found = found.assign(amount=found["amount"] / OKU)
    return found[found["amount"] > 0].sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def called(context: Context, rows: pd.DataFrame) -> pd.DataFrame:
    """Payments under the latest name of each corporate number: a name may change while the number stays."""
    latest = context.recipients.sort_values("fiscal_year", kind="stable").query("corporate_number != ''")
    names = dict(zip(latest["corporate_number"], latest["recipient"]))
    return rows.assign(recipient=rows["corporate_number"].map(names).fillna(UNNUMBERED))


def direct(context: Context, year: int, without: Collection[str] = ()) -> pd.DataFrame:
    """Who was paid by the state itself in a year, the largest first.

    Returns
    -------
    DataFrame
        recipient, corporate_number, amount (億円), measures (how many), share (of all of them, a ratio), source.
    """
    found = payments(context, year, without).groupby(
        ["recipient", "corporate_number"], as_index=False, sort=False
    )
    table = found.agg(amount=("amount", "sum"), measures=("measure", "nunique"), source=("source", "first"))
    table = table.sort_values("amount", ascending=False, kind="stable", ignore_index=True)
    return table.assign(share=table["amount"] / table["amount"].sum())


def balance(context: Context, year: int) -> pd.DataFrame:
    """What recipients were paid directly beside what the project says was spent, in yen.

    Returns
    -------
    DataFrame
        measure, project, executed_yen, paid_yen, gap_yen, source.
    """
    table = context.projects.query("fiscal_year == @year")[["measure", "project", "executed_yen", "source"]]
    paid = (
        context.recipients.query("fiscal_year == @year and depth == 0").groupby("project")["amount_yen"].sum()
    )
    table = table.assign(paid_yen=table["project"].map(paid).fillna(0).astype("int64")).reset_index(drop=True)
    return table.assign(gap_yen=table["executed_yen"] - table["paid_yen"])


# ── a measure over ten years ────────────────────────────────────────────────────────────────────────


def budget_items(context: Context) -> pd.DataFrame:
    """What the state's budget prints under names of cyber security: a row for each section (項) and year.

    Returns
    -------
    DataFrame
        organization, section, fiscal_year, initial, revised (after the last 補正: it holds the initial budget and each
        補正 before it, so that the last one stands and none is added), settled (spent), all in 億円 and NaN where nothing is
        printed, items (their names), source. A provisional budget (暫定予算) is part of the initial one and left out.
    """
    names = ["organization", "section", "item", "fiscal_year"]
    rows = context.items.query("stage != 'provisional'").sort_values("number", kind="stable")
    rows = rows.assign(yen=rows["spent_yen"].where(rows["stage"] == "settled", rows["amount_yen"]))
    last = rows.drop_duplicates([*names, "stage"], keep="last")  # the latest number of 補正
    wide = last.pivot(index=names, columns="stage", values="yen").reindex(
        columns=["initial", "revised", "settled"]
    )
    group = wide.groupby(["organization", "section", "fiscal_year"])
    # What no 補正 touched stands in the revised budget of its section as it was.
    revised = wide["revised"].fillna(wide["initial"]).where(group["revised"].transform("count") > 0)
    sums = wide.assign(revised=revised).groupby(group.keys).sum(min_count=1) / OKU
    every = context.items.groupby(["organization", "section", "fiscal_year"])
    told = every.agg(
        items=("item", lambda found: "、".join(dict.fromkeys(found))), source=("source", "first")
    )
    return sums.join(told).reset_index()
