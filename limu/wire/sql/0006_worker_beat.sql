-- When each worker was last at work, so that the centre's first page can say that nobody is.
CREATE TABLE limu.worker_beat (
    worker text PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT limu.register_now(),
    seen_at timestamptz NOT NULL DEFAULT limu.register_now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON limu.worker_beat TO limu_app;
