"""Sign-in of officers: password, second factor, passkey, outside identity; it knows who someone is and no record."""
