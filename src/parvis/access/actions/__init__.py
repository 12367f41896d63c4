"""Every way to write an account. One action: check, write, one journal event, messages queued, all or nothing."""
