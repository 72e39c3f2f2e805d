package catalogue

import (
	"context"
	"fmt"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// StartingOn is the definition that a round of the programme has which begins on a day, and the hub that the programme has its home
// with then. NotFound when it has no home, or nothing is in force. It is not to be called from a function given to db.Write.
func (s *Service) StartingOn(ctx context.Context, programmeID string, on clock.Date) (d *programme.Definition, hub string, err error) {
	var version string
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		t := r.timelines[programmeID]
		home, atHome := t.homeOn(on)
		f, inForce := t.inForceOn(on)
		if !atHome || !inForce {
			return errs.Wrap(errs.NotFound, fmt.Errorf("%s has no home, or nothing in force, on %s", programmeID, on))
		}
		hub, version = home.hub, r.stored[f.definition].Version
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("what a round starts with: %w", err)
	}
	d, err = s.Definition(programmeID, version)
	return d, hub, err
}
