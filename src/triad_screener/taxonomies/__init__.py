"""Taxonomy files, and the one way in: `loading.load`."""
