"""``make bench``: how fast and how light the book is, beside its rivals and its floor, in one run.

Times are printed as ratios, for machines differ and are noisy: re-running the chapters against the floor
(starting a kernel and importing the libraries, times the chapters, over the cores), and building against a
stock Jupyter Book, nbsphinx and mkdocs-jupyter of the same notebooks. Pages are served gzipped, as a static
host does, and judged by Lighthouse (mobile, default throttling) where npm and Chromium are found.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import Browser, sync_playwright
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

from cyberbudget.__main__ import check
from cyberbudget.load import load

from . import holdout
from .conftest import BROWSERS
from .data import test_rs
from .site.test_explorer import made_up, many

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "_build" / "bench"
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
NAMES = [path.stem for path in CHAPTERS if path.stem != "index"]
OWN = {"search": "search.html?q=%E7%B7%8F%E5%8B%99%E7%9C%81", "404": "404.html"}  # 総務省
SAMPLE = ("area2", "change", "reconciliation")  # the heaviest chapters, measured in the rivals' books too
RIVALS = (
    "nbsphinx==0.9.8",
    "furo==2025.12.19",
    "pypandoc-binary==1.17",  # nbsphinx calls pandoc
    "mkdocs-jupyter==0.26.3",
    "mkdocs-material==9.8.1",
)
LIGHTHOUSE = "lighthouse@12.8.2"
STOCK = str(Path(sys.executable).with_name("jupyter-book"))
VENV = WORK / "venv"  # of the rivals
RIVAL = str(VENV / "bin" / "python")


def timed(*command: str, cwd: Path = ROOT, **environment: str) -> float:
    """Seconds that a command takes; its output where it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def changed(path: Path, *command: str, cwd: Path = ROOT) -> float:
    """Seconds that a command takes after a change of one file, which is taken back afterwards."""
    before = path.read_text(encoding="utf-8")
    code = path.suffix == ".py"
    after = f"{before}# 測るために足した行\n" if code else before.replace("です。", "でした。", 1)
    assert after != before
    try:
        path.write_text(after, encoding="utf-8")
        return timed(*command, cwd=cwd)
    finally:
        path.write_text(before, encoding="utf-8")


def serve(folder: Path) -> str:
    """Serve a folder as a static host does, text compressed, until this program ends; its address."""
    handler = (r"/(.*)", StaticFileHandler, {"path": str(folder), "default_filename": "index.html"})
    sockets = bind_sockets(0, "127.0.0.1")

    async def forever() -> None:
        HTTPServer(Application([handler], compress_response=True)).add_sockets(sockets)
        await asyncio.Event().wait()

    threading.Thread(target=asyncio.run, args=(forever(),), daemon=True).start()
    return f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"


