"""The questions as pages: what is asked next, the forms made from the protocol, the unfinished answers between pages.

Whoever fills it in, a patient or somebody of the desk on the phone, is asked the same and judged by the same fields.
"""
