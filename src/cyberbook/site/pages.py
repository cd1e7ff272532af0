"""What stands on a page beside the chapter's own text, and what of that text is mended for this book."""

from __future__ import annotations

import json
import os
import posixpath
import re
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from bs4 import BeautifulSoup
from docutils import nodes
from markupsafe import Markup
from PIL import Image

from cyberbudget import Document, words
from cyberbudget.display import SHORT
from cyberbudget.load import TABLES
from cyberbudget.schema import CIRCLED

from .. import FILES
from ..briefing.question import document
from ..pdf import order
from . import refuse

MENDED = {
    ' aria-label="Toggle hidden content"': "",  # over the Japanese text of a code toggle
    "<pre>": '<pre tabindex="0">',  # a wide one scrolls, by key as well
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    '<aside class="sidebar': '<aside role="note" class="sidebar',
    '<aside class="margin': '<aside role="note" class="margin',
    '<aside class="footnote-list': '<aside role="none" class="footnote-list',
    'role="doc-biblioentry"': 'role="listitem"',
    '<p class="admonition-title">Tip</p>': '<p class="admonition-title">こつ</p>',
    "<th></th>": "<td></td>",  # the corner of a table heads nothing
    "Link to this heading": "この見出しへのリンク",
    "Link to this image": "この図へのリンク",
    "Link to this table": "この表へのリンク",
    "Link to this code": "このコードへのリンク",
}
# What the pages say around the text, on the page that is in English.
ENGLISH = {
    "book/english": {
        "コードを表示": "Show the code",
        "コードを隠す": "Hide the code",
        **{f"{what}の{kind}": kind for what in "図表" for kind in ("CSV", "SVG", "PNG")},
        "表をコピー": "Copy the table",
        "この図へのリンク": "Link to this figure",
        "この表へのリンク": "Link to this table",
        "この見出しへのリンク": "Link to this heading",
        '"caption-number">図 ': '"caption-number">Figure ',
    }
}
# What stands around a chapter, on a page in English: by the words of the templates.
FRAME = {
    "この本を検索": "Search (in Japanese)",
    "章の一覧": "Chapters",
    "この頁の目次": "On this page",
    "一覧を閉じる": "Close the list",
    "目次を閉じる": "Close the contents",
    "前後の章": "Previous and next",
    "前の章": "Previous",
    "次の章": "Next",
    "現在地": "You are here",
    "概要": "Home",
    "英語": "English",
    "最終更新": "Last updated",
    "資料の版": "Edition of the document",
    "この章を動かす、直す": "Run or mend this chapter",
    "この本": "This book",
    "本文へ移動": "Skip to content",
    "頁の先頭へ": "Back to top",
    "配色を切り替える（自動、明、暗）": "Switch colours (automatic, light, dark)",
    "この章のノートブック（ipynb）": "Notebook of this chapter (ipynb)",
    "この本の全体（PDF）": "The whole book (PDF, in Japanese)",
    "データと文章は CC BY 4.0、プログラムは MIT ライセンスです。資料を加工して作成したもので、政府が作成したものではありません。": "Data and text: CC BY 4.0; code: MIT. Compiled from the document, not made by the government.",
}
# furo's own words: those it hands to a translator, and those it writes into its markup.
TRANSLATED = {
    "Skip to content": "本文へ移動",
    "Back to top": "頁の先頭へ",
    "On this page": "この頁の目次",
}
WRITTEN = {
    "Toggle Light / Dark / Auto color theme": "配色を切り替える（自動、明、暗）",
    'alt="Logo"': 'alt=""',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" id="cb-navigation" aria-label="この本">',
    '<aside class="toc-drawer': '<aside id="cb-toc" aria-label="この頁の目次" class="toc-drawer',
    '<div class="content">': '<main class="content">',
}
NUMBER = re.compile(r"[-+−]?[\d,.]+%?|NaN|—|")  # a cell that does not make its column one of words
ARTICLE = '<article role="main" id="furo-main-content">'
OPENS = {"navigation": "章の一覧", "toc": "この頁の目次"}
# What a reader takes in as one word, and a browser would break: 16か月予算, (2)-⑧. In text only, never in a tag.
UNBROKEN = re.compile(rf"(16か月予算|\(\d+\)-[{CIRCLED}])(?=[^<>]*<)")


