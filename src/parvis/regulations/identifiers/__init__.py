"""Identifiers of employers, people and accounts: what makes one right, and why it is not."""
