"""Files of agents: read, previewed line by line, done whole or not at all."""
