"""Tags of the layouts."""
