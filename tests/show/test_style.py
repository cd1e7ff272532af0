"""Where lines of a figure break."""

import pytest

from cyberbudget import style


@pytest.mark.parametrize(
    ("text", "ems", "lines"),
    [
        (
            "ナショナルサイバートレーニングセンターの強化",
            14,
            ["ナショナルサイバー", "トレーニングセンターの強化"],
        ),
        ("国民の安全・安心", 6, ["国民の", "安全・安心"]),
        ("情報処理推進機構", 5.1, ["情報処理", "推進機構"]),
        ("技術検証に関する調査費", 9, ["技術検証に関する", "調査費"]),
        ("ＮＴＴスペクトログラムの活用", 9, ["ＮＴＴ", "スペクトログラムの", "活用"]),
        ("スペクトログラム", 5.1, ["スペクトロ", "グラム"]),  # too long for a line, and nowhere else to break
    ],
)
def test_no_word_is_torn_where_that_can_be_helped(text, ems, lines):
    assert style.wrap(text, ems * 12 / 72, 12) == lines
