"""Organization: the nouns all modules share."""
