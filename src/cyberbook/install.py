"""Set up ``.venv`` with the pinned tools and this book: ``python src/cyberbook/install.py``.

The one way in on every machine, with make or without. It runs before anything is installed, on whatever Python is
there, so it uses nothing but the standard library and no syntax newer than Python 3.7. What was set up before is
left alone as long as it fits; what does not (an unsupported Python, a folder that moved, a broken or interrupted
set-up) is made anew. Where that cannot be, it ends with one Japanese line that says why, and the way on.
"""

import os
import sys


def ended(kind, error, trace):  # type: ignore[no-untyped-def]
    """Say what ended the set-up: Ctrl-C in one line, whenever it comes."""
    if not issubclass(kind, KeyboardInterrupt):
        return sys.__excepthook__(kind, error, trace)
    sys.stderr.buffer.write("\n中断しました。もう一度実行すると、続きから入れます。\n".encode())
    sys.stderr.flush()
    os._exit(130)


if __name__ == "__main__":
    sys.excepthook = ended  # before the imports below take their time

import hashlib  # noqa: E402
import re  # noqa: E402
import shutil  # noqa: E402
import subprocess  # noqa: E402
from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
READY = VENV / ".ready"  # what the finished set-up was made from
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SUPPORTED = ((3, 11), (3, 12), (3, 13))
OLDEST_UV = (0, 5)  # older ones do not know --build-constraints and universal locks as we use them


def output(*command: object) -> str:
    """What a command prints; empty where it cannot be run."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True)
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def version(*python: object) -> object:
    """(3, 12) of a Python; None where it does not run."""
    found = output(*(*python, "-c", "import sys; print(*sys.version_info[:2])")).split()
    return tuple(map(int, found)) if len(found) == 2 else None


def supported_python() -> str:
    """A Python that the book runs on: this one, or the newest one found."""
    names = ["{}.{}".format(*pair) for pair in reversed(SUPPORTED)]
    candidates = [[sys.executable], *(["python" + name] for name in names), ["python3"], ["python"]]
    if os.name == "nt":
        candidates += [["py", "-" + name] for name in names]
    for python in candidates:
        if version(*python) in SUPPORTED:
            return output(*(*python, "-c", "import sys; print(sys.executable)"))
    raise SystemExit(
        "Python {} のどれかが要ります。見つかったのは Python {}.{} です。入れてから、もう一度実行してください。".format(
            "、".join(reversed(names)), *sys.version_info[:2]
        )
    )


def uv() -> str:
    """The uv on the PATH; empty where there is none or an old one."""
    found = re.match(r"uv (\d+)\.(\d+)", output("uv", "--version"))
    return "uv" if found and tuple(map(int, found.groups())) >= OLDEST_UV else ""


def fingerprint() -> str:
    """What a finished set-up was made from: the locked versions, the Python, and the place of the folder."""
    parts = [(ROOT / name).read_bytes() for name in ("requirements.txt", "pyproject.toml")]
    parts += [repr(version(PYTHON)).encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def call(*command: object) -> None:
    """Run a command; its own words follow where it fails."""
    done = subprocess.run([str(part) for part in command], cwd=str(ROOT))
    if done.returncode:
        raise SystemExit(
            f"道具を入れられませんでした（{Path(str(command[0])).name}）。上の表示を見て、ネットワークと空き容量を確かめてから、もう一度実行してください。"
        )


def environment() -> None:
    """Make .venv where there is none that fits."""
    if version(PYTHON) in SUPPORTED:
        return
    if VENV.exists():
        print("いまの .venv は使えないので、作り直します。", flush=True)
        shutil.rmtree(str(VENV))
    python = supported_python()
    if uv():
        call(uv(), "venv", "--quiet", "--python", python, VENV)
    elif output(python, "-c", "import ensurepip; print(1)"):
        call(python, "-m", "venv", VENV)
    else:
        raise SystemExit(
            "この Python には venv がありません。Debian、Ubuntu では sudo apt-get install python3-venv で入ります。"
        )


def locked_uv() -> tuple:
    """The uv of the lock, fetched by its hash; a sixth of pip's time for all the rest."""
    if not output(PYTHON, "-m", "uv", "--version"):
        lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
        own = VENV / "uv.txt"
        own.write_text(re.findall(r"^uv==(?:.*\\\n)*.*\n", lock, re.M)[0], encoding="utf-8")
        if not output(PYTHON, "-m", "pip", "--version"):
            call(PYTHON, "-m", "ensurepip", "--default-pip")
        quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
        call(PYTHON, "-m", "pip", "install", *(*quiet, "-r", own))
    return (PYTHON, "-m", "uv")


def install() -> None:
    """Make .venv what the lock says, unless it is; nothing counts as done before all of it is."""
    if READY.exists() and READY.read_text() == fingerprint():
        return
    if READY.exists():
        READY.unlink()
    environment()
    tool = (uv(),) if uv() else locked_uv()
    print("道具を .venv に入れています（初めは数分かかります）", flush=True)
    sync = ("pip", "sync", "--quiet", "--python", PYTHON, "--build-constraints", "requirements.txt")
    call(*tool + sync + ("requirements.txt",))
    own = ("pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "--no-build-isolation")
    call(*tool + own + ("--editable", "."))
    READY.write_text(fingerprint())


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    install()
