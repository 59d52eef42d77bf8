"""Delivers built year sets to shared folders and by mail. It changes no page and delivers nothing twice.

Only files that match `reports/manifest.json` byte for byte are delivered; a ledger records what went to whom.
"""

from helpers.operate.deliver.built import year_sets
from helpers.operate.deliver.configuration import Configuration, Department, Folder, Mail, Recipient, configuration
from helpers.operate.deliver.reminders import remind
from helpers.operate.deliver.run import Delivery, Kind, Outcome, State, deliver

__all__ = [
    "Configuration",
    "Delivery",
    "Department",
    "Folder",
    "Kind",
    "Mail",
    "Outcome",
    "Recipient",
    "State",
    "configuration",
    "deliver",
    "remind",
    "year_sets",
]
