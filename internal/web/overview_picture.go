package web

import (
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/web/views"
)

// picture draws rounds over months, a row at a time.
type picture struct {
	t           *i18n.Printer
	from, today clock.Date
	y           int
	strip       views.Strip
}

// The measures of the picture, in the units of its own box.
const (
	pictureLeft  = 230 // room for names
	pictureMonth = 64
	pictureTop   = 34
	pictureRow   = 26
	pictureName  = 28 // letters of a name
)

// x is where a day lies.
func (p *picture) x(d clock.Date) int {
	months := (d.Year-p.from.Year)*12 + int(d.Month) - int(p.from.Month)
	first := clock.NewDate(d.Year, d.Month, 1)
	return pictureLeft + months*pictureMonth + (d.Day-1)*pictureMonth/first.DaysUntil(first.AddMonths(1))
}

// row begins a row.
func (p *picture) row(name string) {
	if p.y == 0 {
		p.y = pictureTop
	} else {
		p.y += pictureRow
	}
	if letters := []rune(name); len(letters) > pictureName {
		name = string(letters[:pictureName-1]) + "…"
	}
	p.strip.Names = append(p.strip.Names, views.StripName{Y: p.y + 12, Text: name})
}

// bar draws a round in the row, as much of it as lies within the months.
func (p *picture) bar(first, last clock.Date, st round.State) {
	end := pictureLeft + stripMonths*pictureMonth
	x, to := max(p.x(first), pictureLeft), min(p.x(last)+2, end)
	if to <= x {
		return
	}
	p.strip.Bars = append(p.strip.Bars, views.StripBar{X: x, Y: p.y, Width: max(to-x, 6), State: string(st),
		Text: p.t.T("state."+string(st)) + ", " + p.t.DateShort(first) + "–" + p.t.DateShort(last)})
}

// ofRow is the bars of the row that was drawn last.
func (p *picture) ofRow() []views.StripBar {
	i := slices.IndexFunc(p.strip.Bars, func(b views.StripBar) bool { return b.Y == p.y })
	if i < 0 {
		return nil
	}
	return slices.Clone(p.strip.Bars[i:])
}

func (p *picture) done() views.Strip {
	s := &p.strip
	s.Left, s.Width = pictureLeft, pictureLeft+stripMonths*pictureMonth+4
	s.Bottom = p.y + pictureRow
	s.Height = s.Bottom + 4
	s.Label = p.t.T("overview.picture", "from", p.t.Month(p.from), "to", p.t.Month(p.from.AddMonths(stripMonths-1)), "n", len(s.Bars))
	for i := range stripMonths {
		m := p.from.AddMonths(i)
		s.Months = append(s.Months, views.StripMonth{X: p.x(m), Name: p.t.MonthShort(m)})
	}
	if x := p.x(p.today); x >= pictureLeft && x <= pictureLeft+stripMonths*pictureMonth {
		s.Today = x
	}
	for _, st := range round.States {
		s.Legend = append(s.Legend, views.StripBar{State: string(st), Text: p.t.T("state." + string(st))})
	}
	return *s
}
