"""Built year sets → a shared folder, a mail. It alters no page, and hands nothing over twice.

What is handed over is what `reports/manifest.json` says was built, byte for byte; what to whom is kept in a ledger.
"""

from helpers.deliver.built import year_sets
from helpers.deliver.configuration import Configuration, Folder, Mail, Recipient, configuration
from helpers.deliver.run import Delivery, Kind, Outcome, State, deliver

__all__ = [
    "Configuration",
    "Delivery",
    "Folder",
    "Kind",
    "Mail",
    "Outcome",
    "Recipient",
    "State",
    "configuration",
    "deliver",
    "year_sets",
]