def site(app: Any) -> str:
    """The address the book is published at, with a final slash; empty where it is only a folder."""
    address = os.environ.get("BOOK_URL") or app.config.html_baseurl
    return address.rstrip("/") + "/" if address else ""


def describe(doctree: nodes.document | None) -> str:
    """The description of a page: the first of its 要点, else its first paragraph."""
    if doctree is None:
        return ""
    found = chain(doctree.findall(nodes.list_item), doctree.findall(nodes.paragraph))
    return next((node.astext() for node in found), "")[:160]


def size(picture: Path) -> tuple[int, int] | None:
    """Width and height of a picture in pixels; None for a drawing that does not say."""
    if picture.suffix != ".svg":
        with Image.open(picture) as image:
            return image.size
    head = picture.read_text(encoding="utf-8")[:2000]
    found = [re.search(rf'<svg[^>]*\s{side}="([\d.]+)(pt|px)?"', head) for side in ("width", "height")]
    box = re.search(r'viewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', head)
    if all(found):
        width, height = (float(side[1]) * (4 / 3 if side[2] == "pt" else 1) for side in found if side)
    elif box:
        width, height = map(float, box.groups())
    else:
        return None
    return round(width), round(height)


def polished(body: str, pictures: dict[str, Path], pagename: str, promised: set[str]) -> str:
    """Mend what Sphinx and MyST-NB wrote.

    Every picture gets its own size, so that a page does not jump while it loads. A link to a download that
    nobody promised is none. What stands in English in a Japanese book is said in Japanese.
    """

    def sized(match: re.Match[str]) -> str:
        tag = re.sub(r'alt="[^"]*\.(?:png|jpe?g|gif|webp|svg)"', 'alt="図（説明はありません）"', match[0])
        picture = pictures.get(unquote(match["file"]))
        sides = size(picture) if picture else None
        if sides and not re.search(r"\s(?:width|height|style)=", tag):
            tag = tag.replace("<img", f'<img width="{sides[0]}" height="{sides[1]}"', 1)
        return tag.replace("<img", '<img loading="lazy" decoding="async"', 1)

    def kept(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), unquote(match["path"])))
        return match[0] if not path.startswith(f"{FILES}/") or path in promised else match["text"]

    for said, better in (MENDED | ENGLISH.get(pagename, {})).items():
        body = body.replace(said, better)
    # A table that pandas wrote scrolls in its own box, by key as well; ours do so already.
    body = re.sub(r'(<div class="output text_html")(?=>(?:<div>\s*<style|<table))', r'\1 tabindex="0"', body)
    body = re.sub(r'(?s)<table\b[^>]*class="dataframe".*?</table>', lambda match: framed(match[0]), body)
    # A cell that leads to a chapter names its notebook, as JupyterLab has it.
    body = re.sub(r'(<a\b[^>]*\shref="[a-z0-9_]+)[.]ipynb"', r'\1.html"', body)
    body = UNBROKEN.sub(r'<span class="whole">\1</span>', body)
    download = rf'(?s)<a\b[^>]*\shref="(?P<path>[^"#:]*{FILES}/[^"#]*)[^"]*"[^>]*>(?P<text>.*?)</a>'
    body = re.sub(download, kept, body)
    body = re.sub(r'<img\b[^>]*\ssrc="[^"]*_images/(?P<file>[^"/]+)"[^>]*>', sized, body)
    dark = rf'\1<picture><source srcset="../{FILES}/\2-dark.svg" media="(prefers-color-scheme: dark)" />\3</picture>'
    return re.sub(r'(<figure\b[^>]*\sid="(fig-[\w-]+)"[^>]*>\s*)(<img\b[^>]*>)', dark, body)


def framed(table: str) -> str:
    """A table that pandas wrote, its columns of words marked: ``text``, and ``long`` where they may break."""
    frame = BeautifulSoup(table, "html.parser")
    rows = [
        row.find_all(["th", "td"])[::-1] for row in frame.find_all("tr")
    ]  # a short row lacks its first cells
    for column in zip_longest(*rows):
        cells = [cell for cell in column if cell]
        said = [cell.get_text() for cell in cells if cell.find_parent("tbody")]
        if not all(map(NUMBER.fullmatch, said)):
            for cell in cells:
                cell["class"] = "text long" if max(map(len, said)) > SHORT else "text"
    return str(frame)


