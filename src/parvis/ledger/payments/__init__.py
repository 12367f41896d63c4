"""What the bank says came in: read, matched to an establishment and a due date, or left to an adviser."""
