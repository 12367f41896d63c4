"""One establishment, as advisers of its funds see it: how it stands, and what they may do about it."""
