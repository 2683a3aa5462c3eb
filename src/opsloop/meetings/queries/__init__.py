"""What pages and rules ask about meetings."""
