"""« Espace conseiller »: the pages on which the schemes' advisers search, answer and decide."""
