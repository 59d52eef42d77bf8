"""Plans, years and pages → what is due, built and published, one year set at a time; a manifest of what stands.

A year set is all that is published of one plan and year. It is published whole, or the former one stays.
"""

from helpers.run.batch.folders import Busy, Folders
from helpers.run.batch.reasons import Awaited, Due, awaited, plan_of_work
from helpers.run.batch.results import Outcome, Result, State
from helpers.run.batch.run import Asked, build, printed

__all__ = [
    "Asked",
    "Awaited",
    "Busy",
    "Due",
    "Folders",
    "Outcome",
    "Result",
    "State",
    "awaited",
    "build",
    "plan_of_work",
    "printed",
]
