"""What if: scenarios, runs, their stores and the tables that compare them."""
