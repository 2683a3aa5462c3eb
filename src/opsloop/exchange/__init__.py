"""Tables in and out: files become task sheets, and plans become workbooks."""
