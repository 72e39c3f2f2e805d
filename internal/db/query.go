package db

import (
	"context"
	"fmt"
)

// Scanner is a row, of one or of many.
type Scanner interface{ Scan(dest ...any) error }

// One gives the first row of a query, read by scan. Kind NotFound when there is none.
func One[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(tx.QueryRow(ctx, query, args...))
	if err != nil {
		var none T
		return none, mapError(err)
	}
	return v, nil
}

// All gives every row of a query, each read by scan; no rows is a nil slice.
func All[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, mapError(err)
		}
		all = append(all, v)
	}
	return all, tx.check(rows.Err())
}

// Scalar reads a row of one column, for queries such as count(*).
func Scalar[T any](s Scanner) (T, error) {
	var v T
	err := s.Scan(&v)
	return v, err
}

// CountTo counts a query's rows up to a limit: n is exact while more is false; when more is true there are more than n = limit.
// The query may be any SELECT; select a constant and leave out its order and limit. Its arguments are as for Query.
func CountTo(ctx context.Context, tx *Tx, limit int, query string, args ...any) (n int, more bool, err error) {
	// One row past the limit tells "more" without counting them all.
	counting := fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d) AS counted", query, limit+1)
	n, err = One(ctx, tx, Scalar[int], counting, args...)
	if err != nil {
		return 0, false, err
	}
	return min(n, limit), n > limit, nil
}
