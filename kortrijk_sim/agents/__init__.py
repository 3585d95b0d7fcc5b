"""Who lives in the city: columns, rules, and the Mesa view of household, senior, student and firm."""
