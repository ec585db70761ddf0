"""The machine's door: results of searches made elsewhere arrive here, marked as searched before screening."""
