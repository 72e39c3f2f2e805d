package db

import "runtime"

func (o Options) withDefaults() Options {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&o.Readers, max(4, runtime.GOMAXPROCS(0)))
	set(&o.MaxBatch, 256)
	set(&o.MaxConns, 48)
	set(&o.MaxTries, 12)
	return o
}
