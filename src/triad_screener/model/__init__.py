"""The nouns. Every value is frozen; nothing here reads, writes or prints.

Taxonomy ── Pillars, Layers, Constituents with Exposures, Watchlist, Recipes, Sources
MarketData ── what a source knows: a LineData per ticker, FX rates, warnings
Quantity ── a number with its unit and the Figures it was made from
Factor ── a named, cited measure of one property of a line
Measured ── the raw value of a factor, or the Gap that stands in its place
CrossSection ── the raw values of all lines on one date
Scores ── z-scores, composites, ranks, pillar lists and Baskets
Screen ── all of the above for one date: the answer
Report, Document ── the answer arranged for a reader, and rendered
"""
