package round

import (
	"context"

	"hemvist/internal/db"
)

// Result is what became of a round that has ended, in numbers. It names nobody.
type Result struct {
	Told int // the sessions that were held and of which it is known how many came
	Came int // at those, each session for itself
	Left int // those who took part and left before the end
}

// Average is how many came to a session, to the nearest whole; 0 when it is not known of any.
func (r Result) Average() int {
	if r.Told == 0 {
		return 0
	}
	return (r.Came + r.Told/2) / r.Told
}

// resultTx is the result of a round. Of a session of which both names and a number are kept the number counts.
func resultTx(ctx context.Context, tx *db.Tx, id string) (r Result, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(came), 0) FROM (SELECT coalesce(c.present, (SELECT sum(CASE WHEN a.mark IN ('present', 'late') THEN 1 ELSE 0 END) FROM attendance a
				WHERE a.session_id = s.id AND a.mark <> 'unknown' AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.supersedes = a.id))) AS came
			FROM round_session s JOIN session_fact f ON f.session_id = s.id AND f.fact = 'held' AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
			LEFT JOIN attendance_count c ON c.session_id = s.id AND NOT EXISTS (SELECT 1 FROM attendance_count later WHERE later.supersedes = c.id)
			WHERE s.round_id = $1) AS held WHERE came IS NOT NULL`, id).Scan(&r.Told, &r.Came)
	if err != nil {
		return r, err
	}
	r.Left, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM participant WHERE round_id = $1 AND left_on IS NOT NULL`, id)
	return r, err
}
