"""Contacts by fund and by who asks: what is known, when somebody answers, and who changes it."""
