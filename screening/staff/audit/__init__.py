"""The page of events, for the clinical lead and who looks after accounts."""
