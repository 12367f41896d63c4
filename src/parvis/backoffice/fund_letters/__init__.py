"""Letters of the funds, from the advisers' side: deposit one, take one back, their types, what became of a campaign."""
