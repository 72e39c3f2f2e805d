package db

// Queued tells how many functions wait for their turn to write; always 0 on PostgreSQL, which has no queue.
func (d *DB) Queued() int {
	if e, ok := d.engine.(*sqliteEngine); ok {
		return len(e.queue.jobs)
	}
	return 0
}

// Closing tells whether Close has been called.
func (d *DB) Closing() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.closed
}
