"""The replicated application: what every validator computes, and the two drivers that bring it blocks."""
