"""The pages of dossiers, for the establishment and its centralisateurs."""
