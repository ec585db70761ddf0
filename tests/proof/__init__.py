"""What is proven, beyond examples: attacks from the catalogue, races, and a model of the workflow that knows nothing of the application."""
