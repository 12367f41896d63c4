"""« Vos courriers »: the letters of the funds to an establishment."""
