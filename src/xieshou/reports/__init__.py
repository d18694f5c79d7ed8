"""Reports that cite their figures (documents), blank tables filled (filling), narratives audited (audit)."""
