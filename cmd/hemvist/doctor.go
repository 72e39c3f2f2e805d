package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"hemvist/internal/audit"
)

type doctorCmd struct {
	store `embed:""`
}

// errUnwell makes the command end with a status that a script notices.
var errUnwell = errors.New("something is wrong; see above")

// Run reads everything that can be checked and says what it found. It can run beside a serving instance, and
// mends nothing; opening the house brings its tables up to date and repeats erasures that a restored key store lacks.
func (c *doctorCmd) Run(ctx context.Context, out io.Writer) error {
	h, err := open(ctx, c.store, newLogger(true))
	if err != nil {
		return err
	}
	well, err := h.examine(ctx, out)
	if err = errors.Join(err, h.close()); err != nil {
		return err
	}
	if !well {
		return errUnwell
	}
	fmt.Fprintln(out, "All is well.")
	return nil
}

func (h *opened) examine(ctx context.Context, out io.Writer) (well bool, err error) {
	report, err := h.Log.Verify(ctx, audit.Verification{Checkpoints: h.store.Checkpoints})
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "log: %d entries of %d organisations, %d chained, %d waiting to be, %d checkpoints read", report.Entries, report.Organisations,
		report.Chained, report.Waiting, report.Checkpoints)
	if !report.LastCheckpoint.IsZero() {
		fmt.Fprintf(out, ", the last of %s", report.LastCheckpoint.Format("2006-01-02 15:04:05 MST"))
	}
	fmt.Fprintln(out)
	for _, f := range report.Findings {
		fmt.Fprintln(out, "  ", f)
	}
	for kind, n := range report.Counts {
		fmt.Fprintf(out, "   %s: %d in all\n", kind, n)
	}
	definitions, wrong, err := h.Catalogue.Check(ctx)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "programmes: %d definitions read\n", definitions)
	for _, w := range wrong {
		fmt.Fprintln(out, "  ", w)
	}
	rounds, err := h.Rounds.CheckProjections(ctx)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "groups: %d rows compared with their facts\n", rounds.Rounds)
	for _, id := range rounds.Wrong {
		fmt.Fprintf(out, "   the row of round %s says something else than its facts\n", id)
	}
	register, err := h.examineRegister(ctx, out)
	if err != nil {
		return false, err
	}
	letters, err := h.examineLetters(ctx, out)
	if err != nil {
		return false, err
	}
	interests, err := h.examineInterests(ctx, out)
	if err != nil {
		return false, err
	}
	return letters && interests && report.Sound() && len(wrong) == 0 && len(rounds.Wrong) == 0 && register, nil
}

// examineRegister compares what is kept for verdicts and lists with what was told.
func (h *opened) examineRegister(ctx context.Context, out io.Writer) (well bool, err error) {
	if _, err := h.Register.Refresh(ctx); err != nil {
		return false, err
	}
	summaries, err := h.Register.CheckSummaries(ctx)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "groups that have ended: %d summaries compared with what was told\n", summaries.Rounds)
	for _, id := range summaries.Wrong {
		fmt.Fprintf(out, "   the summary of round %s says something else than what was told\n", id)
	}
	standings, err := h.Register.CheckStandings(ctx)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "certifications: %d people compared with their facts\n", standings.People)
	for _, id := range standings.Wrong {
		fmt.Fprintf(out, "   the standing of person %s says something else than the facts\n", id)
	}
	return len(summaries.Wrong) == 0 && len(standings.Wrong) == 0, nil
}

// examineInterests compares the rows of those who have asked for a place with their facts.
func (h *opened) examineInterests(ctx context.Context, out io.Writer) (well bool, err error) {
	checked, err := h.Recruitment.CheckProjections(ctx)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "interests: %d rows compared with their facts\n", checked.Looked)
	for _, id := range checked.Wrong {
		fmt.Fprintf(out, "   the row of interest %s says something else than its facts\n", id)
	}
	return len(checked.Wrong) == 0, nil
}
