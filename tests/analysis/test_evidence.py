"""The published table by which a reader checks the numbers in prose."""

from cyberbudget import findings, tables


def test_every_finding_stands_with_the_cells_it_rests_on(doc):
    found = findings.find(doc)
    table = tables.evidence(found, doc, "tab-x", "もとの欄")
    assert [cells[1] for cells in table.cells] == [f.sentence for f in found]
    told = dict(zip((f.name for f in found), (cells[2] for cells in table.cells)))
    assert told["total"] == "総額：令和6年度当初 2,126.2、令和5年度当初 1,378.9"
    assert told["largest"] == "(3)-①：令和6年度当初 1,064.0。(3)-②：令和6年度当初 290.8"
    assert told["new_measure"] == "(2)-①：令和6年度当初 57.2"  # the last of its name
    assert told["unnamed"] == "表のすべての欄"
