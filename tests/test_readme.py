"""What README, Makefile and _toc.yml name exists, and what exists is named."""

import re
import subprocess
from pathlib import Path

from cyberbudget.load import books

from .notebooks import CHAPTERS, PAGES, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", README, flags=re.M | re.S))
PATHS = {text for text in QUOTED if re.fullmatch(r"[\w./-]*(?:/|\.\w+)[\w./-]*|[A-Z-]{3,}", text)}
LINKS = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link}
COMMANDS = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.M))
TARGETS = set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, flags=re.M))
IGNORED = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()}


def test_what_is_named_exists():
    """In the repository, in a document's folder, or made by a command."""
    assert PATHS and LINKS and {"book", "test", "run"} <= COMMANDS <= TARGETS
    places = ROOT, books(ROOT / "data")[0]
    named = [path for path in PATHS | LINKS if Path(path).parts[0] not in IGNORED]
    assert not [path for path in named if not any((place / path).exists() for place in places)]


def test_make_alone_lists_every_command():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    named = set(re.findall(r"^ +make ([a-z-]+)\s+\S", done.stdout, flags=re.M))
    phony = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.M)[1].split())
    assert named == phony <= TARGETS


def test_every_chapter_is_in_the_readme():
    one = {re.sub("^area[0-9]+$", "area1", name) for name in CHAPTERS}  # those of the areas in one line
    assert {text for text in PATHS if text.startswith("book/")} >= {f"book/{name}.ipynb" for name in one}


def test_every_data_file_is_in_the_readme():
    folder = books(ROOT / "data")[0]
    found = [
        path
        for place in (ROOT / "data", ROOT / "data" / "context", folder)
        for path in place.iterdir()
        if path.is_file()
    ]
    files = {path.relative_to(ROOT).as_posix() for path in found}
    assert files == {text for text in PATHS if text.startswith("data/") and (ROOT / text).is_file()}


def test_the_table_of_contents_lists_every_chapter_once():
    names = re.findall(r"^[ -]*(?:root|file): (\S+)$", (ROOT / "_toc.yml").read_text(encoding="utf-8"), re.M)
    assert sorted(names) == [f"book/{name}" for name in PAGES]
