"""What keeps the product running: whether it is well, how it starts, and its backups."""
