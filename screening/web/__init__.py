"""Around every request: who may come in, how much, with which session, and what goes out with the answer."""
