"""Each record finds its subject, or a person decides."""
