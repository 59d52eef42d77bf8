"""A published figure known to be wrong, put right in the open."""

import dataclasses
from fractions import Fraction

from helpers.terms import UNITS_IN_YEN, Refusal
from helpers.terms.tables import Frames


def corrected(frames: Frames) -> Frames:
    """The frames with every correction of `corrections.csv` applied; the frames given stay as they are.

    Raises:
        Refusal: A correction names a row that is not there, or an old value that the row does not hold.
    """
    tables = frames.tables()
    faults = []
    for line, correction in frames.corrections.iterrows():
        table = tables[correction["table"]]
        row = table.index[table["locator"] == correction["locator"]]
        held = [str(value) for value in table.loc[row, correction["column"]]] if correction["column"] in table else []
        if held != [correction["old"]]:
            found = f"「{'、'.join(held)}」" if held else "その位置の行がない"
            faults.append(
                f"corrections.csv {line}行: {correction['table']}.csv の {correction['locator']} の値は"
                f"「{correction['old']}」のはずですが、{found}です。資料が直されたなら、この訂正の行を消してください。"
            )
            continue
        table = table.copy()
        new = correction["new"]
        table.loc[row, correction["column"]] = int(new) if correction["column"] == "measures" else new
        if correction["table"] == "effects":
            unit = UNITS_IN_YEN[table.loc[row[0], "unit"]]
            table.loc[row, "amount_yen"] = int(Fraction(new) * unit)
        tables[correction["table"]] = table
    if faults:
        raise Refusal(*faults)
    return dataclasses.replace(frames, **tables)
