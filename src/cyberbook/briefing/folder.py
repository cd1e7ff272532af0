"""The folder of a briefing: put in place whole, and never over what somebody else put there or wrote since.

A manifest in the folder holds the digest of each file as it was written. Only what still is so may go; a set with
anything else in it is kept beside the new one, under a number.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import suppress
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import count
from pathlib import Path

from .question import RequestError

MANIFEST = ".cyberbook.json"
# What systems and programs leave in a folder that they show or open; nobody misses it.
NOISE = (
    MANIFEST,
    ".ds_store",
    "._*",
    "thumbs.db",
    "desktop.ini",
    "~$*",
    ".~lock.*#",
    ".ipynb_checkpoints",
    ".nfs*",
)
OTHERWISE = "移すか、別の出力先を --out（make では OUT=）で指定してください"
WRITABLE = "書けるフォルダーを --out（make では OUT=）で指定してください"


def seal(folder: Path) -> None:
    """Note in a finished set what it holds."""
    text = json.dumps(_contents(folder), indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", "utf-8")


def strange(folder: Path) -> list[str]:
    """What a set holds that was not written into it, or not so; empty where all of it may go."""
    try:
        known = dict(json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        known = {}
    return [name for name, digest in _contents(folder).items() if known.get(name) != digest]


def _contents(folder: Path) -> dict[str, str]:
    """Digest of each file by its name in the folder; of anything else what it is."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(fnmatchcase(part.casefold(), noise) for part in name.parts for noise in NOISE):
            continue
        if path.is_symlink():
            found[name.as_posix()] = "link"
        elif path.is_dir():
            found[name.as_posix()] = "folder"
        else:
            with suppress(OSError):
                found[name.as_posix()] = sha256(path.read_bytes()).hexdigest()
            found.setdefault(name.as_posix(), "unreadable")
    return found


def check(out: Path, slugs: list[str]) -> None:
    """RequestError with the name of what is in the way of these sets in a folder, before any work begins."""
    for path in (out, *out.parents):
        if path.is_symlink() and not path.exists():
            raise RequestError(f"{path} は、行き先のないリンクです。{OTHERWISE}")
        if path.exists():
            if not path.is_dir():
                raise RequestError(f"{path} は、フォルダーではなくファイルです。{OTHERWISE}")
            if not os.access(path, os.W_OK | os.X_OK):
                raise RequestError(f"{path} に書けません（書く許可がありません）。{WRITABLE}")
            break
    for target in (out / slug for slug in slugs):
        if target.is_symlink():
            raise RequestError(f"{target} は、ほかの場所（{os.readlink(target)}）へのリンクです。{OTHERWISE}")
        if target.exists() and not target.is_dir():
            raise RequestError(f"{target} という名前のファイルがあります。{OTHERWISE}")
        if target.exists() and (others := strange(target)):
            ours = (target / MANIFEST).exists() or any(name.startswith(f"{target.name}.") for name in others)
            if not ours:  # no set, but a folder that happens to bear the name of one
                told = f"ブリーフィングではないもの（{'、'.join(others[:3])}）があります"
                raise RequestError(f"{target} には、{told}。{OTHERWISE}")


def settle(new: Path, target: Path, ours: bool = False) -> Path | None:
    """Put a new set in place of an old one, and return where that is kept, if it had to be.

    An old set is moved aside before anything else, so that nothing is lost wherever this breaks off; it is removed
    only after the new one stands and only where all of it was written here, or may go because it is ``ours``.
    OSError where it cannot be moved; everything is as it was then.
    """
    if not target.exists():
        new.rename(target)
        return None
    free = (target.with_name(f"{target.name}_old{number}") for number in count(1))
    old = next(path for path in free if not os.path.lexists(path))
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    if not ours and strange(old):
        return old
    shutil.rmtree(old, ignore_errors=True)
    return None


def in_the_way(error: OSError, out: Path) -> str:
    """What to say of an error in writing to a folder: the file, why, and the way on."""
    named = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else out
    # Our own work in a hidden folder is no file that a reader knows.
    path = out if named.is_relative_to(out) and named.relative_to(out).as_posix().startswith(".") else named
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"{path} の空き容量が足りません。空けるか、別の出力先を --out（make では OUT=）で指定してください"
        )
    if isinstance(error, PermissionError) and path.is_dir():
        held = next((file for file in sorted(path.rglob("*")) if file.is_file() and _held(file)), None)
        if held:
            return f"{held} を、ほかのプログラムが開いています。閉じてから、もう一度実行してください"
    return f"{path} に書けません（{error.strerror}）。{WRITABLE}"


def _held(file: Path) -> bool:
    """True where a file cannot be written, as one that Office has open on Windows."""
    try:
        with file.open("r+b"):
            return False
    except OSError:
        return True
