"""The trace of every read that is not public: who looked, at what, why; written before the data leaves."""
