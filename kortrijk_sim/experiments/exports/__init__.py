"""Results for other programs: CSV, Excel, Parquet and a map of the wijken as GeoJSON."""
