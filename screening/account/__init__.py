"""Signing in, and one's own account; for those who look after accounts, everybody's."""
