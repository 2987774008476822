"""The front desk's pages: the day's queue, and each appointment with what there is to do for it."""
