"""The pages of the advisers’ office: parse, call, answer."""
