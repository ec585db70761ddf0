"""Replays scenario files: each is driven through the real acts in a throw-away database, and the gate is asked. Never the live one."""
