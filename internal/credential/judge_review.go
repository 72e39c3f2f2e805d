package credential

import (
	"slices"

	"hemvist/internal/programme"
)

// judgeFilm looks at length, reviews and supervision of one film.
func (ev *eval) judgeFilm(p *piece, r programme.Reviews, sc scope, f *film, s slot) {
	if !r.Minutes.IsZero() {
		switch {
		case f.fact.Minutes == 0:
			p.chance, p.code = unknown, CodeLengthUnknown
		case !r.Minutes.Has(f.fact.Minutes):
			p.chance, p.code = lost, CodeLengthWrong
			return
		}
	}
	if len(r.By) > 0 || r.Rating != nil || len(r.Holding) > 0 {
		best := verdictOn(ev.reviewsOf(f, s), func(rev *Fact) (chance, Code) {
			if !ev.happened(rev) || sc.until != 0 && dayOf(rev.On) > sc.until {
				return pending, CodeAwaitReview
			}
			return ev.judgeReview(r, rev)
		})
		if p.chance < best.chance {
			p.chance, p.code = best.chance, best.code
		}
		if best.fact != nil && best.chance == fulfilled {
			p.hit.on = later(p.hit.on, dayOf(best.fact.On))
			p.refs = append(p.refs, refTo(best.fact))
		}
	}
	if r.Supervised && p.chance != lost {
		sup := ev.supervisionOn(f, s, sc, r.Role)
		switch {
		case sup != nil:
			p.hit.on = later(p.hit.on, dayOf(sup.On))
			p.refs = append(p.refs, refTo(sup))
		case p.chance == fulfilled || p.chance == unknown:
			p.chance, p.code = pending, CodeAwaitSupervision
		}
	}
}

// reviewsOf are the reviews of the film, and those of its session that name no film.
func (ev *eval) reviewsOf(f *film, s slot) []*Fact {
	if s.meeting == nil || len(s.reviews) == 0 {
		return f.reviews
	}
	return append(slices.Clone(f.reviews), s.reviews...)
}

func (ev *eval) supervisionOn(f *film, s slot, sc scope, role string) *Fact {
	for _, sup := range f.supervised {
		if names, nobody := isAbout(sup, sc.who); (names || nobody) && ev.happened(sup) && (sc.until == 0 || dayOf(sup.On) <= sc.until) {
			return sup
		}
	}
	if f.work != nil && s.meeting != nil {
		whole := sc
		whole.notOlder = programme.Period{}
		return ev.supervisionOf(f.work, s.meeting, whole, role)
	}
	return nil
}

// best is what several reviews of one film come to: the best of them counts.
type best struct {
	chance chance
	code   Code
	fact   *Fact
}

func verdictOn(reviews []*Fact, judge func(*Fact) (chance, Code)) best {
	out := best{chance: pending, code: CodeAwaitReview}
	rank := map[chance]int{fulfilled: 0, unknown: 1, lost: 2, pending: 3} // a failed review says more than one that is awaited
	for _, f := range reviews {
		if c, code := judge(f); rank[c] < rank[out.chance] {
			out = best{c, code, f}
		}
	}
	return out
}

// judgeReview tells whether one review is by whom it should be and reaches what it should.
func (ev *eval) judgeReview(r programme.Reviews, f *Fact) (chance, Code) {
	rev := f.Review
	if rev == nil {
		rev = &Review{}
	}
	if len(r.By) > 0 && !slices.Contains(r.By, programme.Reviewer(rev.By)) {
		return pending, CodeAwaitReview
	}
	if len(r.Holding) > 0 && rev.By != string(programme.BySelf) && rev.By != string(programme.ByPeer) {
		if rev.Holding == nil {
			return unknown, CodeReviewerUnknown
		}
		if !overlap(rev.Holding, r.Holding) {
			return pending, CodeAwaitReview
		}
	}
	if r.Rating == nil {
		return fulfilled, ""
	}
	if rev.Rating == nil || rev.Rating.Form != "" && rev.Rating.Form != r.Rating.Form {
		return pending, CodeAwaitReview
	}
	return ev.reaches(rev.Rating, *r.Rating)
}
