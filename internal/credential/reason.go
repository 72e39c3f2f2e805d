package credential

import (
	"slices"

	"hemvist/internal/clock"
	"hemvist/internal/programme"
)

// Code is the stable name of a reason. Case files name it; texts are found by it.
type Code string

// Reason says why something is as it is: a code, what it is about, and Words for people.
type Reason struct {
	Code    Code
	Args    Args
	def     *programme.Definition // for the programme's own words
	variant string
}

// Args is what a reason tells of. Each code uses some of the fields.
type Args struct {
	N, Need, Of int               // so many of so many; hours are in minutes
	Times       int               // sessions that a person must be present at
	Share       int               // percent
	Latest      int               // the latest so many rounds
	Cases       bool              // it is about cases, not rounds
	Day, Until  clock.Date        // days
	Period      programme.Period  // a length of time
	Range       programme.Range   // limits for a length in minutes
	Rating      *programme.Rating // a threshold
	What        []programme.Texts // titles: courses, credentials, waves
	Roles       []programme.Texts // titles of roles
	Sessions    []int             // numbers of sessions in the round
	Round, Case string            // ids
}

// The codes of a status.
const (
	CodeNoCredential     Code = "no-such-credential"
	CodeCircular         Code = "circular"
	CodeNotBegunAtAll    Code = "not-begun"
	CodeTransferred      Code = "transferred"
	CodeInTraining       Code = "in-training"
	CodeTrained          Code = "trained-not-led"
	CodeTrainedAll       Code = "trained"
	CodeUnderSupervision Code = "under-supervision"
	CodeReady            Code = "awaits-decision"
	CodeCertified        Code = "certified-until"
	CodeCertifiedForever Code = "certified"
	CodeWarnCount        Code = "last-round-ahead"
	CodeWarnLast         Code = "last-round-runs"
	CodeWarnTime         Code = "term-ends-soon"
	CodeWarnPlanned      Code = "round-runs-into-last-months"
	CodeDueByTime        Code = "due-by-time"
	CodeDueByCount       Code = "due-by-rounds"
	CodeDueByKeep        Code = "due-not-kept"
	CodeLapsed           Code = "lapsed"
	CodeLapsedByKeep     Code = "lapsed-not-kept"
	CodeLapsedWith       Code = "lapsed-with-other"
	CodeWithdrawn        Code = "withdrawn"
)

// The codes of a requirement, whatever its kind.
const (
	CodeWaits        Code = "waits-for"
	CodeTooLate      Code = "too-late"
	CodeBy           Code = "by"
	CodeExpires      Code = "expires"
	CodePeriodMissed Code = "period-missed"
	CodeNoStaff      Code = "no-staff"
	CodePeopleMet    Code = "people"
	CodeNoneYet      Code = "none-yet"
	CodeNoRule       Code = "no-rule"
	CodeNoneOf       Code = "none-of"
	CodeOneOf        Code = "one-of"
	CodeAllOf        Code = "all-of"
)

