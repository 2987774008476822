"""What the product exists for, without web and database: the protocol, flags, decisions, states, earlier answers."""
