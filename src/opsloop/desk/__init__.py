"""Pages that mix domains: Today, the palette, search, quick-add, the recycle bin, the job centre."""
