"""The accounts of an establishment with the funds, by double entry."""
