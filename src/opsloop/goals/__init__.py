"""Goals and their key results: what the work is for."""
