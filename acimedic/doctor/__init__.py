"""What the bot may and may not do, and whether all that it needs is in order.

Readings give values, judgement turns values into findings (pure), and each finding that is not well says how to repair
it. Nothing here changes Azure.
"""
