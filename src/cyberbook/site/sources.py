"""How an entry of the page of sources is written: 著者「題」年（注）。住所, not the English of the stock styles."""

from __future__ import annotations

from typing import Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as Plain
from pybtex.style.template import field, href, join, names, optional

NAME = "cyberbook"


class Style(Plain):
    """The ``plain`` style in Japanese; ``{bibliography}`` takes it by its name."""

    def get_misc_template(self, entry: Any) -> Any:
        author, note = names("author", sep="、", last_sep="、"), optional["（", field("note"), "）"]
        address = href[field("url", raw=True), field("url", raw=True)]
        return join[author, "「", field("title"), "」", field("year"), "年", note, "。", address]


register_plugin("pybtex.style.formatting", NAME, Style)
