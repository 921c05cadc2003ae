"""Read decisions from filled-in review workbooks and merge all decisions of a round."""
