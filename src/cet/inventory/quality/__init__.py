"""Data quality: five scores a line, their emission-weighted means, the part of primary data, uncertainty ranges."""
