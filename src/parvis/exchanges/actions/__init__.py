"""Every write of exchanges: drafts and sending, the establishment's side of a thread, the fund's side."""
