"""Where to build care villages: candidate sites, optimal choices among them, their scores and their proof."""
