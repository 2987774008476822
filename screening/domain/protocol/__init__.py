"""The protocol: questions, rules and sources as one reviewed file, and how answers are read by it."""
