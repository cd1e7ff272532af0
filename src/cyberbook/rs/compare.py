"""What official files would change in projects.csv and recipients.csv of ``data/context``.

The sheets of fiscal year N tell what was executed in N−1; their rows of N are a budget not yet spent, and older years
belong to older sheets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .sheets import BY_ACCOUNT, Row, Sheets, wrong

# Column of projects.csv → column of the row of 2-1 that sums a project's year, and those of its rows by account.
PROJECT = {
    "name": ("事業名", []),
    "initial_yen": ("当初予算(合計)", ["当初予算"]),
    "supplementary_yen": ("補正予算(合計)", [f"第{n}次補正予算" for n in range(1, 6)]),
    "carried_in_yen": ("前年度からの繰越し(合計)", ["前年度から繰越し"]),
    "reserve_yen": ("予備費等(合計)", [f"予備費等{n}" for n in range(1, 5)]),
    "budget_yen": ("計(歳出予算現額合計)", [BY_ACCOUNT]),
    "executed_yen": ("執行額(合計)", ["執行額"]),
    "carried_out_yen": ("翌年度への繰越し(合計)", []),  # the rows by account do not have it
    "request_yen": ("翌年度要求額(合計)", ["翌年度要求額"]),
}
PARTS = ("initial_yen", "supplementary_yen", "carried_in_yen", "reserve_yen")  # of budget_yen


@dataclass
class Outcome:
    """A table of data/context as a file would have it, and how that differs from what stands."""

    rows: list[Row] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # each difference: row, column, old → new value
    notes: list[str] = field(default_factory=list)  # what to know besides
    stops: list[str] = field(default_factory=list)  # why it must not be written


def shown(values: Iterable[str]) -> str:
    """The sum of amounts, or a name, as it is read; なし where there is none."""
    found = [*values]
    amounts = [int(value) for value in found if value.removeprefix("-").isdecimal()]
    return f"{sum(amounts):,}円" if amounts else "".join(found) or "なし"


def by(table: list[Row], *keys: str) -> dict[tuple[str, ...], list[Row]]:
    """Rows of a table of data/context by some of their columns, each with its ``line``."""
    found = defaultdict[tuple[str, ...], list[Row]](list)
    for line, row in enumerate(table, 2):
        found[tuple(row[key] for key in keys)].append({**row, "line": str(line)})
    return found


def projects(sheets: Sheets, table: list[Row], names: set[tuple[str, str]]) -> Outcome:
    """projects.csv as a 2-1 would have it; a name of a measure that is not among those known (identity.csv) is noted."""
    outcome, year = Outcome(), str(sheets.year - 1)
    sums, accounts = dict[str, Row](), defaultdict[str, list[Row]](list)
    for row in sheets.rows:
        if row["予算年度"] == year and not row[BY_ACCOUNT]:
            sums[row["予算事業ID"]] = row
        elif row["予算年度"] == year:
            accounts[row["予算事業ID"]].append(row)
    if not sums:
        there = "、".join(sorted({row["予算年度"] for row in sheets.rows}))
        raise wrong(sheets.path, f"予算年度が{year}の行がありません（あるのは{there}）")
    for (project,), rows in by(table, "project").items():
        outcome.rows += rows
        old = next((row for row in rows if row["fiscal_year"] == year), Row())
        who = f"{project}「{rows[0]['measure']}」{year}年度"
        where = f"{old['line']}行目 {who}" if old else f"新しい行 {who}"
        if project not in sums:
            for kind in (outcome.told, outcome.stops) if old else (outcome.notes,):
                kind.append(
                    f"{where if old else who}は、ファイルにありません（終わったか、ほかの事業と一つになったか、切れたファイルです）"
                )
            continue
        new = _project(sheets, sums[project], accounts[project], who, outcome)
        changed = [column for column in PROJECT if old.get(column) != new[column]]
        for column in changed:
            values = " → ".join(shown([row[column]] if row else []) for row in (old, new))
            outcome.told.append(f"{where} {PROJECT[column][0]}（{column}）：{values}")
        measure = rows[0]["measure"]
        if "name" in changed and new["name"] != measure and (measure, new["name"]) not in names:
            told = f"事業名「{new['name']}」は、同じ施策だと読む根拠とともに data/identity.csv に要ります"
            outcome.notes.append(told)
        if changed:
            own = {key: rows[0][key] for key in ("measure", "project")} | {"fiscal_year": year, "mark": "A–"}
            made = own | old | new | {"source": f"rs{sheets.year}"}
            outcome.rows[-len(rows) :] = [made if row is old else row for row in rows] + [made] * (not old)
    return outcome


def _project(sheets: Sheets, row: Row, accounts: list[Row], who: str, outcome: Outcome) -> Row:
    """The columns of projects.csv of one project; a note where its rows by account do not add up to them."""
    new = {"name": row["事業名"]}
    for column, (name, parts) in PROJECT.items():
        if column == "name":
            continue
        new[column] = str(sheets.yen(row, name))
        added = [str(sheets.yen(account, part)) for account in accounts for part in parts if account[part]]
        if added and shown(added) != shown([new[column]]):
            told = f"合計の行は{shown([new[column]])}、会計ごとの行の合計は{shown(added)}です"
            outcome.notes.append(f"{who}の{name}：{told}")
    if sum(int(new[column]) for column in PARTS) != int(new["budget_yen"]):
        raise wrong(
            sheets.path, "予算の内訳の合計が、計と合いません", int(row["line"]), PROJECT["budget_yen"][0]
        )
    return new


def payments(paid: Sheets) -> Iterator[tuple[Row, str]]:
    """Each contract of a 5-1 with its yen; of a recipient without contracts, the sum that it received."""
    named = [row for row in paid.rows if row["支出先名"]]
    for row, after in zip(named, [*named[1:], None]):
        if row["金額"]:
            yield row, str(paid.yen(row, "金額"))
        elif not (after and after["金額"]):
            yield row, str(paid.yen(row, "支出先の合計支出額"))


def chains(flows: Sheets) -> dict[tuple[str, str], str]:
    """The way of the money to each block of each project (組織→A→B), the shortest one, from a 5-2."""
    found, links = dict[tuple[str, str], str](), list[tuple[str, str, str]]()
    for row in flows.rows:
        payer = "" if row["担当組織からの支出"].upper() == "TRUE" else row["支出元の支出先ブロック"]
        links.append((row["予算事業ID"], payer, row["支出先の支出先ブロック"]))
    while new := {
        (project, block): f"{found[project, payer] if payer else '組織'}→{block}"
        for project, payer, block in links
        if block and (project, block) not in found and (not payer or (project, payer) in found)
    }:
        found |= new
    return found


def recipients(paid: Sheets, flows: Sheets | None, table: list[Row], measures: Row) -> Outcome:
    """recipients.csv as a 5-1 would have it; the ways of the money from a 5-2 or, for blocks that stand, from the table.

    A payment is the one that stands where project, block, way, corporate number and yen are the same: names and contracts
    are spelt in many ways, and what was corrected by hand (its note) stays. Nobody without a corporate number is named.
    """
    from cyberbudget.context import UNNUMBERED
    from cyberbudget.schema import corporate

    outcome, year, groups = Outcome(), str(paid.year - 1), by(table, "fiscal_year", "project")
    left = [row for key, rows in groups.items() if key[0] == year for row in rows]
    ways = {(row["project"], row["block"]): row["chain"] for row in left} | (chains(flows) if flows else {})
    now, added = defaultdict[str, list[Row]](list), list[Row]()
    for row, amount in payments(paid):
        project, block = row["予算事業ID"], row["支出先ブロック番号"]
        number = row["法人番号"] if corporate(row["法人番号"]) else ""
        own = {
            "project": project,
            "block": block,
            "chain": ways.get((project, block), ""),
            "amount_yen": amount,
        }
        stands = (
            r for r in left if own.items() <= r.items() and (r["corporate_number"] == number or r["note"])
        )
        if same := next(stands, None):
            left.remove(same)
        else:
            own |= {
                "fiscal_year": year,
                "measure": measures[project],
                "depth": str(own["chain"].count("→") - 1),
            }
            own |= {"corporate_number": number, "recipient": row["支出先名"], "contract": row["契約概要"]}
            own |= {"source": f"rs{paid.year}r", "mark": "A–", "note": ""}
            if not number:
                own |= {"recipient": UNNUMBERED, "note": "正しい法人番号がないので、名前を載せない"}
            added.append(own)
        now[project].append(same or own)
    pairs = defaultdict[tuple[str, str, str], tuple[list[Row], list[Row]]](lambda: ([], []))
    for n, rows in enumerate((left, added)):
        for row in rows:
            pairs[row["project"], row["block"], row["corporate_number"]][n].append(row)
    for (project, block, _), (old, new) in pairs.items():
        where = f"{old[0]['line']}行目" if old else "新しい行"
        who = f"{project}「{measures[project]}」{year}年度 ブロック{block} {(new or old)[0]['recipient']}"
        amounts = " → ".join(shown(row["amount_yen"] for row in rows) for rows in (old, new))
        outcome.told.append(f"{where} {who} 支払われた額（amount_yen）：{amounts}")
        if any(row["note"] for row in old):
            outcome.stops.append(f"{where}は本書が直した行なので、手で確かめてください")
        if not all(row["chain"] for row in new):
            outcome.stops.append(f"{project}のブロック{block}へのお金の流れは、5-2 がないと分かりません")
        if project not in now:
            outcome.stops.append(f"{project}の支払いが、ファイルにありません")
    groups |= {(year, row["project"]): now[row["project"]] for row in left + added}
    outcome.rows = [row for rows in groups.values() for row in rows]
    return outcome


def usage(items: Sheets, paid: Sheets) -> list[str]:
    """Contracts whose items (費目) in a 5-3 do not add up to them: a cross-check, for 5-3 holds slips of the pen."""
    sums = tuple(defaultdict[tuple[str, ...], list[str]](list) for _ in "12")
    keys = ("予算事業ID", "支出先ブロック番号", "支出先名", "法人番号", "契約概要")
    for found, sheets in zip(sums, (items, paid)):
        for row in sheets.rows:
            if row["金額"]:
                found[tuple(row[key] for key in keys)].append(str(sheets.yen(row, "金額")))
    pairs = {key: (shown(sums[0][key]), shown(sums[1][key])) for key in sums[0] if key in sums[1]}
    return [
        f"{key[0]} ブロック{key[1]} 契約「{key[4]}」：費目の合計は{one}、契約は{other}です"
        for key, (one, other) in pairs.items()
        if one != other
    ]
