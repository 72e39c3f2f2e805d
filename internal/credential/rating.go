package credential

import (
	"math"

	"hemvist/internal/programme"
)

// ratingSlack forgives what is lost when a mean is computed: 85 % reached exactly is reached.
const ratingSlack = 1e-9

// reaches tells whether a filled-in form reaches the threshold.
func (ev *eval) reaches(got *Rating, need programme.Rating) (chance, Code) {
	value, ok := ev.measured(got, need)
	switch {
	case !ok || math.IsNaN(value):
		return unknown, CodeRatingUnknown
	case value+ratingSlack < need.AtLeast:
		return lost, CodeRatingLow
	}
	return fulfilled, ""
}

// measured is the number that the threshold is about. Items come before stated numbers; a mean and a percentage are made of
// each other by the form's scale.
func (ev *eval) measured(got *Rating, need programme.Rating) (float64, bool) {
	low, high := 0.0, 0.0
	if form, ok := ev.def.Form(need.Form); ok {
		low, high = float64(form.Min), float64(form.Max)
	}
	mean, hasMean := got.Stated[string(programme.MeasureMean)]
	percent, hasPercent := got.Stated[string(programme.MeasurePercent)]
	if n := len(got.Items); n > 0 {
		sum, lowest := 0.0, math.Inf(1)
		for _, v := range got.Items {
			sum += v
			lowest = math.Min(lowest, v)
		}
		mean, hasMean, hasPercent = sum/float64(n), true, false
		switch need.Measure {
		case programme.MeasureEach:
			return lowest, true
		case programme.MeasureTotal:
			return sum, true
		}
	}
	switch need.Measure {
	case programme.MeasurePercent:
		if !hasPercent && hasMean && high > low {
			percent, hasPercent = (mean-low)/(high-low)*100, true
		}
		return percent, hasPercent
	case programme.MeasureEach, programme.MeasureTotal:
		v, ok := got.Stated[string(need.Measure)]
		return v, ok
	default:
		if !hasMean && hasPercent && high > low {
			mean, hasMean = low+percent/100*(high-low), true
		}
		return mean, hasMean
	}
}
