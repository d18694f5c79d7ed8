"""The audit of a narrative (报告审核): its figures, how they relate, and what the books say of them."""