def built(
    name: str, out: str, files: dict[str, str], *command: str, below: str = "", **environment: str
) -> tuple[float, Path]:
    """Seconds that another tool takes to build the chapters beside the files that it needs, and its pages."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / below).mkdir(parents=True)
    for path in CHAPTERS:
        shutil.copy(path, folder / below)
    for file, text in files.items():
        (folder / file).write_text(text)
    return timed(*command, cwd=folder, **environment), folder / out


def rivals() -> dict[str, tuple[float, Path, str]]:
    """Jupyter Book as it comes and two others: how long they take, and where they put which page."""
    if not VENV.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        timed(uv, "venv", "--quiet", str(VENV))
        timed(uv, "pip", "install", "--quiet", "--python", RIVAL, *RIVALS)
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": name} for name in NAMES]}
    stock = {
        "_toc.yml": yaml.safe_dump(toc),
        "_config.yml": "title: x\nexecute: {execute_notebooks: 'off'}\nsphinx: {config: {language: ja}}\n",
    }
    names = "\n   ".join(NAMES)
    nbsphinx = {
        "conf.py": "language='ja'\nextensions=['nbsphinx']\nnbsphinx_execute='never'\nhtml_theme='furo'\n",
        "contents.rst": f"x\n=\n\n.. toctree::\n\n   index\n   {names}\n",
    }
    sphinx = (RIVAL, "-m", "sphinx", "-b", "html", "-D", "root_doc=contents", ".", "out")
    pandoc = next(VENV.glob("lib/*/site-packages/pypandoc/files"))
    plugins = "[{mkdocs-jupyter: {execute: false}}]"
    mkdocs = {"mkdocs.yml": f"site_name: x\ntheme: {{name: material, font: false}}\nplugins: {plugins}\n"}
    path = f"{pandoc}{os.pathsep}{os.environ['PATH']}"
    make = (RIVAL, "-m", "mkdocs", "build")
    return {
        "素の Jupyter Book": (*built("stock", "_build/html", stock, STOCK, "build", "."), "{}.html"),
        "nbsphinx": (*built("nbsphinx", "out", nbsphinx, *sphinx, PATH=path), "{}.html"),
        "mkdocs-jupyter": (*built("mkdocs", "site", mkdocs, *make, below="docs"), "{}/"),
    }


def visit(address: str, browser: Browser) -> tuple[int, int, int]:
    """Requests, requests to other hosts, and kilobytes (compressed) of a first visit."""
    sizes, hosts = [], []
    with browser.new_page(viewport={"width": 412, "height": 823}) as page:
        page.on("request", lambda request: hosts.append(urlsplit(request.url).hostname))
        page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        page.goto(address, wait_until="load")
        page.wait_for_timeout(500)
    return len(hosts), sum(host not in ("127.0.0.1", None, "") for host in hosts), round(sum(sizes) / 1024)


def lighthouse(address: str, chromium: str) -> str:
    """Performance/accessibility/best practices/SEO, LCP and layout shift."""
    report = WORK / "lighthouse.json"
    flags = "--chrome-flags=--headless --no-sandbox --disable-gpu --disable-background-networking"
    command = ("npx", "--yes", LIGHTHOUSE, address, "--quiet", flags, "--output=json")
    timed(*command, f"--output-path={report}", CHROME_PATH=chromium)
    found = json.loads(report.read_text())
    scores = "/".join(str(round(100 * (c["score"] or 0))) for c in found["categories"].values())
    lcp = found["audits"]["largest-contentful-paint"]["numericValue"] / 1000
    shift = found["audits"]["cumulative-layout-shift"]["numericValue"]
    return f"{scores:16} LCP {lcp:4.1f} s  CLS {shift:.3f}"


def explorer(browser: Browser) -> str:
    """What the explorer's answers take over 10,000 rows, beside laying those rows out anew without it."""
    lay = "const b = document.querySelector('tbody'); b.replaceChildren(...[...b.rows].reverse())"
    sort = "document.querySelector('thead button').click()"
    clock = "() => {{ const t = performance.now(); {}; document.body.offsetHeight; return performance.now() - t }}"
    with browser.new_page() as page:
        page.goto(made_up(ROOT / "_build" / "html", WORK, many(10_000)).as_uri())
        floor, took = (page.evaluate(clock.format(act)) for act in (lay, sort))
    return f"施策一覧に1万行：床（並べ直すだけ）{floor:.0f} ms、並べ替え {took:.0f} ms（床の{took / floor:.2f}倍）"


def documents() -> list[str]:
    """What it takes to read and check 1, 10, 30 and 100 documents of 300 measures, each beside a folder of one."""
    root = WORK / "documents"
    shutil.rmtree(root, ignore_errors=True)
    one, told, base = holdout.build(root, "many") / "fy2025", [], 0.0
    for count in (1, 10, 30, 100):
        folders = [root / f"fy2025-{number:03}" for number in range(count)]
        for folder in folders:
            if not folder.exists():
                shutil.copytree(one, folder)
        start = time.perf_counter()
        for folder in folders:
            load(folder)
        read = time.perf_counter() - start
        for folder in folders:
            check(load(folder))
        seconds = time.perf_counter() - start - read
        base = base or seconds
        told.append(
            f"300施策の資料{count}件：読む {read:.2f} s、読んで確かめる {seconds:.2f} s（一つの{seconds / base:.1f}倍）"
        )
    return told


