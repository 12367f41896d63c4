"""The advisers' side of news: writing, seeing it as it will look, publishing, pinning, withdrawing."""