def actions(app: Any, pagename: str) -> list[tuple[str, str]]:
    """Links to run and to mend a chapter, as ``_config.yml`` asks for them: label and address."""
    file = Path(app.env.doc2path(pagename)).relative_to(app.srcdir).as_posix()
    options = app.config.html_theme_options
    launch = options.get("launch_buttons") or {}
    base = refuse.repository(app.config)
    branch = options.get("repository_branch") or "master"
    path = quote(posixpath.normpath(posixpath.join(options.get("path_to_docs") or "", file)))
    deep = f"{base}/-" if "gitlab" in urlsplit(base).netloc else base
    host, name = ("gl" if deep != base else "gh"), urlsplit(base).path.strip("/")
    links = []
    if file.endswith(".ipynb") and base:
        if hub := launch.get("binderhub_url"):
            tree = "lab/tree" if launch.get("notebook_interface") == "jupyterlab" else "tree"
            where = quote(name, safe="") if host == "gl" else name
            query = urlencode({"urlpath": f"{tree}/{unquote(path)}"})
            links.append(("Binder で動かす", f"{hub.rstrip('/')}/v2/{host}/{where}/{branch}?{query}"))
        if (colab := launch.get("colab_url")) and host == "gh":
            links.append(("Colab で開く", f"{colab.rstrip('/')}/github/{name}/blob/{branch}/{path}"))
    if options.get("use_edit_page_button"):
        links.append(("この章を直す", f"{deep}/edit/{branch}/{path}"))
    if options.get("use_issues_button"):
        key = "issue[title]" if host == "gl" else "title"
        links.append(("問題を知らせる", f"{deep}/issues/new?{urlencode({key: f'{file}について'})}"))
    if options.get("use_repository_button"):
        links.append(("リポジトリー", base))
    return links


@cache
def parts(app: Any) -> dict[str, str]:
    """Part of every page of the book."""
    return order()


def english(app: Any, pagename: str) -> str:
    """The page in English that a Japanese page leads to, or the first page of the book from there."""
    (page,) = ENGLISH
    if page not in app.env.found_docs:
        return ""
    return str(app.config.root_doc) if pagename == page else page


def crumbs(app: Any, pagename: str, within: str = "") -> list[tuple[str, str]]:
    """The way to a page, each step with its page, if any: the first page, the part, the chapter that it is within."""
    part = parts(app).get(within or pagename, "")
    if not part:
        return []
    chapter = label(app.env.titles[within].astext()) if within else ""
    return [("概要", app.config.root_doc), (part, ""), *([(chapter, within)] if chapter else [])]


def chapters(tree: str, within: str = "") -> str:
    """The list of chapters: of each title what stands before its question, and marked which chapter a page is within."""
    if within:
        link = f'<li class="toctree-l1"><a class="reference internal" href="{within}">'
        tree = tree.replace(link, link.replace("toctree-l1", "toctree-l1 current current-page"))
    return re.sub(
        r'(?<=<a class=")([^"]*reference internal" href="[^"]*">)([^<]*)(?=</a>)',
        lambda link: link[1] + label(link[2]),
        tree,
    )


def label(title: str) -> str:
    """分野(1) 経済社会の活力：… → (1)経済社会の活力; a title without a question stays."""
    return re.sub(r"分野(\(\w+\))\s*", r"\1", title.partition("：")[0])


def assets(app: Any, template: str, body: str) -> dict[str, list[str]]:
    """Style sheets and scripts of a page, below ``_static``: an extension's only where it is used."""
    css, js = (
        [name for name, _ in files if not name.startswith("mystnb")]
        for files in (app.config.html_css_files, app.config.html_js_files)
    )
    design = ["sphinx-design.min.css", "styles/furo-extensions.css"] if 'class="sd-' in body else []
    explorer = ["explorer.js"] if 'data-choose="' in body else []
    figures = ["figures.js"] if 'data-marks="' in body or 'class="cb-data"' in body else []
    search = ["search-data.js", "search.js"] if template == "search.html" else []
    scripts = ["book.js", *explorer, *figures, *search, *js]
    return {"styles": [*design, "book.css", *css], "scripts": scripts}


