"""Make ``template.pptx`` anew: ``python -m cyberbook.briefing.template``.

The master (fonts, colours, the line below the title) stays as it is in the file and can be changed in PowerPoint; what
is made here are the four layouts, whose placeholders the slides are filled into by their names. A template of one's
own needs the same names, wherever they stand and however they look (:data:`LAYOUTS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pptx import Presentation
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.parts.slide import SlideLayoutPart
from pptx.util import Inches

FILE = Path(__file__).with_name("template.pptx")
WIDE, LEFT = 12.233, 0.55  # inches, like all boxes
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class Place:
    """A placeholder of a layout: its type and number, where it stands, and the look of its text."""

    kind: str
    idx: int
    box: Box
    size: int = 0  # hundredths of a point; that of the master where 0
    colour: str = ""
    anchor: str = "t"
    bold: bool = False


_FOOT = {
    "出典": Place("ftr", 11, (LEFT, 7.05, 11.2, 0.3), 1000, "tx2", "ctr"),
    "番号": Place("sldNum", 12, (11.883, 7.05, 0.9, 0.3), 1000, "tx2", "ctr"),
}
_TITLE = {"題": Place("title", 0, (LEFT, 0.35, WIDE, 1.0), 0, "", "ctr")}
_LEAD = {"説明": Place("body", 13, (LEFT, 1.5, WIDE, 0.5), 1400, "tx2")}
_OBJECT: Box = (LEFT, 2.0, WIDE, 4.95)

LAYOUTS: dict[str, dict[str, Place]] = {
    "表紙": {
        "題": Place("ctrTitle", 0, (1.0, 1.6, 11.3, 2.0), 4000, "bg1", "b", True),
        "副題": Place("subTitle", 1, (1.0, 3.95, 11.3, 0.7), 2200, "bg1"),
        "日付": Place("body", 13, (1.0, 4.75, 11.3, 0.9), 1400, "bg1"),
        "出典": Place("ftr", 11, (1.0, 6.9, 11.3, 0.35), 1100, "bg1", "ctr"),
    },
    "文": _TITLE | {"本文": Place("body", 1, (LEFT, 1.6, WIDE, 5.3))} | _FOOT,
    "図": _TITLE | _LEAD | {"図": Place("chart", 14, _OBJECT)} | _FOOT,
    "表": _TITLE | _LEAD | {"表": Place("tbl", 14, _OBJECT)} | _FOOT,
}


def _shape(number: int, name: str, place: Place) -> str:
    at = dict(zip(("x", "y", "cx", "cy"), map(Inches, place.box)))
    look = f' sz="{place.size}"' if place.size else ""
    look += ' b="1"' if place.bold else ""
    fill = f'<a:solidFill><a:schemeClr val="{place.colour}"/></a:solidFill>' if place.colour else ""
    side = "r" if place.kind == "sldNum" else "l"
    style = f'<a:lvl1pPr marL="0" indent="0" algn="{side}"><a:buNone/><a:defRPr{look}>{fill}</a:defRPr></a:lvl1pPr>'
    text = f"<a:r><a:rPr lang='ja-JP'/><a:t>{name}</a:t></a:r>"
    if place.kind == "sldNum":
        field = "{C1FF6DA9-008F-8B48-92A6-B652298478BF}"
        text = f"<a:fld id='{field}' type='slidenum'><a:rPr lang='ja-JP'/><a:t>‹#›</a:t></a:fld>"
    return f"""<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>
<p:nvPr><p:ph type="{place.kind}"{f' idx="{place.idx}"' if place.idx else ""}/></p:nvPr></p:nvSpPr>
<p:spPr><a:xfrm><a:off x="{at["x"]}" y="{at["y"]}"/><a:ext cx="{at["cx"]}" cy="{at["cy"]}"/></a:xfrm></p:spPr>
<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{place.anchor}"><a:noAutofit/></a:bodyPr>
<a:lstStyle>{style if place.size else ""}</a:lstStyle><a:p>{text}</a:p></p:txBody></p:sp>"""


def _layout(name: str, places: dict[str, Place]) -> str:
    cover = name == "表紙"
    shapes = "".join(_shape(number, own, place) for number, (own, place) in enumerate(places.items(), 2))
    ground = (
        "<p:bg><p:bgPr><a:solidFill><a:schemeClr val='accent1'/></a:solidFill><a:effectLst/></p:bgPr></p:bg>"
    )
    line = f"""<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="90" name="線"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>
<p:spPr><a:xfrm><a:off x="{Inches(1)}" y="{Inches(3.75)}"/><a:ext cx="{Inches(1.6)}" cy="0"/></a:xfrm>
<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="38100"><a:solidFill><a:schemeClr val="bg1"/></a:solidFill></a:ln>
</p:spPr></p:cxnSp>"""
    return f"""<p:sldLayout {nsdecls("a", "r", "p")} preserve="1"{' showMasterSp="0"' if cover else ""}>
<p:cSld name="{name}">{ground if cover else ""}<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/>
</p:nvGrpSpPr><p:grpSpPr/>{shapes}{line if cover else ""}</p:spTree></p:cSld>
<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"""


def main() -> None:
    deck = Presentation(str(FILE))
    master, package = deck.slide_master, deck.part.package
    for layout in list(deck.slide_layouts):
        deck.slide_layouts.remove(layout)
    ids = master._element.get_or_add_sldLayoutIdLst()
    for number, (name, places) in enumerate(LAYOUTS.items(), 1):
        uri = PackURI(f"/ppt/slideLayouts/slideLayout{number}.xml")
        element = parse_xml(_layout(name, places))
        part = SlideLayoutPart(uri, CONTENT_TYPE.PML_SLIDE_LAYOUT, package, element)
        part.relate_to(master.part, RELATIONSHIP_TYPE.SLIDE_MASTER)
        entry = ids.makeelement(qn("p:sldLayoutId"), {"id": str(2147483660 + number)})
        entry.set(qn("r:id"), master.part.relate_to(part, RELATIONSHIP_TYPE.SLIDE_LAYOUT))
        ids.append(entry)
    deck.save(str(FILE))


if __name__ == "__main__":
    main()
