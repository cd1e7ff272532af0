"""What README, Makefile and _toc.yml name exists, and what exists is named."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cyberbudget.load import documents

from .notebooks import CHAPTERS, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", README, flags=re.M | re.S))
PATHS = {text for text in QUOTED if re.fullmatch(r"[\w./-]*(?:/|\.\w+)[\w./-]*|[A-Z-]{3,}", text)}
LINKS = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link}
COMMANDS = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", README, flags=re.M))
TARGETS = set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, flags=re.M))
IGNORED = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()}


def listed(tree: Any) -> Iterator[str]:
    """The files that a table of contents names."""
    if isinstance(tree, list):
        for entry in tree:
            yield from listed(entry)
    elif isinstance(tree, dict):
        yield from (tree[key] for key in ("root", "file") if key in tree)
        yield from (name for key in ("parts", "chapters", "sections") for name in listed(tree.get(key)))


@pytest.mark.parametrize("path", sorted(PATHS | LINKS))
def test_paths_exist(path):
    """In the repository, in a document's folder, or made by a command."""
    made = Path(path).parts[0] in IGNORED
    assert made or (ROOT / path).exists() or (documents(ROOT / "data")[0] / path).exists()


@pytest.mark.parametrize("command", sorted({a or b for a, b in COMMANDS}))
def test_commands_exist(command):
    assert command in TARGETS


def test_there_is_something_to_check():
    assert PATHS and LINKS and {"book", "test", "run"} <= {a or b for a, b in COMMANDS}


def test_make_alone_lists_every_command():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    named = set(re.findall(r"^ +make ([a-z-]+)\s+\S", done.stdout, flags=re.M))
    phony = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.M)[1].split())
    assert named == phony <= TARGETS


def test_every_chapter_is_in_the_readme():
    assert {text for text in PATHS if text.startswith("book/")} >= {f"book/{name}.ipynb" for name in CHAPTERS}


def test_every_data_file_is_in_the_readme():
    folder = documents(ROOT / "data")[0]
    files = {
        p.relative_to(ROOT).as_posix()
        for place in (ROOT / "data", folder)
        for p in place.iterdir()
        if p.is_file()
    }
    assert files == {text for text in PATHS if text.startswith("data/") and (ROOT / text).is_file()}


def test_the_table_of_contents_lists_every_chapter_once():
    names = list(listed(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))
    assert sorted(names) == sorted(f"book/{name}" for name in CHAPTERS)
