"""Formulas on arrays. Pure functions; they know nothing of companies."""
