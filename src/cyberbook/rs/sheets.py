"""Read the CSV files that the RS system (行政事業レビュー見える化サイト) offers, and tell what is no such file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

SITE = "行政事業レビュー見える化サイト（https://rssystem.go.jp/）"
COMMON = "シート種別 事業年度 予算事業ID 事業名 府省庁の建制順 政策所管府省庁 府省庁 局・庁 部 課 室 班 係"
# kind → the rest of the file's name, and its columns after the common ones; those with a star hold yen
LAYOUTS = {
    "2-1": ("予算・執行_サマリ",
        "予算年度 当初予算(合計)* 補正予算(合計)* 前年度からの繰越し(合計)* 予備費等(合計)* 計(歳出予算現額合計)* 執行額(合計)* "
        "執行率 翌年度への繰越し(合計)* 翌年度要求額(合計)* 主な増減理由 その他特記事項 会計区分 会計 勘定 当初予算* "
        "第1次補正予算* 第2次補正予算* 第3次補正予算* 第4次補正予算* 第5次補正予算* 前年度から繰越し* 予備費等1* 予備費等2* "
        "予備費等3* 予備費等4* 歳出予算現額* 執行額* 翌年度要求額* 要望額* 備考"),
    "5-1": ("支出先_支出情報",
        "支出先ブロック番号 支出先ブロック名 支出先の数 事業を行う上での役割 ブロックの合計支出額* 支出先名 法人番号 所在地 法人種別 "
        "その他支出先 支出先の合計支出額* 契約概要 金額* 契約方式等 具体的な契約方式等 入札者数 落札率 "
        "一者応札・一者応募又は競争性のない随意契約となった理由及び改善策(支出額10億円以上) その他の契約"),
    "5-2": ("支出先_支出ブロックのつながり",
        "支出元の支出先ブロック 支出元の支出先ブロック名 担当組織からの支出 支出先の支出先ブロック 支出先の支出先ブロック名 "
        "資金の流れの補足情報 国自らが支出する間接経費 国自らが支出する間接経費の項目 国自らが支出する間接経費の金額"),
    "5-3": ("支出先_費目・使途",
        "支出先ブロック番号 支出先名 法人番号 契約概要 費目 使途 金額*"),
}  # fmt: skip
COLUMNS = {kind: [*COMMON.split(), *own.replace("*", "").split()] for kind, (_, own) in LAYOUTS.items()}
AMOUNTS = {kind: [c[:-1] for c in own.split() if c[-1] == "*"] for kind, (_, own) in LAYOUTS.items()}
# How other files begin, in lower case, and what they are.
OTHERS = {
    b"pk": "ZIP です。展開して、中の CSV を指定してください",
    b"\x1f\x8b": "圧縮されたファイルです。展開して、中の CSV を指定してください",
    b"\xd0\xcf\x11\xe0": "Excel のファイルです",
    b"%pdf": "PDF です",
    b"<": "CSV ではなく HTML（ウェブの頁）です",
    b"\xff\xfe": "文字コードが UTF-16 です（UTF-8 のはずです）",
    b"\xfe\xff": "文字コードが UTF-16 です（UTF-8 のはずです）",
}
YEAR = re.compile("20[0-9]{2}")
YEN = re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.0+)?")  # some columns are written as 34482000.0
# Filled in the rows of 2-1 by account, empty in those that sum a project's year.
BY_ACCOUNT = "歳出予算現額"
ZERO = frozenset({"", "0", "0.0"})
CUT = "途中で切れています"
Row = dict[str, str]


class RsError(ValueError):
    """What cannot be read or written, in one Japanese line: what is wrong, where, and what to do."""


def wrong(path: Path, told: str, line: int = 0, column: str = "") -> RsError:
    """The error about an official file, which ends with what to download in its place."""
    kind = next((kind for kind in LAYOUTS if path.name.startswith(kind)), "2-1")
    where = f"{path.name or path}{f' {line}行目' if line else ''}{f' {column}列' if column else ''}"
    name = f"{kind}_RS_<年度>_{LAYOUTS[kind][0]}.csv"
    return RsError(f"{where}：{told}。{SITE}から「{name}」を取り直してください")


@dataclass(frozen=True)
class Sheets:
    """One official file, of which the rows of some projects were kept.

    Attributes
    ----------
    path : Path
    kind : str
        A key of :data:`LAYOUTS`.
    year : int
        事業年度; what was executed is told of the year before.
    size : int
        How many rows the file has.
    rows : list of dict
        By column (brackets in half width), each with its ``line``.
    """

    path: Path
    kind: str
    year: int
    size: int
    rows: list[Row]

    def yen(self, row: Row, column: str) -> int:
        """An amount in yen. RsError where the cell is empty."""
        if not row[column]:
            raise wrong(self.path, "金額がありません", int(row["line"]), column)
        return int(row[column].partition(".")[0].replace(",", ""))


def text(path: Path) -> str:
    """What a CSV file holds. RsError for whatever else was downloaded, saved or cut in its place."""
    if path.is_dir():
        raise wrong(path, "フォルダーです。中の CSV を指定してください")
    if not path.exists():
        raise wrong(path, "ファイルがありません")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise wrong(path, f"開けません（{error.strerror}）") from None
    start = raw[:512].removeprefix(b"\xef\xbb\xbf").strip().lower()
    if not start:
        raise wrong(path, "ファイルが空です")
    other = next((told for begins, told in OTHERS.items() if start.startswith(begins)), "")
    if b"xl/workbook" in raw and start.startswith(b"pk"):
        other = "Excel のファイルです"
    if not other and b"\0" in start:
        other = "CSV ではありません（文字コードが UTF-16 か、別の種類のファイルです）"
    if other:
        raise wrong(path, other)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise wrong(path, CUT, raw.count(b"\n") + 1) from None
        if "予算事業ID" in raw[:4096].decode("cp932", "replace"):
            raise wrong(path, "文字コードが Shift_JIS です（UTF-8 のはずです）") from None
        line = raw.count(b"\n", 0, error.start) + 1
        raise wrong(path, "UTF-8 として読めない文字があります", line) from None


def kind_of(path: Path, header: list[str]) -> str:
    """The kind that a header belongs to. RsError where it is of none, or has changed."""
    own = {kind: {*names} - {*COMMON.split()} for kind, names in COLUMNS.items()}
    kind = max(own, key=lambda kind: len(own[kind] & {*header}) / len(own[kind]))
    if 2 * len(own[kind] & {*header}) < len(own[kind]):
        told = f"{'、'.join(own)}のどの CSV の見出しでもありません（一行目は「{','.join(header)[:40]}」）"
        raise wrong(path, told, 1)
    faults = {
        "足りない列": [name for name in COLUMNS[kind] if name not in header],
        "知らない列": [name for name in header if name not in COLUMNS[kind]],
        "二度ある列": [name for name in COLUMNS[kind] if header.count(name) > 1],
    }
    if told := "、".join(f"{fault}は「{'」「'.join(names)}」" for fault, names in faults.items() if names):
        raise wrong(path, f"{kind} の見出しが変わっています（{told}）", 1)
    return kind


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV, each with the line where it begins. RsError where it is none, or was cut."""
    whole = text(path)
    lines, line, width = csv.reader(io.StringIO(whole, newline=""), strict=True), 1, 0
    try:
        for cells in lines:
            width = width or len(cells)
            if cells and len(cells) != width:
                told = f"列の数が見出しと違います（見出しは{width}列、この行は{len(cells)}列）"
                raise wrong(path, told, line)
            if cells:
                yield line, cells
            line = lines.line_num + 1
            if not whole.endswith("\n"):  # after the header, which tells more of what is no such file at all
                raise wrong(path, CUT, whole.count("\n") + 1)
    except csv.Error as error:
        told = CUT if "unexpected end" in str(error) else '" の使い方が CSV として読めません'
        raise wrong(path, told, line) from None


