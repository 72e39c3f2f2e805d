package demo

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/round"
	"hemvist/internal/round/recruitment"
)

// interested is somebody in the demo who has asked for a place, and how far it has come.
type interested struct {
	recruitment.NewInterest
	state recruitment.State
}

// addInterests has parents ask for places in the first municipality, by the public form and through a colleague, and its leader take care of
// them: one in each state, and a talk in the days ahead.
func (f *filler) addInterests(ctx context.Context) error {
	leader := f.leader()
	ctx = audit.WithTrail(ctx, &audit.Trail{}) // the demo's own looks are nobody's
	services, err := f.Recruitment.Services(ctx, leader)
	if err != nil || len(services) == 0 {
		return err
	}
	contact := "Familjeenheten (påhittad), telefon 0470-17 40 60\nVardagar 9–12"
	if err := f.Recruitment.SetContact(ctx, leader, services[0].ID(), contact, "", ""); err != nil {
		return err
	}
	return f.inTurn(ctx, leader, services[0].Slug)
}

// inTurn sends what each of them tells, and takes it as far as it is to come.
func (f *filler) inTurn(ctx context.Context, leader access.Subject, slug string) error {
	people := []interested{
		{recruitment.NewInterest{Name: "Rahel Fabelstrand", Phone: "070-174 06 11", Language: "ti", Interpreter: true, Child: "14", When: "Kvällar efter 18"}, recruitment.Fresh},
		{recruitment.NewInterest{Source: recruitment.Referral, Name: "Viktor Ämnesson", Phone: "070-174 06 12", Language: "uk", Child: "11", When: "Helst måndag eller onsdag",
			Referrer: "Elin Skisserud", Workplace: "Påhittade skolan", Consent: true}, recruitment.Fresh},
		{recruitment.NewInterest{Name: "Camilla Provlund", Email: "camilla.provlund@demo.example", Language: "sv", Child: "9"}, recruitment.Booked},
		{recruitment.NewInterest{Name: "Mehmet Låtsasberg", Phone: "070-174 06 14", Email: "mehmet.latsasberg@demo.example", Language: "sv", Child: "13", When: "Alla vardagar"}, recruitment.Talked},
		{recruitment.NewInterest{Name: "Jenny Övningsson", Phone: "070-174 06 15", Language: "sv", Child: "16"}, recruitment.Offered},
		{recruitment.NewInterest{Name: "Abdi Utkastsson", Phone: "070-174 06 16", Language: "so", Child: "12", Protected: true}, recruitment.Waiting},
		{recruitment.NewInterest{Name: "Oksana Platshållar", Phone: "070-174 06 17", Language: "uk", Child: "10"}, recruitment.NotNow},
		// Who has written before.
		{recruitment.NewInterest{Name: "Mehmet Låtsasberg", Phone: "+46 70 174 06 14", Language: "sv", Child: "13", When: "Finns det plats nu?"}, recruitment.Fresh},
	}
	planned, err := f.Rounds.List(ctx, leader, round.Query{State: round.Planned})
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Source == "" {
			p.Source = recruitment.Self
		}
		if err := f.Recruitment.Send(ctx, slug, p.NewInterest, ""); err != nil {
			return err
		}
		list, err := f.Recruitment.List(ctx, leader, recruitment.Query{State: recruitment.Fresh})
		if err != nil {
			return err
		}
		for _, row := range list.Rows {
			if row.Name != p.Name {
				continue
			}
			if err := f.take(ctx, leader, row.ID, p.state, planned.Rows); err != nil {
				return fmt.Errorf("interest that comes to %s: %w", p.state, err)
			}
		}
	}
	return nil
}

// take takes an interest to a state.
func (f *filler) take(ctx context.Context, leader access.Subject, id string, to recruitment.State, planned []round.Row) error {
	r := f.Recruitment
	switch to {
	case recruitment.Booked:
		return r.Book(ctx, leader, id, recruitment.Talk{On: f.today.AddDays(2).String(), At: "16.30", Place: "Familjecentralen Söder", Seen: 1}, "")
	case recruitment.Talked:
		if err := r.Book(ctx, leader, id, recruitment.Talk{On: f.today.String(), At: "9", Place: "På telefon", Seen: 1}, ""); err != nil {
			return err
		}
		return r.NoteTalk(ctx, leader, id, recruitment.Outcome{Held: true, Outcome: recruitment.WantsPlace, Note: "Kan alla vardagar utom fredag. Kommer med bussen.", Seen: 2}, "")
	case recruitment.Offered:
		if len(planned) == 0 {
			return nil
		}
		return r.Offer(ctx, leader, id, recruitment.NewOffer{Round: planned[0].ID, How: recruitment.ByPhone, AnswerBy: f.today.AddDays(5).String(), Seen: 1}, "")
	case recruitment.Waiting:
		return r.Waits(ctx, leader, id, "", 1, "")
	case recruitment.NotNow:
		return r.End(ctx, leader, id, recruitment.Ending{Reason: "time", Seen: 1}, "")
	}
	return nil
}
