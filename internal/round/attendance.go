package round

import (
	"context"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// AttendanceFor is how an authority keeps who takes part in a programme's rounds on a day: by name, where it has not said otherwise.
func AttendanceFor(ctx context.Context, tx *db.Tx, authorityID, programmeID string, on clock.Date) (Attendance, error) {
	a, err := db.One(ctx, tx, db.Scalar[Attendance], `SELECT a.attendance FROM attendance_rule a WHERE a.authority_id = $1 AND a.programme = $2 AND a.happened_on <= $3
		AND NOT EXISTS (SELECT 1 FROM attendance_rule later WHERE later.supersedes = a.id) ORDER BY a.happened_on DESC, a.id DESC LIMIT 1`, authorityID, programmeID, on)
	if errs.Is(err, errs.NotFound) {
		return Named, nil
	}
	return a, err
}
