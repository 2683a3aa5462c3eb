"""Plans: proposals computed by the engine, and the placements people accepted."""
