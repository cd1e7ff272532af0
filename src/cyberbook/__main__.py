"""The one command: ``cyberbook book | test | run | briefing | pdf | check | serve | lab | …``.

Whatever a target of the Makefile does is a sub-command here, so that Windows needs no make. Errors that a user can
cause are one Japanese line on the standard error; 2 is returned then, and 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import BUILD, PDF, ROOT, SITE


def book(chosen: argparse.Namespace) -> None:
    from . import build

    build.book(getattr(chosen, "pages", False))


def test(chosen: argparse.Namespace) -> int:
    book(chosen)
    everything = ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder", "--nbval", "book", "tests"]
    return call("pytest", *(chosen.arguments or everything))


def run(chosen: argparse.Namespace) -> int:
    from . import run

    return run.main(chosen.chapters)


def briefing(chosen: argparse.Namespace) -> None:
    from .briefing import RequestError, produce

    if chosen.fy and not chosen.fy.isdecimal():
        raise RequestError(f"年度「{chosen.fy}」が数ではありません。西暦で書いてください（例 2024）")
    year = int(chosen.fy) if chosen.fy else None
    asked = produce.Request(year, chosen.ministry, chosen.area, chosen.measure, chosen.stage or "initial")
    produce.command(asked, chosen.all, Path(chosen.out) if chosen.out else BUILD / "briefing")


def pictures(chosen: argparse.Namespace) -> int:
    from .briefing import pictures

    book(chosen)
    return pictures.main()


def pdf(chosen: argparse.Namespace) -> None:
    from . import pdf

    if pdf.missing():
        raise pdf.PdfError(pdf.MISSING + pdf.missing())
    book(chosen)
    print(f"PDF：{(SITE / PDF).relative_to(ROOT)}（{(SITE / PDF).stat().st_size / 1e6:.1f} MB）")


def serve(chosen: argparse.Namespace) -> int:
    book(chosen)
    handler = partial(SimpleHTTPRequestHandler, directory=str(SITE))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", chosen.port), handler)
    except OSError as error:
        told = f"ポート {chosen.port} を使えません（{error.strerror}）"
        print(f"{told}。--port で別の番号を指定してください", file=sys.stderr)
        return 2
    print(f"http://localhost:{chosen.port}/ で読めます。Ctrl-C で終わります", flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


def check(chosen: argparse.Namespace) -> int:
    from cyberbudget.__main__ import main as check

    return check(["check", *([chosen.folder] if chosen.folder else [])])


def rs(chosen: argparse.Namespace) -> int:
    from . import rs

    return rs.command(
        [Path(file) for file in chosen.files], Path(os.environ["CYBERBUDGET_DATA"]), chosen.write
    )


def lab(chosen: argparse.Namespace) -> int:
    return call("jupyterlab", "book")


def lint(chosen: argparse.Namespace) -> int:
    return max(call("ruff", "check", "."), call("ruff", "format", "--check", "src", "tests"), call("mypy"))


def bench(chosen: argparse.Namespace) -> int:
    return call("tests.bench")


def lock(chosen: argparse.Namespace) -> int:
    options = ("--universal", "--python-version", "3.11", "--all-extras", "--generate-hashes", "--no-header")
    return call("uv", "pip", "compile", *options, "--quiet", "-o", "requirements.txt", "pyproject.toml")


def clean(chosen: argparse.Namespace) -> None:
    shutil.rmtree(BUILD, ignore_errors=True)


def call(module: str, *arguments: str) -> int:
    """Run another program of this Python in the book's folder; its exit code."""
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT).returncode


def parser() -> argparse.ArgumentParser:
    """All sub-commands with their options."""
    found = argparse.ArgumentParser(prog="cyberbook", description="本を組み、確かめ、会議の資料を作ります")
    commands = found.add_subparsers(dest="command", required=True, metavar="命令")

    def add(does: object, told: str) -> argparse.ArgumentParser:
        command = commands.add_parser(does.__name__, help=told, description=told)  # type: ignore[attr-defined]
        command.set_defaults(does=does)
        return command

    add(book, "本を組みます（_build/html/index.html）").add_argument(
        "--pages", action="store_true", help="頁だけを組みます（PDF とブリーフィングは後回し）"
    )
    add(test, "本を組み、すべての試験を走らせます").add_argument(
        "arguments", nargs="*", help="pytest に渡すもの（省くとすべて）"
    )
    add(run, "章を実行し直します").add_argument("chapters", nargs="*", help="章のファイル（省くとすべて）")
    command = add(briefing, "会議の資料（ブリーフィング）を作ります")
    command.add_argument("--ministry", default="", help="府省庁の名前（例 総務省）")
    command.add_argument("--area", default="", help="分野の番号（例 3）")
    command.add_argument("--measure", default="", help="施策の名前か位置（例 2-11）")
    command.add_argument("--stage", default="initial", help="initial（当初）か 16months（16か月予算）")
    command.add_argument("--fy", default="", help="資料の年度（西暦）。省くと最新の資料")
    command.add_argument("--all", action="store_true", help="政府全体、すべての分野、すべての府省庁")
    command.add_argument("--out", default="", help="出力先のフォルダー")
    add(pdf, "本の全体を一つの PDF にします")
    add(check, "資料の数字が合うかを確かめます").add_argument(
        "folder", nargs="?", help="資料のフォルダー（例 data/fy2024）"
    )
    command = add(rs, "行政事業レビューの CSV を読み、data/context と違うところを示します")
    command.add_argument(
        "files", nargs="+", metavar="ファイル", help="2-1_RS_2024_予算・執行_サマリ.csv など"
    )
    command.add_argument("--write", action="store_true", help="違うところを data/context に書き込みます")
    add(serve, "本をブラウザーで読めるようにします").add_argument("--port", type=int, default=8000)
    add(lab, "章を JupyterLab で開きます")
    add(pictures, "「ブリーフィングの作り方」の見本の画像を作り直します（LibreOffice が要ります）")
    add(lint, "コードの形と型を確かめます")
    add(bench, "速さと重さを、床やほかの道具と比べて測ります")
    add(lock, "pyproject.toml から requirements.txt を作り直します")
    add(clean, "作ったもの（_build）を消します")
    return found


def main(given: list[str] | None = None) -> int:
    """Run one sub-command; its exit code."""
    # Without compiled files every kernel starts three times slower.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONUTF8"] = "1"
    if os.name == "nt" and not sys.flags.utf8_mode:  # some tools read and write in the machine's own encoding
        return subprocess.run([sys.executable, "-m", "cyberbook", *(given or sys.argv[1:])]).returncode
    os.environ.setdefault("CYBERBUDGET_DATA", str(ROOT / "data"))  # of the book one stands in
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # with the workers, who would be left behind
    try:
        chosen = parser().parse_args(given)
        return int(chosen.does(chosen) or 0)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending
        print("\n中断しました。もう一度同じ命令を実行すると、やり直します", file=sys.stderr)
        return 130
    except (ValueError, RuntimeError) as error:
        if type(error).__module__.partition(".")[0] not in ("cyberbook", "cyberbudget"):
            raise  # not written for the user
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
