package house

import (
	"context"
	"time"
)

// tidyEvery is how often the house looks for what is to be removed by its age.
const tidyEvery = time.Hour

// lookEvery is how often the database looks at what is stored, so that it chooses its ways well.
const lookEvery = 24 * time.Hour

// tidy removes what is to be removed by its age, and brings up to date what changes by time alone, until ctx ends. What fails is tried again the next time; several instances may do it.
func (h *House) tidy(ctx context.Context) {
	ticks := time.NewTicker(tidyEvery)
	defer ticks.Stop()
	var looked time.Time
	for {
		switch n, err := h.Site.ForgetContacts(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			h.Logger.Warn("contacts of feedback could not be removed", "err", err)
		case n > 0:
			h.Logger.Info("contacts of feedback removed", "n", n)
		}
		if n, err := h.Groups.ForgetDrafts(ctx); err != nil && ctx.Err() == nil {
			h.Logger.Warn("lists of participants that waited could not be removed", "err", err)
		} else if n > 0 {
			h.Logger.Info("lists of participants that waited removed", "n", n)
		}
		if n, err := h.Register.Refresh(ctx); err != nil && ctx.Err() == nil {
			h.Logger.Warn("standings could not be brought up to date", "err", err)
		} else if n > 0 {
			h.Logger.Debug("standings brought up to date", "n", n)
		}
		switch n, err := h.Recruitment.Forget(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			h.Logger.Warn("old interests could not be erased", "err", err)
		case n > 0:
			h.Logger.Info("old interests erased", "n", n)
		}
		if now := h.Clock.Now(); now.Sub(looked) >= lookEvery {
			if err := h.DB.Optimize(ctx); err != nil && ctx.Err() == nil {
				h.Logger.Warn("the database could not look at what is stored", "err", err)
			} else {
				looked = now
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}
