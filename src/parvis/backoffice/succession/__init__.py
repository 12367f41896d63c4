"""An establishment takes another's place: prepared by an adviser, shown as a preview, decided by a second one.

It always takes two: whoever administers either side administers the accounts of both afterwards.
"""
