"""From the neutral document to a file: one small renderer for each format."""
