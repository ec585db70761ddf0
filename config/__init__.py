"""The wiring: settings, addresses, embedded services. No rule, no model."""
