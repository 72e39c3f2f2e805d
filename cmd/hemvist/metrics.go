package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// registry is the metrics of the program itself: Go's, the process's, the databases' and the log's. None tells of a person.
func (h *opened) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	counter := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
	}
	counter("hemvist_db_queries_total", "Statements sent to the two databases.", func() float64 {
		return float64(h.DB.Stats().Queries + h.Keys.Stats().Queries)
	})
	counter("hemvist_db_commits_total", "Commits; on SQLite several writes share one.", func() float64 { return float64(h.DB.Stats().Commits) })
	counter("hemvist_db_writes_total", "Writes that were committed.", func() float64 { return float64(h.DB.Stats().Committed) })
	counter("hemvist_db_retries_total", "Writes that were run again because two met.", func() float64 { return float64(h.DB.Stats().Retries) })
	counter("hemvist_audit_chained_total", "Entries of the log that this instance has chained.", func() float64 { return float64(h.Log.Stats().Chained) })
	counter("hemvist_audit_alarms_total", "Times that the log was found to have been altered.", func() float64 { return float64(h.Log.Stats().Alarms) })
	r.MustRegister(newLetterMetrics(h.Letters))
	return r
}
