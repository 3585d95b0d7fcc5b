"""What the city is: facts and parameters with sources, geography, population synthesis."""
