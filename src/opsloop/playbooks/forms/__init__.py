"""The forms of templates."""
