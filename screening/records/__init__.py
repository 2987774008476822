"""The only writer. Each function is one thing that happens in a clinic; each leaves an event in the same transaction.

Call them inside `with writing():`, which commits once, and only if everything succeeded.
"""
