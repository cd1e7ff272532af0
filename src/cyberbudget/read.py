"""Read the files of a document folder: CSV as text, YAML as it stands, both with the lines where things stand."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from .errors import Problems

KINDS = {
    str: "文字",
    int: "整数",
    float: "小数",
    list: "- で始まる一覧",
    dict: "項目: 値 の形",
    type(None): "null",
}
Lines = dict[tuple, int]  # (YAML file, key or position, …) → line, as an editor counts


def cut(value: Any) -> str:
    """A value as a problem shows it."""
    return str(value)[:40]


def read_text(path: Path, file: str, problems: Problems) -> str | None:
    """The text of a file, called ``file`` in a problem; None after one."""
    try:
        raw = path.read_bytes()
    except OSError:
        problems.report("no_file", file, folder=path.parent.name)
        return None
    if not raw.decode("utf-8-sig", "replace").strip():
        problems.report("no_content", file)
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            raw.decode("cp932")
            encoding = "Shift_JIS"
        except UnicodeDecodeError:
            encoding = "UTF-8 以外"
        problems.report("encoding", file, encoding=encoding)
        return None


def read_csv(path: Path, file: str, problems: Problems) -> pd.DataFrame:
    """Text cells of a CSV, indexed by the line where each row starts; no columns where it cannot be read."""
    text = read_text(path, file, problems)
    if text is None:
        return pd.DataFrame()
    reader = csv.reader(io.StringIO(text, newline=""))
    records, line = [], 1
    try:
        for cells in reader:
            records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        problems.report("not_csv", file, line)
        return pd.DataFrame()
    header = records[0][1]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    for name in twice:
        problems.report("column_twice", file, 1, name)
    if not header:
        problems.report("no_header", file, 1)
    if twice or not header:
        return pd.DataFrame()
    rows, lines = [], []
    for line, cells in records[1:]:
        if len(cells) == len(header):
            rows.append(cells)
            lines.append(line)
        elif cells:
            problems.report("ragged", file, line, wanted=len(header), found=len(cells))
    if not any(cells for _, cells in records[1:]):
        problems.report("no_rows", file)
    return pd.DataFrame(rows, columns=header, index=pd.Index(lines, dtype=int), dtype=str)


def read_yaml(path: Path, kind: type, problems: Problems) -> tuple[Any, Lines]:
    """What a YAML file holds (None after a problem), and where each value stands."""
    file, lines = path.name, Lines()
    text = read_text(path, file, problems)
    if text is None:
        return None, lines
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = _lines(root, (file,)) if root else lines
        found = yaml.SafeLoader("").construct_document(root) if root else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2024-02-30
        mark = getattr(error, "problem_mark", None)
        problems.report("not_yaml", file, mark.line + 1 if mark else None)
        return None, lines
    if type(found) is not kind:
        problems.report("not_whole", file, value=cut(found), kinds=KINDS[kind])
        return None, lines
    return found, lines


def _lines(node: yaml.Node, path: tuple) -> Lines:
    """Line of every value of a YAML tree by its path of keys and positions."""
    lines = {path: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines |= _lines(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines |= _lines(value, (*path, number))
    return lines
