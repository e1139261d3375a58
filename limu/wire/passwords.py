"""Passwords of people: drawn for the first sign-in, hashed by Django's hasher."""

import secrets

# No letters that are read for others: 0 O, 1 l I.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def draw_password() -> str:
    """Draw a password of 16 letters in groups (93 bits), to be told once and changed by its owner."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """Hash a password as Django's sign-in compares it; Django must have been started (wire/accounts.py)."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - Django's settings need the running home

    return make_password(password)
