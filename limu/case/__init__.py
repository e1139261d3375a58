"""Cases between a subject and the body that decided: receipt, clock, documents, reasons, letters and their service."""
