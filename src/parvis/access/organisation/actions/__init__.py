"""What the administrators of an organisation do: who works for whom, portfolios, proposals to many, reminders."""
