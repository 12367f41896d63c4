"""The e-mails of this part."""
