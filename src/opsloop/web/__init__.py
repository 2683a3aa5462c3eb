"""The page frame, components, htmx and http helpers, styles and scripts that every package's pages use."""
