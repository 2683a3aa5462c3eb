"""The rhythm of a day: progress told, risks seen early, delays asked for, the stand-up. Above rituals, below team."""
