"""What time was spent on. Not called `time`: that would shadow the standard library."""
