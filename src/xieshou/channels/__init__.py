"""The channels of assistance, one folder each; none imports another."""
