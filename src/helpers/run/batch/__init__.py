"""Plans, years and pages → what is due, built and published, one year set at a time; a manifest of what stands.

A year set is all that is published of one plan and year. It is published whole, or the former one stays. What departments are
asked and answer has sets of its own, in a tree of its own.
"""

from helpers.run.batch.due import pages
from helpers.run.batch.folders import Busy, Folders
from helpers.run.batch.reasons import Awaited, Due, awaited, plan_of_work
from helpers.run.batch.results import Outcome, Result, State, named
from helpers.run.batch.run import Asked, build, printed
from helpers.run.batch.trees import TREES, Tree

__all__ = [
    "TREES",
    "Asked",
    "Awaited",
    "Busy",
    "Due",
    "Folders",
    "Outcome",
    "Result",
    "State",
    "Tree",
    "awaited",
    "build",
    "named",
    "pages",
    "plan_of_work",
    "printed",
]
