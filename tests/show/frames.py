"""Plain frames for charts: the real document's, and hostile ones."""

import pandas as pd

from cyberbudget import Document, analysis

AREAS = "1234"


def coverage(doc: Document) -> pd.DataFrame:
    return analysis.coverage(doc).query("role == 'current'").assign(rest=False)


def hostile() -> dict[str, pd.DataFrame]:
    """Frames that no document holds, and some reader will."""
    nan = float("nan")
    long = "各府省庁等の情報システムに対するマネジメント監査及びペネトレーションテストの実施並びに" * 2

    def made(rows: list[tuple[str, str, str, float, float]]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["name", "area", "ministry", "current", "previous"])
        frame["rest"] = frame["name"].str.startswith("載らない")
        frame["supplementary"], frame["change"] = (
            nan,
            frame["current"].fillna(0) - frame["previous"].fillna(0),
        )
        frame["sixteen"] = frame["current"]
        frame["rate"] = frame["current"] / frame["previous"] - 1
        frame["contribution"] = nan
        frame["whole"] = frame["current"].fillna(0) + 1
        frame["listed"], frame["left"] = frame["current"].fillna(0), 1.0
        frame["share"] = frame["listed"] / frame["whole"]
        return frame

    many = [
        (f"施策その{n}", AREAS[n % 4], f"第{n % 9}省", 0.1 * 1.3**n, 0.1 * 1.29**n + n % 3) for n in range(40)
    ]
    return {
        "one": made([("ただ一つ", "2", "総務省", 5.0, 4.0)]),
        "many": made(many),
        "nothing": made(
            [(f"空{n}", "1", "総務省", nan, nan) for n in range(4)] + [("一つ", "3", "防衛省", 7.0, nan)]
        ),
        "still": made([(f"同じ{n}", AREAS[n], "総務省", 2.0 + n, 2.0 + n) for n in range(4)]),
        "falling": made([(f"減る{n}", AREAS[n % 4], "外務省", 1.0 + n, 90.0 - n) for n in range(9)]),
        "no area": made([("分野のない施策", "", "総務省", 4.0, 3.0), ("載らない分", "", "", 2.0, 1.0)]),
        "long": made([(long + str(n), AREAS[n], long[:20], 10.0 + n, 99.0 / (n + 1)) for n in range(4)]),
        "markup": made(
            [("<b>太字</b> & $x_1$", "1", "$省$", 3.0, 1.0), ("a_b^c \\ {}", "2", "<省>", 2.0, 9.0)]
        ),
        "equal": made([(f"等しい{n}", "3", "防衛省", 1.0, 0.0) for n in range(12)]),
    }