def read(path: Path, wanted: Collection[str]) -> Sheets:
    """Read and check an official file; the rows of the wanted projects (予算事業ID) are kept.

    Raises
    ------
    RsError
        For the first thing that is wrong; no row is left out for being wrong.
    """
    found = records(path)
    header = [normalize("NFKC", cell).strip() for cell in next(found)[1]]
    kind = kind_of(path, header)
    at = {name: header.index(name) for name in header}
    project, budget = at["予算事業ID"], kind == "2-1"
    years = [(at[name], name) for name in ("事業年度", "予算年度") if name in at]
    amounts = [(at[name], name) for name in AMOUNTS[kind]]
    rows, sheet, once, fine, size = list[Row](), set[str](), dict[object, int](), {*ZERO}, 0
    for size, (line, cells) in enumerate(found, 1):  # noqa: B007
        for n, year in years:
            if not YEAR.fullmatch(cells[n]):
                raise wrong(path, f"「{cells[n][:40]}」は西暦の年度として読めません", line, year)
        sheet.add(cells[years[0][0]])
        if len(sheet) > 1:
            raise wrong(path, f"二つの年度が混ざっています（{'、'.join(sorted(sheet))}）", line, "事業年度")
        if not budget and cells[project] not in wanted:
            continue  # 2-1 is held whole; of the larger files nothing else is needed
        for n, column in amounts:
            if cells[n] not in fine:
                if not YEN.fullmatch(cells[n]):
                    raise wrong(path, f"「{cells[n][:40]}」は円の金額として読めません", line, column)
                fine.add(cells[n])
        key: object = line
        if budget and not cells[at[BY_ACCOUNT]]:
            key = cells[project], cells[at["予算年度"]]  # summed once
        elif budget or (
            kind == "5-1" and not cells[at["支出先名"]]
        ):  # contracts may be alike, and rows of zeros are
            key = hash(tuple(cells)) if any(cells[n] not in ZERO for n, _ in amounts) else line
        if once.setdefault(key, line) != line:
            raise wrong(path, f"{once[key]}行目と同じものが二度あります", line)
        if cells[project] in wanted:
            rows.append({**dict(zip(header, cells)), "line": str(line)})
    if not size:
        raise wrong(path, "見出しだけで、行がありません")
    if not rows:
        raise wrong(path, f"data/context/projects.csv の{len(wanted)}事業が、一つもありません")
    return Sheets(path, kind, int(*sheet), size, rows)
