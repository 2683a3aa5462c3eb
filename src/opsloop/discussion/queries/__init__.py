"""What is read of talk: who may follow it, what was said, which files there are, who watches."""
