"""The home after signing in: what is to be done, what came, the services, the next obligations, the news."""
