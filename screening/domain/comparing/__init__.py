"""What a changed protocol would change: rule by rule in words, and on real answers. Pure."""
