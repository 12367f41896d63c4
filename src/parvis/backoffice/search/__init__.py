"""Search of establishments and people, for an adviser: one box, one letter wrong forgiven."""
