"""The demonstration city: synthetic departments, organisations and files that go through the doors real data takes."""
