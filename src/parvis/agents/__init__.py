"""The public agents whom employers declare: who they are, their affiliations, their bases month by month."""
