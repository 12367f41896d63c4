"""All accounts and rights in a file: downloaded, edited in a spreadsheet, imported after a preview."""
