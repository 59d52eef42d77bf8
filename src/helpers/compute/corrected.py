"""Published figures known to be wrong, corrected where every reader can see it."""

import dataclasses
from collections.abc import Mapping

import pandas as pd

from helpers.terms import Refusal, in_yen, quoted
from helpers.terms.frames import Frames


def corrected(frames: Frames) -> Frames:
    """The frames with every correction of `corrections.csv` applied; the frames given stay as they are.

    One line of the document may hold several numbers (74件のうち62件); the old value says which one is meant.

    Raises:
        Refusal: A correction names a place that does not exist or is ambiguous, an old value that is not in the
            document, or a new value that the cell cannot hold.
    """
    if frames.corrections.empty:
        return frames
    tables = {name: table.copy() for name, table in frames.tables().items()}
    faults = []
    for line, correction in frames.corrections.iterrows():
        try:
            _apply(tables[correction["table"]], frames.tables()[correction["table"]], correction)
        except Refusal as refusal:
            faults.append(f"corrections.csv {line}行: {refusal}")
    if faults:
        raise Refusal(*faults)
    return dataclasses.replace(frames, **tables)


def _apply(table: pd.DataFrame, received: pd.DataFrame, correction: pd.Series) -> None:
    """Puts the new value into the table, where the table as received holds the old one."""
    name, locator, column = correction["table"], correction["locator"], correction["column"]
    place = f"{name}.csv の {locator}"
    if column not in received:
        raise Refusal(f"{name}.csv に列 {column} はありません。直す列を確かめてください。")
    held = received.loc[received["locator"] == locator, column].astype(str)
    rows = held.index[held == correction["old"]]
    if len(rows) != 1:
        found = f"「{'、'.join(held)}」" if len(held) else "その位置の行がない"
        raise Refusal(
            f"{place} の値は「{quoted(correction['old'])}」のはずですが、{found}です。"
            "資料が直されたなら、この訂正の行を消してください。"
        )
    row, new = rows[0], correction["new"]
    if column == "measures" and not new.isdigit():
        raise Refusal(f"{place} の正しい値「{quoted(new)}」は件数ではありません。0以上の整数で書いてください。")
    table.loc[row, column] = int(new) if column == "measures" else new
    if name == "effects":
        amount_yen, precision_yen = in_yen(new, table.loc[row, "unit"])
        table.loc[row, ["amount_yen", "precision_yen"]] = [amount_yen, precision_yen]


def corrected_by_year(years: Mapping[int, Frames]) -> dict[int, Frames]:
    """Each year with its own corrections applied."""
    return {year: corrected(frames) for year, frames in years.items()}