// The codes of the kinds of requirement.
const (
	CodeCourseDone    Code = "course-done"
	CodeCourseRuns    Code = "course-runs"
	CodeCourseMissing Code = "course-missing"
	CodeCourseNoList  Code = "course-no-attendance"
	CodeAttended      Code = "course-attended"

	CodePractice        Code = "practice"
	CodeBegunBefore     Code = "round-before-window"
	CodeBegun           Code = "round-begun"
	CodeClosed          Code = "round-closed"
	CodeClosedOutside   Code = "round-closed-too-late"
	CodeBrokenOff       Code = "round-broken-off"
	CodeNotBegun        Code = "round-not-begun"
	CodeRunning         Code = "round-running"
	CodeHeld            Code = "sessions-held"
	CodeHeldCancelled   Code = "sessions-cancelled"
	CodeLed             Code = "sessions-led"
	CodeThroughout      Code = "led-throughout"
	CodeLeft            Code = "not-led-throughout"
	CodeFilmed          Code = "sessions-filmed"
	CodeSupervised      Code = "sessions-supervised"
	CodePresence        Code = "participants"
	CodePresenceFew     Code = "participants-few"
	CodePresencePending Code = "participants-so-far"
	CodePresenceCounted Code = "attendance-only-counted"
	CodePresenceSilent  Code = "attendance-lacking"
	CodeFinished        Code = "finished"
	CodeWaveDone        Code = "wave-answered"
	CodeWaveMissing     Code = "wave-missing"
	CodeLasted          Code = "lasted"
	CodeSessions        Code = "sessions"
	CodeSessionsLacking Code = "sessions-lacking"

	CodeFilms            Code = "films"
	CodeClips            Code = "clips"
	CodeReviews          Code = "reviews"
	CodeFilmsHere        Code = "films-of-round"
	CodeAwaitReview      Code = "awaits-review"
	CodeAwaitSupervision Code = "awaits-supervision"
	CodeLengthUnknown    Code = "length-unknown"
	CodeLengthWrong      Code = "length-wrong"
	CodeReviewerUnknown  Code = "reviewer-unknown"
	CodeRatingUnknown    Code = "rating-unknown"
	CodeRatingLow        Code = "rating-low"

	CodeSupervisionTimes Code = "supervision-times"
	CodeSupervisionHours Code = "supervision-hours"
	CodeSupervisionShare Code = "supervision-share"
	CodeEducationTimes   Code = "education-times"
	CodeEducationHours   Code = "education-hours"
	CodeHolds            Code = "holds"
	CodeHoldsNot         Code = "holds-not"
	CodeHeldTooShort     Code = "held-too-short"
	CodeTestPassed       Code = "test-passed"
	CodeTestFailed       Code = "test-failed"
	CodeTestMissing      Code = "test-missing"
	CodeAttestDone       Code = "attested"
	CodeAttestMissing    Code = "not-attested"
	CodeStaff            Code = "staff"
	CodeNotified         Code = "starts-notified"
	CodeNotNotified      Code = "start-not-notified"
	CodeNotifiedLate     Code = "start-notified-late"
	CodeEvaluated        Code = "rounds-evaluated"
	CodeNotEvaluated     Code = "round-not-evaluated"
	CodeAnswersFew       Code = "answers-few"
	CodeAnswersUnknown   Code = "answers-unknown"

	// What nobody writes down.
	CodeFilmedUnrecorded      Code = "films-unrecorded"
	CodeSupervisedUnrecorded  Code = "supervision-unrecorded"
	CodeWaveUnrecorded        Code = "answers-unrecorded"
	CodeReviewsUnrecorded     Code = "reviews-unrecorded"
	CodeEvaluatedUnrecorded   Code = "evaluations-unrecorded"
	CodeSupervisionUnrecorded Code = "supervision-times-unrecorded"
)

// Codes are all codes of reasons, in the order of the alphabet.
func Codes() []Code {
	codes := make([]Code, 0, len(texts))
	for c := range texts {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	return codes
}

func (ev *eval) reason(code Code, args Args) Reason {
	return Reason{Code: code, Args: args, def: ev.def}
}

func (ev *eval) because(code Code, args Args) []Reason { return []Reason{ev.reason(code, args)} }

// about is a reason that tells of one round or case.
func (ev *eval) about(j *judgement, code Code, args Args) Reason {
	return ev.aboutWork(j.work, code, args)
}

func (ev *eval) aboutWork(w *work, code Code, args Args) Reason {
	args.Round, args.Case, args.Cases = w.roundID(), w.caseID(), w.isCase
	return Reason{Code: code, Args: args, def: ev.def, variant: w.variant}
}

// bare is an id as a title, for what the definition does not have.
func bare(id string) programme.Texts { return programme.Texts{"sv": id, "en": id} }

// titles are the variants' titles.
func (ev *eval) titles(variants []string) []programme.Texts {
	var out []programme.Texts
	for _, id := range variants {
		if v, ok := ev.def.Variant(id); ok && len(v.Title) > 0 {
			out = append(out, v.Title)
		} else {
			out = append(out, bare(id))
		}
	}
	return out
}

func (ev *eval) credentialTitles(ids []string) []programme.Texts {
	var out []programme.Texts
	for _, id := range ids {
		if c, ok := ev.def.Credential(id); ok && len(c.Title) > 0 {
			out = append(out, c.Title)
		} else {
			out = append(out, bare(id))
		}
	}
	return out
}

func (ev *eval) roleTitles(ids []string) []programme.Texts {
	var out []programme.Texts
	for _, id := range ids {
		switch r, ok := ev.def.Role(id); {
		case ok && len(r.Title) > 0:
			out = append(out, r.Title)
		case id == "contact":
			out = append(out, programme.Texts{"sv": "chef eller kontaktperson", "en": "a manager or contact"})
		default:
			out = append(out, bare(id))
		}
	}
	return out
}

func (ev *eval) waveTitle(variant, wave string) []programme.Texts {
	if v, ok := ev.def.Variant(variant); ok {
		for _, w := range v.Waves {
			if w.ID == wave && len(w.Title) > 0 {
				return []programme.Texts{w.Title}
			}
		}
	}
	return []programme.Texts{bare(wave)}
}

func (ev *eval) instrumentTitle(id string) []programme.Texts {
	for _, i := range ev.def.Instruments {
		if i.ID == id && len(i.Title) > 0 {
			return []programme.Texts{i.Title}
		}
	}
	return []programme.Texts{bare(id)}
}

// attestedTitle is what is vouched for, in the requirement's own words where it has any.
func attestedTitle(req *programme.Requirement, r programme.Attested) programme.Texts {
	if len(req.Words) > 0 {
		return req.Words
	}
	return bare(r.What)
}
