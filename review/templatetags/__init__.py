"""Template tags of the pages: USWDS markup, written once."""
