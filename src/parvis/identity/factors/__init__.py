"""Second factors: authenticator app, passkeys, codes by telephone, recovery codes; asking for one, adding, removing."""
