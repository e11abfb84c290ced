"""Custom key stores: keys whose material is held, or also held, outside of Strongroom."""
