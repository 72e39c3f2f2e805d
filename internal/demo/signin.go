package demo

import (
	"context"
	"fmt"
)

// addRecoveries has two people ask for help who cannot get in: a leader, whose contact and administrator see it, and one of the hub.
func (f *filler) addRecoveries(ctx context.Context) error {
	for _, email := range []string{"ledare0.1@demo.example", "utbildare@demo.example"} {
		if err := f.SignIns.AskRecovery(ctx, email, ""); err != nil {
			return fmt.Errorf("ask for help to get in: %w", err)
		}
	}
	return nil
}
