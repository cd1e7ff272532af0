"""The lines of the data chapter do what it says, in the folder of the unpacked ZIP, from imports on."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest

from cyberbudget import analysis
from cyberbudget.load import data_root

from ..conftest import needs
from ..notebooks import BOOK

LINES = {
    language: code
    for cell in nbformat.read(BOOK / "data.ipynb", as_version=4).cells
    for language, code in re.findall(r"```(python|r|text)\n(.*?)```", cell.source, re.S)
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader unpacked the ZIP."""
    shutil.copytree(data_root(), tmp_path / "cyberbudget-data")
    return tmp_path


def sums(doc) -> pd.Series:
    return analysis.amounts(doc, "ministry").query("not rest").set_index("name")["current"]


def test_python(doc, folder):
    told = [sys.executable, "-X", "utf8", "-c", LINES["python"]]
    done = subprocess.run(told, cwd=folder, capture_output=True, encoding="utf-8", check=True)
    shown = dict(re.findall(r"^(\S+) +([\d.]+)$", done.stdout, re.M))
    table = pd.read_csv(data_root() / "fy2024" / "measures.csv", na_values="—", thousands=",")
    expected = table.groupby("ministry")["fy2024_initial"].sum()
    assert {name: float(amount) for name, amount in shown.items()} == pytest.approx(expected.to_dict())
    assert next(iter(shown)) == "防衛省"


def test_r_reads_what_there_is(folder):
    (path,) = re.findall(r'read\.csv\("([^"]+)"', LINES["r"])
    columns = set(pd.read_csv(folder / path))
    assert {*re.findall(r"gsub\([^$]*\$(\w+)", LINES["r"]), *re.findall(r"~ (\w+)", LINES["r"])} <= columns


def test_excel(doc, folder, tmp_path):
    """The formula as it stands, over the cells as they are read from the CSV: texts, for one column has dashes."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    needs(program, "LibreOffice")
    table = pd.read_csv(
        folder / "cyberbudget-data" / "fy2024" / "measures.csv", dtype=str, keep_default_na=False
    )
    book = openpyxl.Workbook()
    for row in [list(table), *table.values.tolist()]:
        book.active.append(row)
    formula = LINES["text"].strip()
    for column in set(re.findall(r"measures\[(\w+)\]", formula)):
        letter = openpyxl.utils.get_column_letter(list(table).index(column) + 1)
        formula = formula.replace(f"measures[{column}]", f"{letter}2:{letter}{len(table) + 1}")
    book.active["Z1"] = formula
    book.save(tmp_path / "story.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    (tmp_path / "out").mkdir()
    command = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out"]
    subprocess.run([*command, tmp_path / "story.xlsx"], check=True, capture_output=True)
    found = openpyxl.load_workbook(tmp_path / "out" / "story.xlsx", data_only=True).active["Z1"].value
    assert found == pytest.approx(1521.0)  # 1064.0 + 290.8 + 119.8 + 20.9 + 25.5
