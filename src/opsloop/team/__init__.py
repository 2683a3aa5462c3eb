"""The team's day: who is stuck, overloaded, free or away, and what a lead does about it."""
