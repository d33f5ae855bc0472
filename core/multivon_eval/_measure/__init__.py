"""What results say in numbers: sums, comparisons, decisions, and whether a judge may be believed."""
