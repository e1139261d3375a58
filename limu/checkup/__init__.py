"""What an existing site publishes today, held against the law: which records should not be there; it stores nothing."""
