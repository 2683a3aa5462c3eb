"""The sample department: 14 people, a quarter's goals, 120 tasks and six weeks of hours, all our own.

Loaded by `opsloop demo`, on a clock of its own: every start of a sample installation is the Wednesday
before a holiday with make-up days, so that there is always something to plan.
"""
