"""The law as data: load a pack, read what is in force."""
