"""What a person adds is said with its source, and only while the cells it speaks of are printed as they were read."""

import pytest
import yaml

from cyberbudget import findings
from cyberbudget.__main__ import main
from cyberbudget.errors import DataError
from cyberbudget.load import load


def changed(data_copy, **keys):
    """The first comment with other keys."""
    path = data_copy / "fy2024" / "commentary.yaml"
    first, *others = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump([first | keys, *others], allow_unicode=True), encoding="utf-8")
    return data_copy / "fy2024"


def test_a_comment_bears_its_source(doc):
    (found,) = findings.commentary(doc, "basis")
    assert "少なくともこの施策は歳出ベースだと考えられます" in str(found) and "行政事業レビュー" in str(found)


def test_a_comment_whose_guard_fails_is_reported_and_not_said(data_copy, capsys):
    folder = changed(data_copy, guard={"measures/(3)-②/fy2024_initial": "290.9"})
    assert findings.commentary(load(folder), "basis") == []
    main(["check", str(folder)])
    assert "いまの資料と合わない解説「歳出ベース」：measures/(3)-②/fy2024_initial" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"sources": ["nobody"]}, "値「nobody」 references.bib にない出典です"),
        ({"sources": []}, "出典がありません"),
        ({"text": 5}, "textの項目"),
        ({"guard": None}, "guardの項目"),
    ],
)
def test_what_is_wrong_is_told(data_copy, keys, said):
    with pytest.raises(DataError) as error:
        load(changed(data_copy, **keys))
    assert "commentary.yaml" in str(error.value) and said in str(error.value)
