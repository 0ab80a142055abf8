"""What each person owes, by when."""
