"""The frame every page stands in: head, foot, language, elder edition, request number, rate limit, errors."""
