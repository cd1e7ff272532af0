"""How numbers, years, stages and directions are written: the one place for every format.

All functions return text for Japanese readers. Amounts are in 億円, shares and rates are ratios.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from .interval import ABSENT, Interval, Number, growth

STAGES = {
    "request": "概算要求",
    "initial": "当初",
    "supplementary": "補正",
    "second_supplementary": "第2次補正",
    "executed": "執行",
}
ERAS = (("令和", "R", 2019), ("平成", "H", 1989))
MINUS = "−"
UNKNOWN = "資料からは分からない"

# The names under which the book shows what the document does not itemise.
OUTSIDE_AREAS = "分野に入らない分"
UNLISTED = "施策名のない額"
REMAINDERS_EN = {OUTSIDE_AREAS: "In no area", UNLISTED: "Not listed"}


Amount = Interval | Number | float  # a float of a frame is NaN where there is nothing
Bounds = Interval | tuple[float, float]


def precise(number: Number | float) -> Fraction:
    """A number without the noise of floating point: 0.1 + 0.2 is 0.3."""
    return Fraction(format(number, ".12g")) if isinstance(number, float) else Fraction(number)


def rounded(number: Number | float, digits: int = 1) -> Decimal:
    """Round half up (away from zero), the way the document rounds."""
    scaled = abs(precise(number)) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    return Decimal(whole if number >= 0 else -whole).scaleb(-digits)


def plain(number: Number | float, digits: int = 1, signed: bool = False) -> str:
    """Digits with thousands separators: 2,126.2; with ``signed`` +747.3 or −10.3 (a zero has no sign)."""
    value = rounded(number, digits)
    text = f"{abs(value):,.{digits}f}"
    if value < 0:
        return MINUS + text
    return ("+" if signed and value > 0 else "") + text


def missing(amount: Amount | None) -> bool:
    """True where there is no amount or ratio: — in the document, NaN or a ratio to nothing in a frame."""
    if amount is None or isinstance(amount, Interval):
        return amount is None or amount.absent
    return not math.isfinite(amount)


def _value(amount: Amount) -> Number | float:
    return amount.value if isinstance(amount, Interval) else amount


def oku(amount: Amount, signed: bool = False) -> str:
    """Amount with its unit: 2,126.2億円; — where the document prints —."""
    return ABSENT if missing(amount) else plain(_value(amount), 1, signed) + "億円"


def cho(oku: Number | float) -> str:
    """A large amount of 億円 as it is read: 1125716.9 → 112兆5,717億円."""
    high, low = divmod(int(rounded(oku, 0)), 10_000)
    return f"{high:,}兆{low:,}億円" if high else f"{low:,}億円"


def oku_cell(amount: Amount, signed: bool = False) -> str:
    """Amount for a table whose caption names the unit."""
    return oku(amount, signed).removesuffix("億円")


def change_cell(amount: Amount) -> str:
    """Change of an amount for a table: +586.6, −10.3."""
    return oku_cell(amount, signed=True)


def as_printed(digits: str, unit: str = "") -> str:
    """A printed amount in its own unit and precision: 1,584百万円, 23億円, 1,064.0億円; — as it is."""
    if digits == ABSENT:
        return digits
    whole, dot, rest = digits.partition(".")
    return f"{int(whole):,}{dot}{rest}{unit}"


def percent(ratio: Amount | None, digits: int = 1, signed: bool = False) -> str:
    """Ratio as per cent: 71.6%; — where there is no ratio."""
    if ratio is None or missing(ratio):
        return ABSENT
    return plain(precise(_value(ratio)) * 100, digits, signed) + "%"


def pt(ratio: Amount | None, digits: int = 1) -> str:
    """Difference of two ratios in points: +7.9ポイント."""
    return ABSENT if ratio is None else percent(ratio, digits, signed=True).removesuffix("%") + "ポイント"


def times(ratio: Amount | None, digits: int = 2) -> str:
    """Ratio as a multiple: 1.54倍."""
    return ABSENT if ratio is None or missing(ratio) else plain(_value(ratio), digits) + "倍"


def portion(ratio: Amount) -> str:
    """A share as a newspaper says it: 約半分, 約8割, 7割あまり, 9割近く, 3分の1, ほぼすべて, ごく一部.

    Each tells the nearest tenth and on which side of it the share lies; half and thirds are named within one
    point. Shares below 5% are ごく一部, from 95% on ほぼすべて.
    """
    tenths = precise(_value(ratio)) * 10
    for name, exactly in (("約半分", 5), ("約3分の1", Fraction(10, 3)), ("約3分の2", Fraction(20, 3))):
        if abs(tenths - exactly) <= Fraction(1, 10):
            return name
    near = int(tenths + Fraction(1, 2))
    if near in (0, 10):
        return "ほぼすべて" if near else "ごく一部"
    off = tenths - near
    if abs(off) <= Fraction(15, 100):
        return f"約{near}割"
    return f"{near}割あまり" if off > 0 else f"{near}割近く"


def outward(bounds: Bounds, factor: int = 1, digits: int | None = None) -> tuple[Fraction, Fraction, int]:
    """The bounds times ``factor``, rounded away from each other, and to how many digits.

    As many digits as the interval needs, if not told: what is shown is less than two and a half times as wide as
    what is meant, and one digit more where that shows the very bounds.
    """
    low, high = (bounds.low, bounds.high) if isinstance(bounds, Interval) else bounds
    low, high = precise(low) * factor, precise(high) * factor

    def shown(places: int) -> tuple[Fraction, Fraction]:
        scale = 10**places
        return Fraction(low * scale // 1, scale), Fraction(-(-high * scale // 1), scale)

    if digits is None:
        wide = (n for n in range(1, 7) if 2 * (shown(n)[1] - shown(n)[0]) < 5 * (high - low))
        digits = next(wide, 6)
        digits = next((n for n in (digits, digits + 1) if shown(n) == (low, high)), digits)
    return *shown(digits), digits


def span(bounds: Bounds | None, style: str = "oku") -> str:
    """The interval in words: 585.6〜587.6億円, 71.58〜71.60%; — where there is none.

    Bounds are rounded outwards, so that the text never claims more than the interval does.
    ``style``: "oku", "percent", "points", "rate" for per cent that always bear a sign, or "index".
    """
    if bounds is None or missing(bounds if isinstance(bounds, Interval) else bounds[0]):
        return ABSENT
    factor = 1 if style in ("oku", "index") else 100
    unit = {"oku": "億円", "percent": "%", "points": "ポイント", "rate": "%", "index": ""}[style]
    low, high, digits = outward(bounds, factor)
    signed = low < 0 or style == "rate"
    return f"{plain(low, digits, signed)}〜{plain(high, digits, signed)}{unit}"


def span_cell(bounds: Bounds | None, style: str = "percent") -> str:
    """:func:`span` without the unit, for a table whose heading names it."""
    return span(bounds, style).rstrip("億円%ポイント")


def _era(fiscal_year: int) -> tuple[str, str, int]:
    """Name and letter of the era, and the year in it."""
    for name, letter, first in ERAS:
        if fiscal_year >= first:
            return name, letter, fiscal_year - first + 1
    raise ValueError(f"no era for fiscal year {fiscal_year}")


def era(fiscal_year: int) -> str:
    """Fiscal year in the Japanese era: 2024 → 令和6年度."""
    name, _, year = _era(fiscal_year)
    return f"{name}{'元' if year == 1 else year}年度"


def era_short(fiscal_year: int) -> str:
    """Fiscal year in short: 2024 → R6."""
    _, letter, year = _era(fiscal_year)
    return f"{letter}{year}"


def fy(fiscal_year: int) -> str:
    """Fiscal year in English: 2024 → FY2024."""
    return f"FY{fiscal_year}"


def billion(amount: Amount, signed: bool = False) -> str:
    """Amount in 億円 as English readers write it: 2126.2 → 212.62 billion yen; — where there is none."""
    return ABSENT if missing(amount) else plain(precise(_value(amount)) / 10, 2, signed) + " billion yen"


def moved_en(new: Interval | Number, old: Interval | Number) -> str:
    """:func:`moved` in English: rose, fell or did not change."""
    a, b = _value(new), _value(old)
    return "rose" if a > b else "fell" if a < b else "did not change"


def stage(name: str) -> str:
    """Stage in Japanese: initial → 当初."""
    return STAGES[name]


KINDS = {
    "up": "増",
    "down": "減",
    "same": "同額",
    "near": "ほぼ同額",
    "new": "新規",
    "gone": "皆減",
    "none": ABSENT,
}


def kind(new: Interval, old: Interval) -> str:
    """What happened between two columns: one key of :data:`KINDS`.

    Rounding keeps the order of amounts, so two different printed amounts tell the direction for
    certain; two equal ones say only that the change is smaller than the printed digit.
    """
    if new.absent and old.absent:
        return "none"
    if old.absent:
        return "new"
    if new.absent:
        return "gone"
    if new.value == old.value:
        return "same"
    return "up" if new.value > old.value else "down"


def moved(new: Interval | Number, old: Interval | Number) -> str:
    """Verb for a change: 増えました, 減りました or 変わりませんでした."""
    a, b = _value(new), _value(old)
    return "増えました" if a > b else "減りました" if a < b else "変わりませんでした"


def rise(new: Interval | Number, old: Interval | Number) -> str:
    """Noun for a change: 増加, 減少 or 横ばい."""
    a, b = _value(new), _value(old)
    return "増加" if a > b else "減少" if a < b else "横ばい"


def change(new: Interval, old: Interval) -> str:
    """A change with its amount and rate in one phrase, the direction taken from the data.

    「747.3億円増えました（+54.2%）」, 「新たに10.0億円が付きました」, 「額は変わりませんでした」.
    """
    k = kind(new, old)
    if k == "none":
        return "どちらの年度にも額がありません"
    if k == "new":
        return f"前年度当初の額がなく、新たに{oku(new)}が付きました"
    if k == "gone":
        return f"{oku(old)}が皆減となりました"
    if k == "same":
        return "印刷された桁では変わりませんでした"
    rate = growth(new, old)
    return f"{oku(abs(new.value - old.value))}{moved(new, old)}（{percent(rate, signed=True)}）"


def tsu(count: int) -> str:
    """A small count as prose writes it: 四つ; from ten on without つ, as 10."""
    return f"{'零一二三四五六七八九'[count]}つ" if 0 < count < 10 else str(count)


_MONEY = {"十億": 10**9, "百万": 10**6, "億": 10**8, "": 1}


def money(figure: str, unit: str) -> str:
    """An amount as a source prints it, in Japanese steps: 11.7, 十億米ドル → 117億米ドル; 217, 百万ユーロ → 2億1,700万ユーロ."""
    step = next(name for name in _MONEY if unit.startswith(name))
    ten_thousands, rest = divmod(Fraction(figure) * _MONEY[step], 10**4)
    large, small = divmod(ten_thousands, 10**4)
    parts = (
        [f"{int(large):,}億"] * (large > 0)
        + [f"{int(small):,}万"] * (small > 0)
        + [f"{int(rest):,}"] * (rest > 0)
    )
    return "".join(parts) + unit.removeprefix(step)


def names(items: list[str], most: int = 5) -> str:
    """A list in one phrase: 「A」「B」ほか3件; なし where it is empty."""
    if not items:
        return "なし"
    text = "".join(f"「{item}」" for item in items[:most])
    return text + (f"ほか{len(items) - most}件" if len(items) > most else "")
