"""Documents of a made-up plan in thirty layouts and seven formats; no figure in them is of any city.

Each begins with its name, its file, what has to come out, which is the whole plan's figures or words of the sentence that refuses
it, and the options that `gyokaku new` is given beside the usual ones; passages and tables follow, as they stand in it.
"""

import re
from itertools import groupby
from typing import NamedTuple

from made_up_documents import Block

WRITTEN = """\
symbols ; 資料.txt ; measures 12, achieved 8
架空改革プラン 令和6年度の取組状況
◎：目標を上回る ○：目標どおり △：やや遅れ ×：未着手
| 区分 | ◎ | ○ | △ | × | 計 |
| Ⅰ．市民サービスの向上 | 1 | 4 | 2 | 0 | 7 |
| Ⅱ．財政の健全化 | 0 | 3 | 1 | 1 | 5 |
| 合計 | 1 | 7 | 3 | 1 | 12 |

aligned ; 資料.txt ; expected 20,000,000, actual 19,500,000
架空改革プランの効果額（令和6年度）
（単位：千円）
基本方針            計画額      実績額      増減
1 業務の効率化      12,000      13,500      1,500
2 歳入の確保         8,000       6,000     △2,000
合計                20,000      19,500       △500

five ; 資料.md ; measures 11, achieved 8
令和6年度 進捗状況（5：十分に達成 4：達成 3：概ね達成 2：やや遅れ 1：遅れ）
| 柱 | 5 | 4 | 3 | 2 | 1 | 合計 |
| 1 人材 | 0 | 3 | 2 | 1 | 0 | 6 |
| 2 組織 | 1 | 1 | 1 | 1 | 1 | 5 |
| 合計 | 1 | 4 | 3 | 2 | 1 | 11 |

actual alone ; 資料.csv ; actual 15,000,000
令和6年度の改革効果額
| 取組の柱 | 効果額（千円） |
| 歳出の削減 | 10,500 |
| 歳入の確保 | 4,500 |
| 合計 | 15,000 |

two grades ; 資料.docx ; measures 15, achieved 13
令和6年度実施状況
| 推進項目 | 達成 | 未達成 | 項目数 | 達成率 |
| (1) 行政の効率化 | 8 | 2 | 10 | 80.0% |
| (2) 民間活力の活用 | 5 | 0 | 5 | 100.0% |
| 計 | 13 | 2 | 15 | 86.7% |

words ; 資料.html ; measures 16, achieved 11 ; --achieved 完了,実施中
令和6年度末の進捗
| 重点項目 | 完了 | 実施中 | 検討中 | 未着手 | 計 |
| 電子化 | 3 | 5 | 1 | 1 | 10 |
| 公共施設 | 1 | 2 | 3 | 0 | 6 |
| 合計 | 4 | 7 | 4 | 1 | 16 |

two rows ; 資料.xlsx ; expected 15,000,000, actual 14,500,000
令和6年度の効果額
（単位：万円）
| 基本方針 | 区分 | 金額 |
| 1 事務の見直し | 計画 | 1200 |
|  | 実績 | 1000 |
| 2 補助金の見直し | 計画 | 300 |
|  | 実績 | 450 |
| 合計 | 計画 | 1500 |
|  | 実績 | 1450 |

oku ; 資料.txt ; expected 1,550,000,000, actual 1,550,000,000
令和6年度 行革効果（単位：億円）
| 項目 | 目標額 | 決算額 | 達成率 |
| 人件費の適正化 | 12.5 | 13.1 | 104.8% |
| 資産の活用 | 3.0 | 2.4 | 80.0% |
| 合計 | 15.5 | 15.5 | 100.0% |

groups ; 資料.xlsx ; expected 10,000,000, actual 10,500,000
令和6年度実績
単位：千円
| 区分 | 計画額 | 実績額 | 差引 |
| 【歳入】 |  |  |  |
| 市税収入の確保 | 5,000 | 5,200 | 200 |
| 使用料の見直し | 1,000 | 900 | -100 |
| 歳入 小計 | 6,000 | 6,100 | 100 |
| 【歳出】 |  |  |  |
| 人件費の抑制 | 4,000 | 4,400 | 400 |
| 歳出 小計 | 4,000 | 4,400 | 400 |
| 合計 | 10,000 | 10,500 | 500 |

memo ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度の効果額（単位：千円）
| 基本方針 | 見込額 | 実績額 |
| 1 歳入の確保 | 5,000 | 5,200 |
| （うち使用料） | 1,000 | 900 |
| 2 歳出の削減 | 4,000 | 4,400 |
| 合計 | 9,000 | 9,600 |
| ※参考：前年度 | 8,000 | 8,100 |

years ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度までの実績（単位：千円）
| 基本方針 | 令和5年度 実績額 | 令和6年度 計画額 | 令和6年度 実績額 |
| 1 歳入の確保 | 4,800 | 5,000 | 5,200 |
| 2 歳出の削減 | 4,100 | 4,000 | 4,400 |
| 合計 | 8,900 | 9,000 | 9,600 |

both ; 資料.docx ; measures 11, achieved 10, expected 15,000,000, actual 16,000,000
令和6年度取組結果
| 方針 | A | B | C | 計 |
| 1 人 | 2 | 3 | 1 | 6 |
| 2 物 | 1 | 4 | 0 | 5 |
| 合計 | 3 | 7 | 1 | 11 |
A：計画以上 B：計画どおり C：計画に遅れ
効果額（単位：百万円）
| 方針 | 見込額 | 実績額 |
| 1 人 | 10 | 12 |
| 2 物 | 5 | 4 |
| 合計 | 15 | 16 |

in cells ; 資料.html ; expected 2,000,000, actual 2,200,000
令和6年度の効果額
| 取組 | 効果見込額 | 実績効果額 |
| 1 印刷費の削減 | 1,200千円 | 1,500千円 |
| 2 広告収入 | 800千円 | 700千円 |
| 合計 | 2,000千円 | 2,200千円 |

negative ; 資料.csv ; expected 3,000,000, actual 2,100,000
令和6年度（単位：千円）
| 方針 | 計画額 | 実績額 | 差額 |
| 1 電算 | 1,000 | △500 | △1,500 |
| 2 施設 | 2,000 | 2,600 | 600 |
| 計 | 3,000 | 2,100 | △900 |

dashes ; 資料.txt ; measures 9, achieved 8 ; --achieved S,A,B
令和6年度 評価結果
| 施策 | S | A | B | C | 対象外 | 合計 |
| 1 窓口 | － | 3 | 2 | － | 1 | 6 |
| 2 情報 | 1 | 2 | － | 1 | － | 4 |
| 合計 | 1 | 5 | 2 | 1 | 1 | 10 |

no numbers pdf ; 資料.pdf ; expected 9,000,000, actual 8,500,000
令和6年度の改革効果額（単位：千円）
| 改革の柱 | 目標額 | 実績額 | 達成率 |
| 歳入の確保 | 5,000 | 5,500 | 110.0% |
| 歳出の抑制 | 4,000 | 3,000 | 75.0% |
| 合計 | 9,000 | 8,500 | 94.4% |

circled ; 資料.txt ; measures 9, achieved 8
令和6年度
| 基本目標 | 達成 | 概ね達成 | 未達成 | 計 |
| ① 市民とともに | 3 | 2 | 0 | 5 |
| ② 次代につなぐ | 1 | 2 | 1 | 4 |
| 合計 | 4 | 4 | 1 | 9 |

no total ; 資料.txt ; 合計の行がありません
令和6年度の効果額（単位：千円）
| 基本方針 | 見込額 | 実績額 |
| 1 歳入 | 5,000 | 5,200 |
| 2 歳出 | 4,000 | 4,400 |

no unit ; 資料.txt ; --unit
令和6年度の効果額
| 基本方針 | 見込額 | 実績額 |
| 1 歳入 | 5,000 | 5,200 |
| 2 歳出 | 4,000 | 4,400 |
| 合計 | 9,000 | 9,600 |

two plans ; 資料.txt ; --column
令和6年度の効果額（単位：千円）
| 基本方針 | 当初計画額 | 変更後計画額 | 実績額 |
| 1 歳入 | 5,000 | 6,000 | 5,200 |
| 2 歳出 | 4,000 | 4,500 | 4,400 |
| 合計 | 9,000 | 10,500 | 9,600 |

letters ; 資料.txt ; --achieved
令和6年度
| 方針 | A | B | C | D | 計 |
| 1 甲 | 2 | 3 | 1 | 0 | 6 |
| 2 乙 | 1 | 4 | 0 | 1 | 6 |
| 合計 | 3 | 7 | 1 | 1 | 12 |

wrong sum ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度の効果額（単位：千円）
| 基本方針 | 見込額 | 実績額 |
| 1 歳入 | 5,000 | 5,200 |
| 2 歳出 | 4,000 | 4,400 |
| 合計 | 9,000 | 9,700 |

no table ; 資料.txt ; 読める表がありません
令和6年度の効果は大きかった。
次の年度も続ける。

other year ; 資料.txt ; 令和5年度
令和5年度の効果額（単位：千円）
| 基本方針 | 見込額 | 実績額 |
| 1 歳入 | 5,000 | 5,200 |
| 合計 | 5,000 | 5,200 |

shares beside ; 資料.txt ; measures 11, achieved 10 ; --achieved A,B
令和6年度
| 方針 | A 件数 | A 割合 | B 件数 | B 割合 | C 件数 | C 割合 | 計 |
| 1 甲 | 2 | 33.3% | 3 | 50.0% | 1 | 16.7% | 6 |
| 2 乙 | 1 | 20.0% | 4 | 80.0% | 0 | 0.0% | 5 |
| 合計 | 3 | 27.3% | 7 | 63.6% | 1 | 9.1% | 11 |

only total ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度の効果額（単位：千円）
| 区分 | 見込額 | 実績額 |
| 合計 | 9,000 | 9,600 |

grades below one another ; 資料.docx ; measures 74, achieved 62
令和6年度の評価結果
| 評価 | 取組数 | 割合 |
| A 計画以上 | 16 | 21.6% |
| B 計画どおり | 46 | 62.2% |
| C 計画に遅れ | 12 | 16.2% |
| 合計 | 74 | 100.0% |

policies beside one another ; 資料.xlsx ; measures 16, achieved 15
令和6年度の評価結果
| 評価 | 1 人材 | 2 財政 | 計 |
| 達成 | 6 | 4 | 10 |
| 概ね達成 | 2 | 3 | 5 |
| 未達成 | 1 | 0 | 1 |
| 計 | 9 | 7 | 16 |

numbers in a column ; 資料.csv ; expected 9,000,000, actual 9,600,000
令和6年度（単位：千円）
| No. | 基本方針 | 計画額 | 実績額 |
| 1 | 歳入の確保 | 5,000 | 5,200 |
| 2 | 歳出の抑制 | 4,000 | 4,400 |
|  | 合計 | 9,000 | 9,600 |

sub items ; 資料.txt ; 行が二つ以上
令和6年度の効果額（単位：千円）
| 基本方針 | 項目 | 見込額 | 実績額 |
| 1 歳入 | 市税 | 3,000 | 3,200 |
|  | 使用料 | 2,000 | 2,000 |
| 2 歳出 | 人件費 | 4,000 | 4,400 |
| 合計 |  | 9,000 | 9,600 |

prefix ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度実績（単位：千円）
| 基本方針 | 計画額（A） | 実績額（B） | 差（B－A） | 達成率（B／A） |
| 基本方針１ 歳入の確保 | 5,000 | 5,200 | 200 | 104.0% |
| 基本方針２ 歳出の抑制 | 4,000 | 4,400 | 400 | 110.0% |
| 合計 | 9,000 | 9,600 | 600 | 106.7% |

reverse ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度実績（単位：千円）
| 基本方針 | 実績額 | 計画額 | 対計画比 |
| 歳入の確保 | 5,200 | 5,000 | 104.0% |
| 歳出の抑制 | 4,400 | 4,000 | 110.0% |
| 合計 | 9,600 | 9,000 | 106.7% |

cumulative ; 資料.txt ; expected 9,000,000, actual 9,600,000
令和6年度実績（単位：千円）
| 基本方針 | 計画額 | 実績額 | 累計実績額 |
| 歳入の確保 | 5,000 | 5,200 | 15,000 |
| 歳出の抑制 | 4,000 | 4,400 | 12,000 |
| 合計 | 9,000 | 9,600 | 27,000 |

progress rate ; 資料.txt ; measures 11, achieved 8
令和6年度の進捗
| 施策 | S 大きく達成 | A 達成 | B 一部未達成 | C 未達成 | 計 | 達成率 |
| 1 甲 | 1 | 4 | 1 | 0 | 6 | 83.3% |
| 2 乙 | 0 | 3 | 2 | 0 | 5 | 60.0% |
| 計 | 1 | 7 | 3 | 0 | 11 | 72.7% |

given unit ; 資料.txt ; expected 9,000,000, actual 9,600,000 ; --unit 千円
令和6年度の効果額
| 基本方針 | 見込額 | 実績額 |
| 1 歳入 | 5,000 | 5,200 |
| 2 歳出 | 4,000 | 4,400 |
| 合計 | 9,000 | 9,600 |

given column ; 資料.txt ; expected 9,000,000, actual 9,600,000 ; --column 当初計画額=expected --column 変更後計画額=ignored
令和6年度の効果額（単位：千円）
| 基本方針 | 当初計画額 | 変更後計画額 | 実績額 |
| 1 歳入 | 5,000 | 6,000 | 5,200 |
| 2 歳出 | 4,000 | 4,500 | 4,400 |
| 合計 | 9,000 | 10,500 | 9,600 |

proved column ; 資料.txt ; expected 10,500,000, actual 9,600,000
令和6年度の効果額（単位：千円）
| 基本方針 | 当初計画額 | 変更後計画額 | 実績額 | 差 |
| 1 歳入 | 5,000 | 6,000 | 5,200 | △800 |
| 2 歳出 | 4,000 | 4,500 | 4,400 | △100 |
| 合計 | 9,000 | 10,500 | 9,600 | △900 |

circle words ; 資料.txt ; measures 9, achieved 8
令和6年度
| 取組方針 | ◎達成 | ○概ね達成 | △遅れ | 計 |
| 甲 | 3 | 2 | 0 | 5 |
| 乙 | 1 | 2 | 1 | 4 |
| 合計 | 4 | 4 | 1 | 9 |

years over merged columns ; 資料.xlsx ; expected 9,000,000, actual 9,600,000
令和6年度の結果（単位：千円）
| 方針 | 令和6年度 |  | 令和5年度 |  |
|  | 計画額 | 実績額 | 計画額 | 実績額 |
| 歳入の確保 | 5,000 | 5,200 | 4,000 | 4,100 |
| 歳出の抑制 | 4,000 | 4,400 | 3,000 | 3,300 |
| 合計 | 9,000 | 9,600 | 7,000 | 7,400 |

letters with a word ; 資料.txt ; measures 11, achieved 10
令和6年度
A評価：目標を達成、B評価：概ね達成、C評価：未達成
| 方針 | A評価 | B評価 | C評価 | 計 |
| 甲 | 2 | 3 | 1 | 6 |
| 乙 | 1 | 4 | 0 | 5 |
| 合計 | 3 | 7 | 1 | 11 |

roman grades ; 資料.csv ; measures 11, achieved 10
令和6年度
| 方針 | Ⅰ（達成） | Ⅱ（概ね達成） | Ⅲ（未達成） | 計 |
| 甲 | 2 | 3 | 1 | 6 |
| 乙 | 1 | 4 | 0 | 5 |
| 合計 | 3 | 7 | 1 | 11 |

long words alike ; 資料.html ; measures 11, achieved 10
令和6年度
| 方針 | 計画どおり進捗している | 計画どおり進捗していない | 計 |
| 甲 | 5 | 1 | 6 |
| 乙 | 5 | 0 | 5 |
| 合計 | 10 | 1 | 11 |

going on ; 資料.txt ; --achieved
令和6年度末の進捗
| 重点項目 | 完了 | 実施中 | 未着手 | 計 |
| 電子化 | 3 | 5 | 1 | 9 |
| 合計 | 3 | 5 | 1 | 9 |

bold and a unit in the corner ; 資料.md ; expected 9,000,000, actual 9,600,000
# 令和6年度の効果額
| **基本方針** | **見込額** | **実績額**（千円） |
| 1 歳入 | 5,000 | 5,200 |
| 2 歳出 | 4,000 | 4,400 |
| **合計** | **9,000** | **9,600** |

rates without a sign ; 資料.xlsx ; expected 9,000,000, actual 9,600,000
令和6年度の結果（単位：千円）
| 方針 | 計画額 | 実績額 | 達成率(%) | 構成比 |
| 歳入の確保 | 5,000 | 5,200 | 104.0 | 0.541666666667 |
| 歳出の抑制 | 4,000 | 4,400 | 110.0 | 0.458333333333 |
| 合計 | 9,000 | 9,600 | 106.7 | 1 |

a rate that is wrong in one row ; 資料.csv ; expected 9,000,000, actual 9,600,000
令和6年度の結果（単位：千円）
| 方針 | 計画額 | 実績額 | 達成率 |
| 歳入の確保 | 5,000 | 5,200 | 104.0% |
| 歳出の抑制 | 4,000 | 4,400 | 101.0% |
| 合計 | 9,000 | 9,600 | 106.7% |

two units ; 資料.txt ; 金額の単位が二通りあります（千円・百万円）
令和6年度の結果（単位：千円）
| 方針 | 計画額（千円） | 実績額（百万円） | 差引 |
| 市民 | 100 | 150 | 50 |
| 財政 | 200 | 250 | 50 |
| 合計 | 300 | 400 | 100 |

results not there yet ; 資料.xlsx ; 読める表がありません
令和6年度の計画（単位：千円）
| 方針 | 計画額 | 実績額 |
| 市民 | 100 |  |
| 財政 | 200 |  |
| 合計 | 300 |  |

another table below that has no heading ; 資料.docx ; expected 300,000, actual 400,000
令和6年度の結果（単位：千円）
| 方針 | 計画額 | 実績額 |
| 市民 | 100 | 150 |
| 財政 | 200 | 250 |
| 合計 | 300 | 400 |
前年度は次のとおり。
| 市民活動 | 90 | 110 |
| 財政運営 | 180 | 190 |
"""


class Made(NamedTuple):
    """A document of the table."""

    file: str
    blocks: list[Block]
    wanted: dict[str, int] | str
    options: tuple[str, ...]


def _kind(line: str) -> str:
    """`row` of a table, `aligned` with spaces as a line of one, or a `passage`."""
    return "row" if line.startswith("|") else "aligned" if "   " in line else "passage"


def _blocks(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    for kind, of_kind in groupby(lines, key=_kind):
        if kind == "row":
            found.append([[cell.strip() for cell in line[1:-1].split("|")] for line in of_kind])
        elif kind == "aligned":
            found.append("\n".join(of_kind))
        else:
            found += of_kind
    return found


def _layouts(written: str) -> dict[str, Made]:
    made = {}
    for document in written.strip().split("\n\n"):
        about, *lines = document.split("\n")
        name, file, wanted, *options = about.split(" ; ")
        numbers = re.findall(r"([a-z]+) (\d[\d,]*)", wanted)
        figures = {figure: int(value.replace(",", "")) for figure, value in numbers}
        made[name] = Made(file, _blocks(lines), figures or wanted, tuple(" ".join(options).split()))
    return made


LAYOUTS = _layouts(WRITTEN)
