"""Jobs: what takes longer than a page may, done by workers that may die."""
