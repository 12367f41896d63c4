"""What came: notices to people, at once, in a digest or never, as each of them chose; and the unsubscribing."""
