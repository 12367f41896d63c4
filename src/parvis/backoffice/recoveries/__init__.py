"""« Retrouver l’accès » as advisers see it: the queue, one request, its proofs."""
