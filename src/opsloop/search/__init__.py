"""Search: one index over everything that has a title, in Chinese, pinyin and initials, on both databases."""
