"""Contacts of the funds, as advisers keep them: dated versions, an end, the days on which nobody answers."""
