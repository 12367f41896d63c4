"""Advisers (« conseillers ») of the schemes' operators: who they are, what they may see, and what takes two of them."""
