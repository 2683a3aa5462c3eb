"""What a project carries besides its tasks: key nodes, risks, updates, budget."""
