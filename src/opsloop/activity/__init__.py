"""What happened: domain events (the history), undo, submission keys, the job centre, live refresh.

Lies below every domain package, so events name people and departments by plain ids: history must
outlive what it speaks of.
"""
