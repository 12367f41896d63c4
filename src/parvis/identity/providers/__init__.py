"""Signing in through an identity provider (OpenID Connect, authorization code with PKCE).

`catalogue` which providers there are · `client` what is asked of one over the network · `tokens` what is believed of
its answers · `states` a sign-in under way · `identify` all three together · `pending` an account to be linked ·
`actions` what is written · `leaving` signing out there too · `views`.
"""
