"""Goal check: does a goal name a measure, a value to reach and a deadline, and which words are vague?

    check("提升用户满意度").verdict == "vague"

Everything it knows stands in rules.txt, which a non-programmer can read and change.
"""

from opsloop.engines.language.goalcheck.checking import GoalCheck, VagueWord, check, report, vague_words
from opsloop.engines.language.goalcheck.pieces import Piece
from opsloop.engines.language.goalcheck.quantifying import Quantified, quantify

__all__ = ["GoalCheck", "Piece", "Quantified", "VagueWord", "check", "quantify", "report", "vague_words"]
