"""When contributions are due, what being late costs, and everything an establishment must do between two dates."""
