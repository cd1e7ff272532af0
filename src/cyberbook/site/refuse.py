"""What this book does not do is refused with one line that says what to do instead, never swallowed in silence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.errors import ConfigError, ExtensionError

HUBS = {"thebe": "thebe", "jupyterhub_url": "JupyterHub", "deepnote_url": "Deepnote"}
DEFAULT = "https://github.com/executablebooks/jupyter-book"  # Jupyter Book's own, where none is written
INTERACTIVE = re.compile(r"application/(?:vnd\.(?:jupyter\.widget|plotly|bokeh|vega)[\w.+-]*|javascript)")
ELSEWHERE = re.compile(
    r"<(?:img|script|iframe|source|video|audio|embed|link|object)\b[^>]*?\s(?:src|href|data)=[\"'](?:https?:)?//([^\"'/]+)"
)


def settings(app: Any, config: Any) -> None:
    """Refuse settings of ``_config.yml`` that this theme cannot honour: ConfigError with key and way on."""
    options = config.html_theme_options
    launch, analytics = options.get("launch_buttons") or {}, options.get("analytics") or {}
    wrong = {
        f"launch_buttons.{key}": f"{name} には対応していません。binderhub_url か colab_url を使ってください"
        for key, name in HUBS.items()
        if launch.get(key)
    }
    if any(launch.get(key) for key in ("binderhub_url", "colab_url")) and not repository(config):
        wrong["launch_buttons"] = "ノートブックの置き場所が要ります。repository.url を書いてください"
    for key in filter(analytics.get, ("google_analytics_id", "plausible_analytics_domain")):
        wrong[f"html.analytics.{key}"] = "読む人の記録を外へ送ることになります。この行を消してください"
    comments = getattr(config, "comments_config", None) or {}
    for key in filter(comments.get, comments):
        way = "外のサイトを読み込みます。消して、html.use_issues_button を使ってください"
        wrong[f"html.comments.{key}"] = way
    for key in {"dollarmath", "amsmath"} & set(config.myst_enable_extensions):
        way = "数式の表示は外のスクリプトを読み込みます。式は文か図で示してください"
        wrong[f"parse.myst_enable_extensions の {key}"] = way
    for key in ("html_css_files", "html_js_files"):
        for name in (name for name, _ in getattr(config, key) if "//" in name):
            way = "外のファイルは読み込みません。html_static_path に置いてください"
            wrong[f"sphinx.config.{key} の {name}"] = way
    if wrong:
        raise ConfigError("_config.yml：" + "　".join(f"{key}：{why}。" for key, why in wrong.items()))


def repository(config: Any) -> str:
    """The address of the book's repository, without a final slash; empty where ``_config.yml`` names none."""
    address = config.html_theme_options.get("repository_url") or ""
    return "" if address == DEFAULT else address.rstrip("/")


def outputs(app: Any, docname: str, source: list[str]) -> None:
    """Refuse stored outputs that only work with scripts from elsewhere (plotly, ipywidgets…).

    ExtensionError with the chapter and the cell.
    """
    suspect = INTERACTIVE.search(source[0]) or "<script" in source[0]
    if Path(app.env.doc2path(docname)).suffix != ".ipynb" or not suspect:
        return
    for number, cell in enumerate(json.loads(source[0])["cells"], 1):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            script = "script" if "<script" in "".join(data.get("text/html", "")) else None
            if found := next(filter(INTERACTIVE.match, data), script):
                raise ExtensionError(
                    f"{docname} の{number}番目のセル（id: {cell.get('id', '—')}）：動く出力（{found}）は、外のスクリプトが要るので載せられません。matplotlib の図か表にして、実行し直してください。"
                )


def page(docname: str, body: str, doctree: nodes.document | None) -> None:
    """Refuse a page that would load something from another host, or show mathematics as raw TeX.

    ExtensionError with the chapter and what it asks for.
    """
    if found := ELSEWHERE.search(body):
        raise ExtensionError(
            f"{docname}：{found[1]} から読み込むものがあります。この本は外から何も読み込みません。ファイルを book フォルダーに置いてください。"
        )
    if doctree is not None and [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]:
        raise ExtensionError(
            f"{docname}：数式があります。数式の表示は外のスクリプトを読み込むので、式は文か図で示してください。"
        )
