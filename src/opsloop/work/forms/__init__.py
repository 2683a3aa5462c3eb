"""The forms of work, one file a noun, and how a repetition is said in words."""
