"""What this part puts under « À faire »."""
