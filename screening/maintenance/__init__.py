"""What keeps the records: proving the chain of events, turning keys, and removing content at the end of its time."""
