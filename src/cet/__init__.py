"""Carbon Emissions Token: from a company's activity data to tokens that refer to each other, exactly."""
