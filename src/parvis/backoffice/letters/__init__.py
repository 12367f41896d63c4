"""« Courriers à imprimer »: the letters on paper that wait for a printer, and those that left."""
