"""携手: paired assistance work from the office's workbooks to figures with proof."""
