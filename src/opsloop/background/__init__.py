"""Work that nobody waits for: a queue on our own database, timers, and the workers that do it (docs/adr/0027)."""
