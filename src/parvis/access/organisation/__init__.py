"""What an organisation does with the delegations it received: who works for whom, portfolios, proposals to many."""
