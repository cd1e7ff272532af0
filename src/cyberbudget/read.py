"""Read the files of a document folder: CSV as text, YAML as it stands, both with the lines where things stand."""

from __future__ import annotations

import csv
import io
import re
import stat
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
LARGEST = 5_000_000  # bytes of a file; 300 measures are about 100,000
MOST = 200_000  # values of a YAML file; 300 cards are about 10,000
DEEPEST = 50  # values within values of a YAML file; a card has three
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it was built in
# What no document prints, no font draws, or what turns the text around it: controls, marks of direction, halves of
# characters. A line break and a tab are no part of a name either, but of the files.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]"
)


def cut(value: Any) -> str:
    """A value as a problem shows it."""
    return str(value)[:40]


def read_text(path: Path, file: str, problems: Problems) -> str | None:
    """The text of a file, called ``file`` in a problem; None after one."""
    try:
        told = path.stat()
        if not stat.S_ISREG(told.st_mode):  # a device or a pipe has no end
            problems.report("no_file", file, folder=path.parent.name)
            return None
        if told.st_size > LARGEST:
            problems.report("too_large", file, most=f"{LARGEST // 1_000_000}MB")
            return None
        raw = path.read_bytes()
    except OSError:
        problems.report("no_file", file, folder=path.parent.name)
        return None
    if not raw.decode("utf-8-sig", "replace").strip():
        problems.report("no_content", file)
        return None
    try:
        text = raw.decode("utf-8-sig")
        for found in CONTROL.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            problems.report("control", file, line, None, f"U+{ord(found[0]):04X}")
            return None
        return text
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
        broken = next((name for name, cell in zip(header, cells) if re.search("[\t\r\n]", cell)), None)
        if cells and len(cells) != len(header):
            problems.report("ragged", file, line, wanted=len(header), found=len(cells))
        elif broken:
            problems.report("line_break", file, line, broken)
        elif cells:
            rows.append(cells)
            lines.append(line)
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
        if _deep(text):  # the fast reader would end the process
            problems.report("not_yaml", file)
            return None, lines
        root = yaml.compose(text, Loader=LOADER)
        before = len(problems)
        if root and _size(root, {}) > MOST:
            problems.report("alias", file)
        else:
            lines = _lines(root, (file,), (), problems) if root else lines
        if len(problems) > before:
            return None, lines
        found = yaml.SafeLoader("").construct_document(root) if root else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2024-02-30
        mark = getattr(error, "problem_mark", None)
        problems.report("not_yaml", file, mark.line + 1 if mark else None)
        return None, lines
    if type(found) is not kind:
        problems.report("not_whole", file, value=cut(found), kinds=KINDS[kind])
        return None, lines
    return found, lines


def _deep(text: str) -> bool:
    """True where values stand in more values than any document has."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


def _lines(node: yaml.Node, path: tuple, above: tuple[int, ...], problems: Problems) -> Lines:
    """Line of every value of a YAML tree by its path of keys and positions.

    A value may stand for another one (``*name``), but not for one that holds it, nor for more values in all than a
    document has. A key that is merged (``<<``) and a key that stands twice are problems: the reader of the file would
    not see what counts.
    """
    line = node.start_mark.line + 1
    lines = {path: line}
    if id(node) in above:
        problems.report("alias", path[0], line)
        return lines
    above = (*above, id(node))
    if isinstance(node, yaml.ScalarNode) and (found := CONTROL.search(node.value)):  # "\\u0007"
        problems.report("control", path[0], line, None, f"U+{ord(found[0]):04X}")
    if isinstance(node, yaml.MappingNode):
        keys = set[str]()
        for key, value in node.value:
            name = str(key.value)
            if name == "<<" or key.tag == "tag:yaml.org,2002:merge":
                problems.report("alias", path[0], key.start_mark.line + 1)
            if name in keys:
                problems.report("key_twice", path[0], key.start_mark.line + 1, cut(name))
            keys.add(name)
            lines |= _lines(value, (*path, name), above, problems)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines |= _lines(value, (*path, number), above, problems)
    return lines


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a YAML tree has once every ``*name`` is written out; a circle counts once."""
    if id(node) not in known:
        known[id(node)] = 1
        parts = [n for pair in node.value for n in pair] if isinstance(node, yaml.MappingNode) else node.value
        inner = () if isinstance(node, yaml.ScalarNode) else parts
        known[id(node)] = 1 + sum(_size(part, known) for part in inner)
    return known[id(node)]
