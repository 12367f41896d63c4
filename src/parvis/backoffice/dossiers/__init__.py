"""« Demandes »: the queue of dossiers by fund, and one dossier as advisers examine and decide it."""
