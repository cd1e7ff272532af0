"""What the book adds to a figure: values under the pointer, the table behind it, dark colours, one archive."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import escape
from typing import Any

from cyberbudget import style, tables

_COLOUR = re.compile("#[0-9a-f]{6}")


def hot_spots(name: str, marks: list[dict[str, Any]]) -> str:
    """Where a figure's marks stand and what to say of them, for ``figures.js``; nothing without marks."""
    if not marks:
        return ""
    keys = ("x", "y", "width", "height", "text")
    spots = [
        [*(mark[key] for key in keys), *filter(None, [mark.get("shape"), _page(mark)])] for mark in marks
    ]
    values = json.dumps(spots, ensure_ascii=False, separators=(",", ":"))
    return f'<div hidden data-marks="{name}" data-label="図の値" data-values="{escape(values)}"></div>'


def _page(mark: dict[str, Any]) -> str:
    """Address of the page of the measure that a mark shows, if any."""
    document, _, locator = mark.get("at", "").partition("/")
    return tables.page(document, locator) if locator else ""


def switch(name: str, finding: str, table: str, tools: str) -> str:
    """The table behind a figure, folded; with JavaScript it takes the figure's place, under the same finding."""
    said = f'data-for="{name}" data-finding="{escape(finding)}"'
    return f'<details class="cb-data" {said}><summary>表で見る</summary>\n{table}{tools}</details>'


def fold(table: str) -> str:
    """A table that opens on demand; on paper it is open."""
    return f'<details class="cb-more"><summary>表を開く</summary>\n{table}</details>'


def dark(drawing: str) -> str:
    """A drawing in the colours of a dark page."""
    return _COLOUR.sub(lambda colour: style.DARK.get(colour[0], colour[0]), drawing)


KINDS = {"csv": "図の数字（UTF-8）", "svg": "図", "png": "図（画像）", "json": "図の説明、出典、利用の条件"}


def metadata(name: str, alt: str, caption: str, source: str) -> str:
    """What a figure shows and where it comes from, as JSON."""
    told = {"name": name, "alt": alt, "caption": caption, "source": source, "license": "CC BY 4.0"}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def archive(name: str, files: dict[str, bytes]) -> bytes:
    """A ZIP with all files of a figure (:data:`KINDS`) and a README; the same bytes on any day."""
    lines = [
        json.loads(files["json"])["source"] + "。CC BY 4.0。",
        "",
        *(f"{name}.{k}：{KINDS[k]}" for k in KINDS),
    ]
    held = {f"{name}.{kind}": content for kind, content in files.items()}
    held["README.txt"] = ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
    return packed(name, held)


def packed(folder: str, files: dict[str, bytes]) -> bytes:
    """A ZIP of one folder with these files; the same bytes on any day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for path, content in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", (1980, 1, 1, 0, 0, 0))
            made.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
