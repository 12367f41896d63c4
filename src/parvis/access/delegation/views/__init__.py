"""The pages of delegations: the giver's list, the one page of both sides, the proposal, the acts."""
