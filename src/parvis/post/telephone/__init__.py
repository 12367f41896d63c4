"""SMS and voice: one interface for what leaves by telephone, whoever carries it.

A package above registers a `Letter` whose `write` returns a `Call`; it asks `available` before it offers a channel, and
`spend` in the transaction that queues.
"""

from parvis.post.telephone.calls import Call, Channel
from parvis.post.telephone.carrier import available
from parvis.post.telephone.expense import spend

__all__ = ["Call", "Channel", "available", "spend"]
