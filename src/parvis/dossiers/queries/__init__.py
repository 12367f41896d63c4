"""What is read of dossiers, ready to show."""
