"""Kernels: started until they live, and used for more than one notebook.

Jupyter picks the TCP ports of a kernel before the kernel takes them; of several that start at the same time, one may
find its port taken and die ("Address already in use"). Such a start is tried again, here and in nbval, to which this
module is a pytest plug-in (``-p cyberbook.kernels``).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from . import BOOK, ROOT

TRIES = 4
TIMEOUT = 120  # seconds that a cell may take
GRACE = 5  # seconds that a worker has to clean up behind it
QUIET = ["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"]  # it warns of its local TCP port


# A kernel as if it had been started just now: the environment of this process with the backend that the kernel chose
# for figures, none of another chapter's names, figures and styles.
ANEW = """
import os, sys
backend = os.environ.get("MPLBACKEND")
os.environ.clear()
os.environ.update({environ!r})
if backend:
    os.environ.setdefault("MPLBACKEND", backend)
if "matplotlib.pyplot" in sys.modules:
    sys.modules["matplotlib.pyplot"].close("all")
    sys.modules["matplotlib"].rcdefaults()
get_ipython().reset()
"""


class KernelError(RuntimeError):
    """A kernel that cannot be started on this machine."""


def start(
    startup_timeout: float = 60, kernel_name: str = "", **how: Any
) -> tuple[KernelManager, BlockingKernelClient]:
    """A living kernel of this environment, whatever a notebook names, with its client.

    KernelError where it dies on every try.
    """
    for _ in range(TRIES):
        with suppress(RuntimeError):
            return start_new_kernel(startup_timeout, "python3", extra_arguments=QUIET, **how)
    raise KernelError(
        f"カーネルを{TRIES}回始めましたが、動きません。メモリーの空きを確かめ、もう一度実行してください"
    )


class ChapterError(RuntimeError):
    """A chapter that cannot be read or run: one Japanese line with the chapter, the cell and the way on."""


def read(path: Path) -> nbformat.NotebookNode:
    """A chapter as it stands in its file; ChapterError where that is no notebook."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except json.JSONDecodeError as error:
        where = f"{error.lineno}行目"
    except nbformat.ValidationError as error:
        where = error.message.splitlines()[0]
    except UnicodeDecodeError:
        where = "文字コードが UTF-8 ではありません"
    except (AttributeError, KeyError, TypeError, ValueError):  # as nbformat says that it is none
        where = "ノートブックの形ではありません"
    else:
        return notebook
    raise ChapterError(
        f"{told(path)} はノートブックとして読めません（{where}）。git などで元に戻すか、JupyterLab で保存し直してください"
    )


def told(path: Path) -> str:
    """A file as a message names it: from the top of the book."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


_kernel: tuple[KernelManager, BlockingKernelClient] | None = None  # of this process


class Runner(NotebookClient):
    """Runs a notebook in a kernel that is ours.

    nbclient would take SIGINT and SIGTERM into its own hands while it runs, and give neither back: a worker that is
    told to end would go on, and tell of broken tasks. Who started the kernel ends it.
    """

    @asynccontextmanager
    async def async_setup_kernel(self, **_: Any) -> AsyncGenerator[None, None]:
        yield


def execute(notebook: nbformat.NotebookNode, path: Path) -> nbformat.NotebookNode:
    """Run all cells in this process's kernel, which has forgotten what ran before.

    ChapterError, which names the chapter by its ``path``, where a cell fails, is too slow or ends the kernel.
    """
    global _kernel
    if _kernel is None:
        _kernel = start(cwd=str(BOOK))
        Finalize(None, _stop, exitpriority=10)
    manager, client = _kernel
    client.execute_interactive(
        ANEW.format(environ=dict(os.environ)), silent=True, store_history=False, timeout=60
    )
    begun: list[int] = []
    runner = Runner(
        notebook,
        km=manager,
        timeout=TIMEOUT,
        record_timing=False,
        on_cell_execute=lambda cell, cell_index: begun.append(cell_index + 1),
    )
    runner.kc = AsyncKernelClient(parent=manager)  # a blocking one would wait for a dead kernel for ever
    runner.kc.load_connection_info(manager.get_connection_info())
    runner.kc.start_channels()
    try:
        runner.execute()
    except CellExecutionError as error:
        why = f"で誤りが出ました（{error.ename}: {error.evalue}".splitlines()[0] + "）"
    except CellTimeoutError:
        why = f"が{TIMEOUT}秒で終わりません"
        _stop()
    except DeadKernelError:
        why = "でカーネルが止まりました（メモリーの不足など）"
        _stop()
    else:
        return notebook
    finally:
        runner.kc.stop_channels()
    raise ChapterError(
        f"{told(path)} の{begun[-1]}番目のセル{why}。直してから、もう一度実行してください（ファイルは元のままです）"
    )


def _stop() -> None:
    global _kernel
    if _kernel is not None:
        manager, client = _kernel
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        _kernel = None


# ── side by side ────────────────────────────────────────────────────────────────────────────────────


def _worker() -> None:
    """Ctrl-C is for the main process, which then ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)


def _end(*_: Any) -> None:
    """Clean up and go, without a word: what breaks off now (a task, a pipe, a kernel) was told to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    sys.exit(1)


def _task(does: Callable[..., Any], *given: Any) -> Any:
    """A piece of work; one that is told to end ends its process, which would go on with the next piece."""
    try:
        return does(*given)
    except SystemExit:
        _stop()
        os._exit(1)


class Workers(ProcessPoolExecutor):
    """Processes that share the work, one for each core, each with a kernel of its own once it needs one."""

    def submit(self, does: Callable[..., Any], /, *given: Any) -> Future:  # type: ignore[override]
        return super().submit(_task, does, *given)


@contextmanager
def workers() -> Iterator[Workers]:
    """The workers, who are ended where their work is broken off."""
    pool = Workers(os.cpu_count(), initializer=_worker)
    try:
        yield pool
    except BaseException:  # nothing that was begun is worth waiting for
        processes = list((pool._processes or {}).values())
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave them behind
        try:
            for process in processes:
                process.terminate()
            for process in processes:
                process.join(GRACE)
                process.kill()
            pool.shutdown(cancel_futures=True)
        finally:
            signal.signal(signal.SIGINT, before)
        raise
    pool.shutdown()


def pytest_configure(config: Any) -> None:
    """Let nbval start its kernels here."""
    import nbval.kernel

    nbval.kernel.start_new_kernel = start
