package credential

import (
	"cmp"
	"slices"

	"hemvist/internal/programme"
)

// piece is a film or a review that may count.
type piece struct {
	hit
	chance  chance // fulfilled, pending (not reviewed yet), unknown or lost
	made    day
	work    *work
	session string
	topic   string // principle
	fact    *Fact
	code    Code // why it does not count
}

// reviews: so many films, or reviews, as they are asked for.
func (ev *eval) reviews(kind programme.Kind, r programme.Reviews, sc scope) outcome {
	if r.Of == programme.WholeCase && r.From.What == "" {
		r.From.What = programme.PerCase
	}
	pieces := ev.piecesOf(kind, r, sc)
	if r.From.Latest > 0 {
		latest := ev.latest(r, sc)
		pieces = slices.DeleteFunc(pieces, func(p piece) bool { return !slices.Contains(latest, p.work) })
	}
	var good, open []piece
	lacking := map[Code]int{}
	for _, p := range pieces {
		switch p.chance {
		case fulfilled:
			good = append(good, p)
		case unknown:
			open = append(open, p)
		default:
			lacking[p.code]++
		}
	}
	chosen, sure := choose(good, r.Count, r.Different)
	var hits []hit
	for _, p := range chosen {
		hits = append(hits, p.hit)
	}
	out := tally(r.Count, hits, 0, sc)
	if out.state != Met {
		maybe, _ := choose(append(slices.Clone(good), open...), r.Count, r.Different)
		if len(maybe) >= r.Count || !sure {
			out.state = Unknown
		}
	}
	if out.state != Met && ev.blindTo(kind, r) {
		out.state = Unknown
		out.reasons = ev.because(CodeReviewsUnrecorded, Args{})
		return out
	}
	out.reasons = ev.reviewReasons(kind, r, out, len(hits), lacking, open)
	return out
}

// blindTo tells whether something that the rule asks for is written down by nobody.
func (ev *eval) blindTo(kind programme.Kind, r programme.Reviews) bool {
	reviewed := kind == programme.KindReviews || len(r.By) > 0 || r.Rating != nil || len(r.Holding) > 0
	return kind == programme.KindFilms && ev.unrecorded(FactFilmed) || reviewed && ev.unrecorded(FactReviewed) || r.Supervised && ev.unrecorded(FactSupervised)
}

