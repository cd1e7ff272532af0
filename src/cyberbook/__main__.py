"""The one command: ``cyberbook book | test | run | briefing | pdf | check | serve | lab | …``.

Whatever a target of the Makefile does is a sub-command here, so that Windows needs no make; what make is given as
NAME=value is an option here in either spelling. Errors that a user can cause are one Japanese line on the standard
error; 2 is returned then, and 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from . import BUILD, INTERRUPTED, PDF, ROOT, SITE


def book(chosen: argparse.Namespace) -> None:
    from . import build

    build.book(getattr(chosen, "pages", False))


def pages(chosen: argparse.Namespace) -> None:
    from . import build

    build.book(only_pages=True)


def setup(chosen: argparse.Namespace) -> int:
    return call("cyberbook.install")


def help(chosen: argparse.Namespace) -> None:
    parser().print_help()


def test(chosen: argparse.Namespace) -> int:
    book(chosen)
    everything = ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder", "--nbval", "book", "tests"]
    return call("pytest", *(chosen.arguments or everything))


def run(chosen: argparse.Namespace) -> int:
    from . import run

    return run.main(chosen.chapters)


def briefing(chosen: argparse.Namespace) -> None:
    from .briefing import command, produce

    asked = command.Asked(
        chosen.ministry, chosen.area, chosen.measure, chosen.fy, chosen.stage or "initial", chosen.all
    )
    look = produce.Look(chosen.template or "", chosen.short, chosen.long)
    command.run(asked, Path(chosen.out) if chosen.out else BUILD / "briefing", look)


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
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

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


def new(chosen: argparse.Namespace) -> None:
    from cyberbudget import draft
    from cyberbudget.load import data_root

    print("\n".join(draft.make(data_root(), chosen.year)))


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


# ── how it is written ───────────────────────────────────────────────────────────────────────────────


class Parser(argparse.ArgumentParser):
    """Its errors are one Japanese line."""

    SAID: ClassVar = {  # what argparse says of what is written
        "argument (.+): expected one argument": r"\1 の後に、値がありません",
        "argument (.+): invalid int value: '(.*)'": r"\1 の「\2」が数ではありません",
        "argument (.+?): (.*)": r"\1：\2",
    }

    def error(self, message: str) -> NoReturn:
        found = (
            re.sub(said, told, message) for said, told in self.SAID.items() if re.fullmatch(said, message)
        )
        self.exit(2, f"{self.prog}：{next(found, message)}。{self.prog} --help で使い方が出ます\n")


def switch(text: str) -> bool:
    """What is on or off: --all, --all=1 and ALL=1 are on."""
    if text not in ("0", "1"):
        raise argparse.ArgumentTypeError(f"「{text}」ではなく、1 か 0 と書いてください")
    return text == "1"


SWITCH: dict[str, Any] = {"nargs": "?", "type": switch, "const": True, "default": False, "metavar": "1"}


def parser() -> argparse.ArgumentParser:
    """All sub-commands with their options."""
    found = Parser(prog="cyberbook", description="本を組み、確かめ、会議の資料を作ります")
    commands = found.add_subparsers(dest="command", metavar="命令", required=True)

    def add(does: Any, told: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            does.__name__,
            help=told,
            description=told,
            allow_abbrev=False,
        )
        command.set_defaults(does=does, own=command)
        return command

    add(help, "この一覧を出します")
    add(setup, ".venv に、固定した版の道具とこのパッケージを入れます")
    add(book, "本を組みます（_build/html/index.html）").add_argument(
        "--pages", help="頁だけを組みます（PDF とブリーフィングは後回し）", **SWITCH
    )
    add(pages, "頁だけを組みます（PDF とブリーフィングは後回し）")
    add(test, "本を組み、すべての試験を走らせます").add_argument(
        "arguments", nargs="*", help="pytest に渡すもの（省くとすべて）"
    )
    add(run, "章を実行し直します").add_argument("chapters", nargs="*", help="章のファイル（省くとすべて）")
    command = add(briefing, "会議の資料（ブリーフィング）を作ります")
    several: dict[str, Any] = {"action": "append", "default": []}
    command.add_argument("--ministry", metavar="府省庁", help="名前か略称（総務省、経産省、METI）", **several)
    command.add_argument("--area", metavar="分野", help="番号か名前（3、国際・安全保障）", **several)
    command.add_argument("--measure", metavar="施策", help="位置か、名前の一部（2-11、GIGA）", **several)
    command.add_argument("--fy", metavar="年度", help="資料の年度（2024、令和6）。省くと最新", **several)
    command.add_argument("--stage", metavar="段階", help="initial（当初）か 16months（16か月予算）")
    command.add_argument("--all", help="政府全体、すべての分野、すべての府省庁", **SWITCH)
    command.add_argument("--template", metavar="ファイル", help="スライドのひな型（.pptx）。省くと本書のもの")
    command.add_argument("--short", help="スライドを5枚までにします", **SWITCH)
    command.add_argument("--long", help="PDF と Word に、頁を限らず、すべてを載せます", **SWITCH)
    command.add_argument("--out", metavar="フォルダー", help="出力先。省くと _build/briefing")
    command.epilog = (
        "どれも指定しないと、政府全体になります。二つ以上（総務省,経産省）なら、それぞれと比較を作ります"
    )
    add(pdf, "本の全体を一つの PDF にします")
    add(check, "資料の数字が合うかを確かめます").add_argument(
        "folder", nargs="?", help="資料のフォルダー（例 data/fy2024）"
    )
    add(new, "次の年度の資料のフォルダーを作ります").add_argument(
        "year", type=int, help="年度（西暦。例 2025）"
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


def understood(words: list[str]) -> argparse.Namespace:
    """What a command line asks for; SystemExit (2) after one Japanese line where it does not say.

    NAME=value is --name=value. Nothing is passed over in silence: neither what is unknown nor what is empty.
    """
    found = parser()
    words = [
        re.sub(r"^([A-Za-z][\w-]*)[=＝]", lambda m: f"--{m[1].lower()}=", word) for word in words or ["help"]
    ]
    commands: dict[str, Parser] = found._subparsers._group_actions[0].choices  # type: ignore
    if not words[0].startswith("-") and words[0] not in commands:
        found.error(f"「{words[0]}」という命令はありません{_near(words[0], commands)}")
    chosen, unknown = found.parse_known_args(words)
    options = [name for name in chosen.own._option_string_actions if name not in ("-h", "--help")]
    if unknown:
        known = f"。使える指定は {'、'.join(options)} です" if options else ""
        chosen.own.error(f"「{unknown[0]}」という指定はありません{_near(unknown[0], options)}{known}")
    for name, value in vars(chosen).items():
        given = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and not text.strip() for text in given):
            told = f"--{name}（make では {name.upper()}=）" if f"--{name}" in options else name
            chosen.own.error(f"{told} が空です。値を書くか、指定を消してください")
    return chosen


def _near(text: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(text.partition("=")[0], names, n=1)
    return "".join(f"（もしかすると {name} ですか）" for name in near)


def main(given: list[str] | None = None) -> int:
    """Run one sub-command; its exit code."""
    words = sys.argv[1:] if given is None else given
    # Without compiled files every kernel starts three times slower.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONUTF8"] = "1"
    if os.name == "nt" and not sys.flags.utf8_mode:  # some tools read and write in the machine's own encoding
        signal.signal(signal.SIGINT, lambda *_: None)  # the other process hears it too, and says so
        return subprocess.run([sys.executable, "-m", "cyberbook", *words]).returncode
    os.environ.setdefault("CYBERBUDGET_DATA", str(ROOT / "data"))  # of the book one stands in
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # with the workers, who would be left behind
    heard: list[int] = []

    def hear(number: int, frame: Any) -> None:
        heard.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, hear)
    try:
        chosen = understood(words)
        return int(chosen.does(chosen) or 0)
    except (Exception, KeyboardInterrupt) as error:
        # Some libraries make something else of it, as pandas, which misses a part then.
        if heard or isinstance(error, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending
            print(INTERRUPTED, file=sys.stderr)
            return 130
        own = type(error).__module__.partition(".")[0] in ("cyberbook", "cyberbudget")
        if not (own and isinstance(error, (ValueError, RuntimeError))):
            raise  # not written for the user
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
