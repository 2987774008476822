"""The clinical lead's workshop: the protocol to read and sign, and what it does to real answers."""