func (ev *eval) reviewReasons(kind programme.Kind, r programme.Reviews, out outcome, n int, lacking map[Code]int, open []piece) []Reason {
	code := unless(kind == programme.KindFilms, CodeReviews, CodeFilms)
	if r.Of == programme.Clip && kind == programme.KindFilms {
		code = CodeClips
	}
	reasons := ev.because(code, Args{N: n, Need: r.Count, Latest: r.From.Latest, Cases: r.From.What == programme.PerCase})
	if out.state == Met {
		return reasons
	}
	codes := make([]Code, 0, len(lacking))
	for c := range lacking {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	for _, c := range codes {
		reasons = append(reasons, ev.reason(c, Args{N: lacking[c], Range: r.Minutes, Rating: r.Rating}))
	}
	if out.state == Unknown && len(open) > 0 {
		reasons = append(reasons, ev.reason(open[0].code, Args{N: len(open), Range: r.Minutes, Rating: r.Rating}))
	}
	return reasons
}

// piecesOf are all films or reviews of the holder that lie in the window, each with how it stands.
func (ev *eval) piecesOf(kind programme.Kind, r programme.Reviews, sc scope) []piece {
	var out []piece
	p := ev.someone(sc.who)
	for _, w := range p.works {
		switch {
		case !w.isOf(r.Variants) || sc.only != nil && sc.only != w:
		case kind == programme.KindReviews && (r.Of == programme.WholeRound || r.Of == programme.WholeCase):
			out = append(out, ev.reviewsOfWhole(w, r, sc)...)
		case w.hasPieces(kind, sc):
			out = ev.piecesIn(out, w, kind, r, sc)
		}
	}
	if sc.only != nil || len(r.Variants) > 0 || len(r.Principles) > 0 {
		return out
	}
	for _, f := range p.films { // of no round or case
		if f.work == nil {
			out = ev.addPieces(out, kind, r, sc, f, slot{})
		}
	}
	if kind == programme.KindReviews {
		for _, f := range p.reviews {
			out = ev.addReview(out, r, sc, f, piece{})
		}
	}
	return out
}

// piecesIn are those of one round or case.
func (ev *eval) piecesIn(out []piece, w *work, kind programme.Kind, r programme.Reviews, sc scope) []piece {
	for _, s := range ev.slotsOf(w) {
		if s.meeting == nil || !isOfKind(s.Kind, r.Kinds) || len(r.Principles) > 0 && !slices.Contains(r.Principles, s.Principle) {
			continue
		}
		for _, f := range s.films {
			if ev.isOn(w, s.meeting, f.fact, sc.who, r.Role) {
				out = ev.addPieces(out, kind, r, sc, f, s)
			}
		}
		if kind != programme.KindReviews {
			continue
		}
		for _, f := range s.reviews {
			if ev.isOn(w, s.meeting, f, sc.who, r.Role) {
				out = ev.addReview(out, r, sc, f, piece{work: w, session: s.ID, topic: s.Principle})
			}
		}
	}
	return out
}

// hasPieces tells whether anything was filmed, or reviewed, after the window began: most rounds have nothing.
func (w *work) hasPieces(kind programme.Kind, sc scope) bool {
	if kind == programme.KindReviews && len(w.said) > 0 {
		return true
	}
	return slices.ContainsFunc(w.filmed, func(f *film) bool { return dayOf(f.fact.On) > sc.after })
}

func (ev *eval) reviewsOfWhole(w *work, r programme.Reviews, sc scope) []piece {
	var out []piece
	if w.isCase != (r.Of == programme.WholeCase) {
		return nil
	}
	for _, f := range w.whole {
		if names, nobody := isAbout(f, sc.who); f.Kind == FactReviewed && (names || nobody && ev.takesPart(w, sc.who, r.Role)) {
			out = ev.addReview(out, r, sc, f, piece{work: w})
		}
	}
	return out
}

// addPieces adds a film, or the reviews of it, when it was made in the window.
func (ev *eval) addPieces(out []piece, kind programme.Kind, r programme.Reviews, sc scope, f *film, s slot) []piece {
	base := piece{work: f.work, session: s.ID, topic: s.Principle}
	if kind == programme.KindReviews {
		for _, rev := range f.reviews {
			out = ev.addReview(out, r, sc, rev, base)
		}
		return out
	}
	made := dayOf(f.fact.On)
	held := made
	if s.meeting != nil {
		if h := ev.heldOn(s.meeting); h != 0 {
			held = h
		}
	}
	if !ev.reached(made) || !sc.begunWithin(held) || sc.until != 0 && made > sc.until || !rightSpan(r, f.fact) {
		return out
	}
	base.fact, base.made, base.hit = f.fact, made, hit{made, 1, []Ref{refTo(f.fact)}}
	ev.judgeFilm(&base, r, sc, f, s)
	if base.chance == fulfilled && !ev.counts(sc, base.on) {
		return out
	}
	return append(out, base)
}

// rightSpan: a clip is not a whole session, and a whole session is a clip only when it is as short as a clip must be.
func rightSpan(r programme.Reviews, f *Fact) bool {
	if r.Of == programme.Clip {
		return f.Clip || !r.Minutes.IsZero()
	}
	return !f.Clip
}

// addReview adds a review that stands by itself.
func (ev *eval) addReview(out []piece, r programme.Reviews, sc scope, f *Fact, p piece) []piece {
	if !ev.counts(sc, dayOf(f.On)) {
		return out
	}
	p.fact, p.made, p.hit = f, dayOf(f.On), hit{dayOf(f.On), 1, []Ref{refTo(f)}}
	p.chance, p.code = ev.judgeReview(r, f)
	if p.chance == pending {
		return out // a review by somebody else is no review that is awaited
	}
	return append(out, p)
}

// latest are the latest so many rounds or cases that were carried through, and those that are running.
func (ev *eval) latest(r programme.Reviews, sc scope) []*work {
	type ended struct {
		*work
		on day
	}
	var out []*work
	var closed []ended
	for _, w := range ev.someone(sc.who).works {
		if w.isCase != (r.From.What == programme.PerCase) || !w.isOf(r.Variants) {
			continue
		}
		if start, _ := ev.startedOn(w); start == 0 {
			continue
		}
		if end := ev.endOf(w); end == nil {
			if ev.takesPart(w, sc.who, r.Role) {
				out = append(out, w)
			}
		} else if end.Kind == FactClosed {
			closed = append(closed, ended{w, dayOf(end.On)})
		}
	}
	slices.SortFunc(closed, func(a, b ended) int { return cmp.Or(cmp.Compare(b.on, a.on), cmp.Compare(b.order, a.order)) })
	found := 0
	for _, e := range closed {
		if found == r.From.Latest {
			break
		}
		if ev.takesPart(e.work, sc.who, r.Role) {
			out = append(out, e.work)
			found++
		}
	}
	return out
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
