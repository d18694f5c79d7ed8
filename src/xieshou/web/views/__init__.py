"""The pages, one module for each item of the navigation."""
