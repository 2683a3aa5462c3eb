"""What pages and rules ask about collaboration."""
