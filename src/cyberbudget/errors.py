"""What is wrong with a document folder, told to the person who can mend it."""

from __future__ import annotations

from dataclasses import dataclass

from .words import STAGES

# key → (rule, hint). A check of :mod:`cyberbudget.schema` carries the key as its error.
# fmt: off
RULES = {
    "missing_column": ("列がありません", "見出しの行に列名を足してください"),
    "extra_column": ("知らない列です", "列を消すか、data/README.md の列名に直してください"),
    "empty": ("値がありません", "資料に印刷された値を写してください。予算がない欄は — です"),
    "fullwidth": ("全角の数字です", "半角の数字に直してください"),
    "space": ("数字の途中に空白があります", "空白を消してください（2, 126. 2 は 2126.2）"),
    "comma": ("桁区切りのコンマがあります", "コンマを消してください（2,126.2 は 2126.2）"),
    "negative": ("負の金額です", "予算額は0以上です。予算がない欄は — です"),
    "dash": ("— ではない横線です", "予算がない欄は全角ダッシュ —（U+2014）にしてください"),
    "not_number": ("金額として読めません", "23.4 のように数字だけを書いてください。予算がない欄は — です"),
    "too_long": ("数字が長すぎます", "資料の数字と比べてください"),
    "digits": ("小数第1位までの金額ではありません", "資料の桁のまま 23.0 のように書いてください"),
    "unknown_area": ("areas.csv にない分野です",
        "同じフォルダーの areas.csv にある area のどれかにしてください。分野のない資料では空欄にします"),
    "area_key": ("分野の名札として読めません", "security のように英小文字で書いてください。前の年の資料にもある分野は、同じ名札にします"),
    "joint_name": ("府省庁の名前に「・」があります", "府省庁を一つずつ書いてください。二つの府省庁の施策は、measures.csv に 総務省・経済産業省 と書けます"),
    "unknown_ministry": ("ministries.csv にない府省庁です",
        "data/ministries.csv の名前に直すか、府省庁を足してください"),
    "unknown_measure": ("measures.csv にない施策です", "measures.csv の施策名と一字ずつ比べてください"),
    "duplicate": ("同じものが二度あります", "どちらか一つを消してください"),
    "edge_space": ("前後に空白があります", "空白を消してください"),
    "synonyms": ("言い換えの並びに、空のものか重なりがあります", "「、」で区切り、同じ言い換えは一度だけ書いてください"),
    "unit": ("知らない単位です", "億円 か 百万円 にしてください"),
    "stage": ("知らない予算の段階です", f"{'、'.join(STAGES)} のどれかにしてください"),
    "year": ("年度として読めません", "2024 のように西暦4桁で書いてください"),
    "sheet": ("シートの位置として読めません", "(2)-⑪ の形で書いてください"),
    "stated": ("数でも「新規」でもありません", "資料が述べる数か、新規 と書いてください"),
    # files
    "no_document": ("資料のフォルダーがありません", "fy2024 のようなフォルダーを置いてください"),
    "no_file": ("ファイルを開けません", "{folder} フォルダーに置いてください"),
    "no_content": ("ファイルが空です", "資料の中身を書いてください"),
    "encoding": ("文字コードが UTF-8 ではありません（{encoding} のようです）",
        "UTF-8 で保存し直してください。Excel では「CSV UTF-8」を選びます"),
    "too_large": ("ファイルが大きすぎます（{most}まで）", "別のファイルが置かれていないか確かめてください"),
    "control": ("目に見えない制御文字があります", "その行を打ち直してください"),
    "line_break": ("欄の中に改行かタブがあります", "一行に直してください"),
    "key_twice": ("同じ項目が二度あります", "どちらか一つを消してください"),
    "alias": ("ほかの場所を指す書き方（*、<<）が、自分を指すか、多すぎるか、項目を取り込んでいます", "値そのものを書いてください"),
    "not_csv": ("CSV として読めません", '" の閉じ忘れがないか確かめてください'),
    "column_twice": ("同じ名前の列が二つあります", "どちらかを消してください"),
    "no_header": ("一行目に見出しがありません", "一行目に列名を書いてください"),
    "ragged": ("列の数が見出しと違います（見出しは{wanted}列、この行は{found}列）",
        'コンマの数を確かめてください。文の中にコンマがあるときは " で囲みます'),
    "no_rows": ("資料の行がありません", "見出しの下に行を書いてください"),
    "not_yaml": ("YAML として読めません", "字下げと : のあとの空白、日付を確かめてください"),
    "not_whole": ("全体が{kinds}ではありません", "data/README.md の形に直してください"),
    # shapes of the YAML files
    "not_record": ("{kinds}ではありません", "{keys} を書いてください"),
    "missing_key": ("項目が足りません", "{keys} を書いてください"),
    "extra_key": ("知らない項目です", "消すか、data/README.md の項目名に直してください"),
    "wrong_kind": ("{kinds}ではありません", "{kinds}を書いてください"),
    "column_name": ("金額の列名として読めません", "fy2024_initial の形で書いてください"),
    "table_unit": ("表の金額の単位は、億円だけを読めます", "億円に直した額を書くと印刷と違ってしまうので、いまは入れられません"),
    "column_again": ("金額の列が重なっています", "一つの年度と段階の列は、一つだけ書いてください"),
    "column_place": ("この資料の欄ではありません",
        "当年度（概算要求の資料では要求）、前年度の補正、前年度の当初のどれかにしてください"),
    "document_stage": ("資料の段階ではありません", "initial（当初）か request（概算要求）にしてください"),
    "plain_line": ("本書が見分けられない書き方です", "行のはじめから、ちょうど {line} と書いてください"),
    "as_of": ("日付でも、資料のフォルダーの名前でもありません", "2024-06-30 の形の日付か、{known} のどれかにしてください"),
    "not_yet": ("その日までに公表されたと分かる資料がありません",
        "公表日の分からない資料（document.yaml の date が null）：{bare}。フォルダーの名前でも選べます"),
    "no_column": ("{label}の列がありません",
        "columns に column、fiscal_year、stage、printed を書いてください"),
    "card_ministry": ("カードの府省庁が、その施策の府省庁（{ministries}）と違います", "measures.csv と資料を比べてください"),
    "card_measures": ("シートの施策がカードの measures にありません（{measures}）",
        "sheets.csv と比べて、カードが入れ替わっていないか確かめてください"),
    "not_finite": ("数として使えません", "有限の数を書いてください"),
    "no_card": ("sheets.csv にあるシートのカードがありません", "カードを足してください"),
    "pictured": ("図で示された項目の名前ではないか、その項目に値があります",
        "{keys} のうち、値が null のものだけを書いてください"),
    "on_no_card": ("どのカードにもない施策です", "カードの measures に足してください"),
    "unknown_source": ("references.bib にない出典です", "data/context/references.bib の鍵に直すか、出典を足してください"),
    "no_source": ("出典がありません", "data/context/references.bib の鍵を書いてください"),
    # data/context
    "whole_yen": ("円の金額として読めません", "桁区切りのない整数の円で書いてください（2339922000）"),
    "signed_yen": ("円の金額として読めません", "桁区切りのない整数の円で書いてください。減らした額やほかへ移した額は負の数です"),
    "mark": ("出典の種類の印ではありません", "A、A–、B、C、本書 のどれかにしてください"),
    "break_kind": ("切れ目の種類ではありません", "範囲、題、分け方 のどれかにしてください"),
    "denominator": ("知らない分母です", "data/README.md の what のどれかにしてください"),
    "item_stage": ("予算書の段階ではありません", "initial、revised、provisional、settled のどれかにしてください"),
    "purpose": ("知らない目的です", "own、public、others、mixed のどれかにしてください"),
    "unmatched": ("対応の付かない理由の種類ではありません", "一部だけ、大きな事業の一部、見つからない のどれかにしてください"),
    "corporate": ("法人番号として読めません",
        "検査用の数字まで合う13桁の数字にするか、空欄にしてください"),
    "unknown_project": ("projects.csv にない事業と年度です",
        "data/context/projects.csv の project と fiscal_year を確かめてください"),
    "budget_sum": ("予算の内訳の合計が、計と合いません", "当初、補正、繰越し、予備費等を出典と比べてください"),
    # what the tables say of each other
    "totals_rows": ("総額の行が{count}行あります", "一行だけにしてください"),
    "area_exceeded": ("分野の金額より、載っている施策の合計（{parts}）が{over}大きくなっています",
        "分野の金額と measures.csv の金額を資料と突き合わせてください"),
    "areas_exceed": ("総額より分野の合計（{parts}）が{over}大きくなっています",
        "totals.csv と areas.csv を資料と突き合わせてください"),
    "measures_exceed": ("総額より、載っている施策の合計（{parts}）が{over}大きくなっています",
        "totals.csv と measures.csv を資料と突き合わせてください"),
    "sheet_year": ("資料の年度（{year}）から離れた年度です", "シートに印刷された年度と比べてください"),
    "wide_tolerance": ("許容幅が大きすぎます（{most}まで）", "述べられた数の最後の桁の一単位までにしてください"),
    "latin": ("英大文字の略称ではありません", "METI のように英大文字だけで書いてください"),
    "area_number": ("分野の番号として読めません", "3 のような数字にしてください"),
    "no_tolerance": ("数に単位か許容幅がありません", "unit と tolerance を書いてください"),
    "zero_division": ("0かもしれない金額で割っています", "割る欄に額があることを確かめてください"),
    "amount_column": ("金額の列の名前ではありません", "document.yaml の columns の名前にしてください"),
    "no_cell": ("計算のもとが見つかりません", "measures/(2)-⑪/列名 の形と番号を確かめてください"),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it is, what stands there, which rule it breaks, and a hint.

    ``row`` is the line of the file as an editor counts it (the header is line 1); None where the whole
    file or column is meant.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    hint: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"{self.row}行目")
        if self.column:
            where.append(f"{self.column}{'列' if self.file.endswith('.csv') else 'の項目'}")
        value = f" 値「{self.value}」" if self.value is not None else ""
        return f"{' '.join(where)}:{value} {self.rule}。{self.hint}"


class DataError(ValueError):
    """A document folder that cannot be read as it is; carries all problems at once.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(problems, 1))
        super().__init__(f"データに{len(problems)}件の問題があります。何も読み込んでいません。\n{lines}")


class Problems(list[Problem]):
    """What was found wrong so far; nothing is returned to a user before all of it is known."""

    def report(
        self, key: str, file: str, row: int | None = None, column: str | None = None, value: str | None = None,
        **told: object,
    ) -> None:  # fmt: skip
        """Note a problem by the key of its rule, whose words are filled in from ``told``."""
        rule, hint = (text.format(**told) for text in RULES[key])
        self.append(Problem(file, row, column, value, rule, hint))

    def stop(self) -> None:
        """Raise :class:`DataError` where there is any problem."""
        if self:
            raise DataError(self)
