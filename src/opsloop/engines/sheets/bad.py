"""A cell that cannot be read: which rule it breaks."""

from __future__ import annotations


class BadCellError(Exception):
    """A cell whose content cannot be taken; `code` and `params` make the sentence in `messages.py`."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