def dataset(document: Document, base: str) -> str:
    """schema.org description of the data, as JSON that can stand inside a script element."""
    meta = document.meta
    return inside_script(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": f"{meta['title']}（{words.era(meta['fiscal_year'])}）の予算データ",
            "description": f"『{meta['title']}』（{meta['number']}、{meta['edition']}）の表とシートの金額を、資料の形のまま CSV にしたもの。",
            "inLanguage": "ja",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "isAccessibleForFree": True,
            "temporalCoverage": f"{document.previous.fiscal_year}/{document.current.fiscal_year}",
            "spatialCoverage": "日本",
            "creator": {"@type": "Organization", "name": "cyberbudget"},
            **({"isBasedOn": origin} if (origin := document.told("source_path")) else {}),
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": "text/csv",
                    "name": name,
                    "contentUrl": f"{base}{FILES}/data/{document.folder.name}/{name}",
                }
                for name in TABLES
                if (document.folder / name).exists()
            ],
        }
    )


def inside_script(value: Any) -> str:
    """JSON without a letter that ends a script element or begins markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda letter: f"\\u{ord(letter[0]):04x}", text)


def japanese(markup: str, article_lang: str = "") -> Markup:
    """The frame of a page with furo's own words in Japanese; the chapter itself stays as it is.

    furo opens its drawers by hidden checkboxes, which no key reaches. Here they are targets of plain links.
    """

    def opens(match: re.Match[str]) -> str:
        what = match["what"]
        return f'<a class="{match["kind"]}" href="#cb-{what}" aria-label="{OPENS[what]}">{match["icon"]}</a>'

    def mended(part: str) -> str:
        hidden = r'<(?:input type="checkbox" class="sidebar-toggle"|label class="overlay )[^>]*>'
        label = r'(?s)<label class="(?P<kind>[^"]*)" for="__(?P<what>navigation|toc)">(?P<icon>.*?)</label>'
        part = re.sub(label, opens, re.sub(hidden, "", part)).replace("</label>", "")
        part = re.sub(r"(</footer>\s*)</div>", r"\1</main>", part)
        part = re.sub("<title>[^<]*</title>", "", part)  # of icons, which their buttons name
        for said, better in WRITTEN.items():
            part = part.replace(said, better)
        return part

    before, _, rest = markup.partition(ARTICLE)
    chapter, end, after = rest.rpartition("</article>")
    lang = f' lang="{article_lang}"' if article_lang else ""
    start = f'<article id="furo-main-content" tabindex="-1"{lang}>'
    before, after = mended(before), mended(after)
    if article_lang == "en":
        way, closed, chapter = chapter.partition("</div>")  # the way to the page stands above the chapter
        before, way, after = map(_framed_in_english, (before, way, after))
        chapter = way + closed + chapter
    return Markup(before + start + chapter + end + after)


def _framed_in_english(part: str) -> str:
    """What stands around a chapter in English; the titles of the other chapters stay as they are."""
    for japanese, told in FRAME.items():
        part = re.sub(rf'(?<=[>"]){re.escape(japanese)}(?=[<"：])', told, part)
    return part.replace('class="sidebar-tree"', 'class="sidebar-tree" lang="ja"')


def context(app: Any, pagename: str, template: str, page: dict[str, Any], doctree: Any) -> None:
    """Fill in what the theme shows on every page."""
    from . import promised  # it reads the book, once a build

    read = document()
    body = page.get("body") or ""
    refuse.page(pagename, body, doctree)
    if body:
        pictures = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}
        page["body"] = polished(body, pictures, pagename, promised(app) | set(page.get("files", ())))
    base, meta = site(app), read.meta
    within = page.get("within", "")
    tree = page.get("furo_navigation_tree", "")
    page["furo_navigation_tree"] = chapters(tree, page["pathto"](within) if within else "")
    page["furo_hide_toc"] = page.get("furo_hide_toc") and not within
    page |= {
        "project": app.config.html_title,
        "docstitle": app.config.html_title,
        "base_url": base,
        "description": page.get("described")
        or describe(doctree)
        or f"{app.config.html_title}。{read.source}。",
        "card": page.get("card", f"{FILES}/card.png"),
        "crumbs": crumbs(app, pagename, within),
        "english": english(app, pagename),
        "edition": f"資料の版：{words.era(meta['fiscal_year'])}、{meta['number']}、{meta['edition']}",
        "dataset": dataset(read, base) if pagename == "book/data" else "",
        "theme_top_of_page_buttons": [],
        "actions": actions(app, pagename) if doctree is not None else [],
        "japanese": lambda markup: japanese(markup, "en" if pagename in ENGLISH else ""),
        "_": _translated,
        "gettext": _translated,
        **assets(app, template, body),
    }


def _translated(text: str) -> str:
    return TRANSLATED.get(text.strip(), text)