def rs() -> list[str]:
    """What reading the largest file of the RS system takes (RS_CSV, or one made of as many rows) beside pandas.

    Each in a process of its own, the best of three; with what it has to import, and without.
    """
    path = os.environ.get("RS_CSV") or str(WORK / test_rs.NAMES[test_rs.BUDGET])
    if "RS_CSV" not in os.environ:
        test_rs.official(
            Path(path), test_rs.BUDGET, test_rs.budget(test_rs.standing("projects.csv"), filler=4210)
        )
    clock = "import resource, sys, time; t = time.perf_counter(); {}; s = time.perf_counter() - t"
    clock += "; print(s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    ours, theirs = "from cyberbook.__main__ import main", "import pandas"
    ways = {
        "pandas.read_csv": f"{theirs}; pandas.read_csv(sys.argv[1])",
        "cyberbook rs": f"{ours}; main(['rs', sys.argv[1]])",
        "import のあとの pandas.read_csv": f"{theirs}; t = time.perf_counter(); pandas.read_csv(sys.argv[1])",
        "import のあとの cyberbook rs": f"{ours}; t = time.perf_counter(); main(['rs', sys.argv[1]])",
    }
    told, base = [], (0.0, 0.0)
    for name, way in ways.items():
        # By way of a shell, for a process begins with the memory of the one that it comes from.
        command = ("sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", clock.format(way), path)
        runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True) for _ in range(3)]
        seconds, size = min(tuple(map(float, run.stdout.split()[-2:])) for run in runs)
        base = (seconds, size) if name.endswith("pandas.read_csv") else base
        ratio = (
            f"（pandas の{seconds / base[0]:.2f}倍、{size / base[1]:.2f}倍）" if "cyberbook" in name else ""
        )
        told.append(f"RS の 2-1 を読む：{name} {seconds:.2f} s、{size:.0f} MB{ratio}")
    return told


def main() -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    python = sys.executable
    cells = "[v4.new_code_cell('import pandas, matplotlib.figure')]"
    execute = f"from nbformat import v4; import nbclient; nbclient.execute(v4.new_notebook(cells={cells}))"
    kernel = timed(python, "-c", execute)
    floor = kernel * len(CHAPTERS) / (os.cpu_count() or 1)
    print(f"床：カーネル1回 {kernel:.1f} s × {len(CHAPTERS)}章 ÷ {os.cpu_count()}コア = {floor:.1f} s")
    cyberbook = (python, "-m", "cyberbook")
    run = timed(*cyberbook, "run")
    print(f"make run {run:.1f} s（床の{run / floor:.2f}倍）")
    check = timed(python, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadscope", "--nbval", "book")
    print(f"nbval {check:.1f} s（床の{check / floor:.2f}倍）")

    print("\n".join([*documents(), *rs()]))

    out = str(WORK / "briefing")
    one = timed(*cyberbook, "briefing", "--area", "2", "--out", out)
    every = timed(*cyberbook, "briefing", "--all", "--out", out)
    print(
        f"ブリーフィング1組 {one:.1f} s、16組 {every:.1f} s"
        f"（1組の{every / one:.1f}倍、1組ずつの合計をコアで割った時間の{every * (os.cpu_count() or 1) / one / 16:.2f}倍）"
    )

    (ROOT / "_build" / "made.json").unlink(missing_ok=True)  # without it all is made anew, but the same PDF
    shutil.rmtree(ROOT / "_build" / "pdf", ignore_errors=True)
    ours = timed(*cyberbook, "book"), ROOT / "_build" / "html", "book/{}.html"
    books = {"この本": ours, **rivals()}
    for name, (seconds, _, _) in books.items():
        print(f"{name}を組む {seconds:.1f} s（この本の{seconds / ours[0]:.2f}倍）")

    page, stocks = ROOT / "book" / "data.ipynb", WORK / "stock" / "data.ipynb"
    loop = {"頁": changed(page, *cyberbook, "book", "--pages"), "本の全体": changed(page, *cyberbook, "book")}
    stock_loop = changed(stocks, STOCK, "build", ".", cwd=WORK / "stock")
    for name, seconds in loop.items():
        print(
            f"一章を直したあと、{name} {seconds:.1f} s、素の Jupyter Book {stock_loop:.1f} s（{seconds / stock_loop:.2f}倍）"
        )
    line = changed(ROOT / "src" / "cyberbudget" / "words.py", *cyberbook, "book")
    print(f"パッケージの一行を直したあと、本の全体 {line:.1f} s（初めから組むときの{line / ours[0]:.2f}倍）")

    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not chromium:
        sys.exit("ブラウザー（Chromium）がないため、頁は測りませんでした")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(explorer(browser))
        for name, (_, folder, pattern) in books.items():
            address = serve(folder)
            stems = [*(path.stem for path in CHAPTERS), *OWN] if name == "この本" else SAMPLE
            for stem in stems:
                page = address + OWN.get(stem, pattern.format(stem))
                requests, foreign, kilobytes = visit(page, browser)
                scores = lighthouse(page, chromium) if shutil.which("npx") else "（npm がないため測りません）"
                weight = f"{kilobytes:5} kB {requests:3} 件 外部 {foreign}"
                print(f"{name:18} {stem:16} {weight}  {scores}", flush=True)


if __name__ == "__main__":
    main()
