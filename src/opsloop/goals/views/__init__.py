"""Pages of goals: the tree and one goal, check-ins, and the scope map."""
