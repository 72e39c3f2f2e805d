package credential

import "hemvist/internal/programme"

// span is one period of a cadence: the days after start, to and with end.
type span struct{ start, end day }

// maxSpans bounds a cadence: one each day for half a century.
const maxSpans = 20_000

// spans are the cadence's periods from base to the one that the day asked about lies in, the last.
func (ev *eval) spans(steps []programme.Step, base day) []span {
	var out []span
	for i, step := range steps {
		if step.Each.N <= 0 {
			return out
		}
		stepEnd := never
		if !step.For.IsZero() && i < len(steps)-1 {
			stepEnd = after(step.For, base)
		}
		start := base
		for n := 1; start < stepEnd && len(out) < maxSpans; n++ {
			end := after(times(step.Each, n), base)
			out = append(out, span{start, end})
			if end == never || !ev.past(end) {
				return out
			}
			start = end
		}
		base = start
	}
	return out
}

// cadence answers for the period that is running. It is missed when the period before passed without being met and this one has
// not made up for it yet. The first period is counted from the certificate that began the holding; renewal does not restart it.
func (ev *eval) cadence(req *programme.Requirement, sc scope, l *evalList) outcome {
	spans := ev.spans(req.Every, cadenceBase(sc))
	if len(spans) == 0 {
		return ev.within(req, sc, l)
	}
	now := spans[len(spans)-1]
	out := ev.inSpan(req, sc, now, l)
	if out.state == Met {
		out.deadline = now.end
		return out
	}
	out.deadline = now.end
	if len(spans) > 1 {
		passed := spans[len(spans)-2]
		if missed := ev.inSpan(req, sc, passed, l); missed.state == Missing || missed.state == AtRisk {
			out.missed = true
			if out.state == AtRisk {
				out.state = Missing
			}
			out.reasons = append(out.reasons, ev.reason(CodePeriodMissed, Args{Day: passed.start.following().date(), Until: passed.end.date()}))
			return out
		}
	}
	if now.end == never {
		return out
	}
	out.reasons = append(out.reasons, ev.reason(CodeBy, Args{Day: now.end.date()}))
	return ev.soon(out, sc, now.end)
}

// inSpan answers for one period alone: what came before the certificate in force counts when it lies in the period.
func (ev *eval) inSpan(req *programme.Requirement, sc scope, s span, l *evalList) outcome {
	sc.after, sc.until = s.start, 0
	if s.end != never {
		sc.until = s.end
	}
	return ev.each(req, sc, l)
}
