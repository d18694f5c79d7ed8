"""Relations: claims compared with each other, in a tree of totals and parts."""
