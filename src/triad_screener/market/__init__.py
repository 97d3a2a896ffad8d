"""What was known on a day, as columns: prices, statements, share counts, rates.

An observation is one stock on one day. A `Selection` holds many of them; whatever is
asked of it comes as a `Column`: one number for every observation, or the reason why
there is none, and for each the rows of the figures that it was made from.
"""
