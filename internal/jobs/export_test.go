package jobs

import "context"

// One does one job, as a worker of the queue would.
func One(ctx context.Context, q *Queue, name string) { _, _ = q.one(ctx, name, q.handlers[name]) }
