"""Notices 通知: sent to an audience, confirmed by each of them, chased in working time (docs/adr/0033)."""
