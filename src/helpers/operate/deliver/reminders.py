"""Reminds departments of answers that lack: a letter of its own to each, at most one a day, recorded like every other letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import publish
from helpers.operate.deliver import ledger
from helpers.operate.deliver.configuration import Configuration, Department
from helpers.operate.deliver.ledger import ATTEMPTING, REJECTED, SENT, History, Ledger
from helpers.operate.deliver.letter import POLICY, identity, one_line
from helpers.operate.deliver.mail import Post, Uncertain
from helpers.operate.deliver.run import Delivery, Kind, State, Unrecorded, sentences_of, write_dry
from helpers.terms import Refusal, form, wareki
from helpers.terms.records import records

if TYPE_CHECKING:
    from helpers.terms.collection import Collection  # brings pandas, which a delivery does not need

# A letter of a hundred points is not read; the page of the collection has them all.
MOST_POINTS = 20
SPREADSHEET = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass
class _Reminding:
    configuration: Configuration
    collection: Collection
    forms: Mapping[str, tuple[str, bytes]]
    now: datetime
    dry_run: Path | None
    ledger: Ledger
    done: list[Delivery] = field(default_factory=list)

    @property
    def unit(self) -> str:
        return f"{self.collection.plan.id}/{self.collection.fiscal_year}/{self.collection.stage}"

    def remind(self, post: Post, department: Department, row: Mapping) -> None:
        """Boundary for faults: one letter."""
        key = f"reminder:{department.address.lower()}:{department.name}"
        try:
            history = self.ledger.of(key, self.unit)
            if self.now.date().isoformat() in _days(history):
                self._tell(department, State.ALREADY, "きょうは、もう送っています。")
                return
            message = self._letter(
                department, row, identity(key, self.unit, self.now.date().isoformat(), len(history.sent))
            )
            if self.dry_run:
                name = f"{department.name}-{self.unit}"
                write_dry(message.as_bytes(policy=message.policy), self.dry_run, name, len(self.done) + 1, "eml")
                self._tell(department, State.WRITTEN)
                return
            line = {
                "key": key,
                "recipient": department.name,
                "unit": self.unit,
                "kind": str(Kind.REMINDER),
                "set": sha256(message.get_body(("plain",)).get_content().encode()).hexdigest(),
                "metrics": "",
                "message_id": message["Message-ID"],
                "date": self.now.isoformat(),
            }
            told = post.send(
                message,
                address=department.address,
                ending=lambda: self._record(ATTEMPTING, line),
                rejected=lambda: self._record(REJECTED, line),
            )
            self._record(SENT, line)
            self._tell(department, State.SENT, *told)
        except Uncertain as error:
            self._tell(department, State.FAILED, f"{error}届いたかもしれないので、きょうはもう送りません。")
        except Exception as error:  # noqa: BLE001 — the other letters go on
            self._tell(department, State.FAILED, *sentences_of(error))

    def _letter(self, department: Department, row: Mapping, identity: str) -> EmailMessage:
        sender = self.configuration.mail
        title = f"{self.collection.plan.full_name} {wareki(self.collection.fiscal_year)} 進捗管理表（{form.STAGES[self.collection.stage]}）"
        message = EmailMessage(policy=POLICY)
        message["Subject"] = one_line(f"【回答のお願い】{title}")
        message["From"] = Address(one_line(sender.sender_name or ""), addr_spec=sender.sender)
        message["To"] = Address(one_line(department.name), addr_spec=department.address)
        message["Date"] = format_datetime(self.now)
        message["Message-ID"] = f"<{identity}@{sender.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: asks machines not to answer
        message.set_content("\n".join(self._text(department, row, title)) + "\n", cte="base64")
        if department.attach and department.name in self.forms:
            name, content = self.forms[department.name]
            message.add_attachment(content, maintype=SPREADSHEET[0], subtype=SPREADSHEET[1], filename=name)
            message.set_boundary(f"=={sha256(identity.encode()).hexdigest()[:32]}==")
        message["Content-Language"] = "ja"
        return message

    def _text(self, department: Department, row: Mapping, title: str) -> Iterator[str]:
        collection = self.collection
        yield from (f"{one_line(department.name)} 御中", "")
        lacking = row["asked"] - row["answered"]
        if not row["begun"]:
            yield f"{title}への回答（{row['asked']}件）が、まだ届いていません。"
        elif lacking:
            yield f"{title}への回答のうち、{row['asked']}件中{lacking}件の取組がそろっていません。"
        else:
            yield f"{title}への回答に、確かめたいことがあります。"
        if collection.until:
            late = collection.until < self.now.date().isoformat()
            yield f"回答の期限は {form.day_in_words(collection.until)} {'でした' if late else 'です'}。"
        doubts = collection.doubts
        points = doubts[(doubts["department"] == department.name) & (doubts["weight"] == "open")]
        if row["begun"] and len(points):
            yield from ("", "■ お願いしたいこと")
            for point in records(points.head(MOST_POINTS)):
                measure = "" if point.measure == "not_applicable" else f"{one_line(point.measure)}: "
                place = "" if point.place == "not_applicable" else f"（{one_line(point.place)}）"
                yield f"・{measure}{one_line(point.says)}{place}。→ {one_line(point.ask)}"
            if len(points) > MOST_POINTS:
                yield f"ほか {len(points) - MOST_POINTS} 件"
        if department.attach and department.name in self.forms:
            yield from ("", "様式を添付します。すでに記入を始めているときは、そのファイルをお使いください。")
        contact = f"お問い合わせは {one_line(collection.contact)} へお願いします。" if collection.contact else ""
        yield from ("", "行き違いで送られているときは、ご容赦ください。" + contact)

    def _record(self, event: str, line: Mapping) -> None:
        try:
            self.ledger.add({"event": event, "at": self.now.isoformat(), **line})
        except OSError as error:
            raise Unrecorded(f"{self.ledger.folder}: 配布の記録を書けません（{publish.reason(error)}）。") from None

    def _tell(self, department: Department, state: State, *sentences: str) -> None:
        plan, year = self.collection.plan.id, self.collection.fiscal_year
        self.done.append(Delivery(department.name, "mail", plan, year, Kind.REMINDER, state, sentences))


def _days(history: History) -> set[str]:
    """The days on which a letter went, or may have gone."""
    lines = [*history.sent, *([history.uncertain] if history.uncertain else [])]
    return {line["date"][:10] for line in lines}


def remind(
    configuration: Configuration,
    collection: Collection,
    *,
    forms: Mapping[str, tuple[str, bytes]],
    now: datetime,
    dry_run: Path | None = None,
) -> list[Delivery]:
    """Writes to every department that has not answered all it was asked, or has a point to clear up.

    Args:
        configuration: With the departments' addresses and the mail server.
        collection: What has come back so far.
        forms: The form of each department, as name and content, for those who want it sent along.
        now: Dates the letters.
        dry_run: A folder to write the letters into instead; nothing is sent, and nothing is recorded as sent.

    Raises:
        Refusal: The collection is closed, nobody has an address, a department that lacks has none, or the ledger is of no use.
    """
    if collection.is_closed:
        raise Refusal(f"{wareki(collection.fiscal_year)}の照会は締め切られているので、催促しません。")
    lacking = collection.lacking.to_dict("records")
    known = {one.name: one for one in configuration.department}
    if absent := [row["department"] for row in lacking if row["department"] not in known]:
        raise Refusal(
            f"配布の設定の [[department]] に、{'、'.join(absent)} の宛先がありません。name と address を書いてください。"
        )
    now = now if now.tzinfo else now.astimezone()
    with nullcontext() if dry_run else ledger.alone(configuration.ledger_folder):
        reminding = _Reminding(configuration, collection, forms, now, dry_run, Ledger.read(configuration.ledger_folder))
        if lacking:
            with Post(configuration.mail) as post:
                for row in lacking:
                    reminding.remind(post, known[row["department"]], row)
    return reminding.done
