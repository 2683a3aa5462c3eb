"""Opsloop 有序: the system an operations department lives in."""

__version__ = "0.1.0"
