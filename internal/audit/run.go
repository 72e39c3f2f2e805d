package audit

import (
	"context"
	"errors"
	"time"
)

// Stats tells how the sequencer is doing, for metrics and readiness.
type Stats struct {
	Chained        int64     // entries chained by this instance
	LastChained    time.Time // when it last chained any
	Failures       int64     // rounds of work that ended in an error
	Alarms         int64     // times it met something wrong
	LastCheckpoint time.Time // of this instance
}

// Stats are counted since New.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

func (l *Log) count(chained int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Chained += int64(chained)
	l.stats.LastChained = l.clock.Now()
}

// lastWork is how long Run works on after it was told to end.
const lastWork = 10 * time.Second

// Run chains entries and writes a checkpoint each hour until ctx ends; then it chains what is left, writes a last checkpoint and
// returns the error of that, if any. Every instance runs it; a lease sees to it that one at a time chains.
func (l *Log) Run(ctx context.Context) error {
	ticker := time.NewTicker(l.interval)
	defer ticker.Stop()
	failing := false
	for {
		err := l.tick(ctx)
		switch {
		case ctx.Err() != nil: // whatever it was, the last round tries again
		case err != nil && !failing:
			l.logger.Error("the audit log is not chained", "err", err)
		case err == nil && failing:
			l.logger.Info("the audit log is chained again")
		}
		failing = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return l.finish(ctx)
		}
	}
}

// tick is one round: chain all that waits, and write a checkpoint when it is time.
func (l *Log) tick(ctx context.Context) error {
	err := l.drain(ctx)
	if l.checkpointDue() {
		err = errors.Join(err, l.Checkpoint(ctx))
	}
	if err != nil {
		l.mu.Lock()
		l.stats.Failures++
		l.mu.Unlock()
	}
	return err
}

func (l *Log) drain(ctx context.Context) error {
	for {
		n, err := l.Chain(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

func (l *Log) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWork)
	defer cancel()
	return errors.Join(l.drain(ctx), l.Checkpoint(ctx), l.letGo(ctx))
}
