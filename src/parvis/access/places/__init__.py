"""Several establishments: where a person may go, and renewing somebody in all that one administers."""
