"""Papers: what leaves the system to be read and printed, described once and made as PDF, Word or Markdown."""
