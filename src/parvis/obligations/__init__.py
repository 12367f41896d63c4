"""« Échéancier »: what an establishment must do for the funds, by when, and whether it is done."""
