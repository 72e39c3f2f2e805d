// Package catalogue keeps the programmes' definitions as they were uploaded, which version is in force from which day, and where
// each programme has its home. A round asks for the version that it was started with, and gets it for ever: what is stored is
// never edited and never deleted, and a decision that is taken back stays readable.
//
// It never judges what a definition says (package programme does), and never touches a round: a new version is for rounds that
// start from its day on.
package catalogue

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// The actions in the log that this room writes. Their subject is a definition's id, or the hub that a programme moves to.
const (
	ActionUpload   audit.Action = "definition.upload"
	ActionInForce  audit.Action = "definition.in-force"
	ActionWithdraw audit.Action = "definition.withdraw"
	ActionMove     audit.Action = "programme.move"
	ActionStay     audit.Action = "programme.stay"
	ActionRead     audit.Action = "definition.read"
)

// Zone is where a day begins for what is in force from it.
const Zone = "Europe/Stockholm"

// zone is loaded once; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation(Zone)
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// Service is the room's door. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	log    *audit.Log
	clock  clock.Clock
	logger *slog.Logger

	parsed     sync.Map // "programme@version" → *programme.Definition; a stored definition never changes
	known      atomic.Pointer[knowledge]
	refreshing sync.Mutex
}

// knowledge is what the service knows without asking the database.
type knowledge struct {
	*records
	at      time.Time // when it was last compared with the database
	on      clock.Date
	inForce []Stored // on that day, in the order of the programmes' ids
}

// refreshAfter is how old the knowledge may be: so soon another instance's decisions show here.
const refreshAfter = 2 * time.Second

// Open opens the room: it takes in the definitions that ship with the program, the *.yaml files of shipped, and gives programmes
// that have no home yet to the first hub, where there is one.
func Open(ctx context.Context, d *db.DB, log *audit.Log, c clock.Clock, logger *slog.Logger, shipped fs.FS) (*Service, error) {
	s := &Service{db: d, log: log, clock: c, logger: logger}
	if err := s.takeIn(ctx, shipped); err != nil {
		return nil, fmt.Errorf("take in the shipped definitions: %w", err)
	}
	if err := s.GiveHomes(ctx); err != nil {
		return nil, err
	}
	return s, s.refresh(ctx)
}

// Today is the day it is where the programmes have their homes.
func (s *Service) Today() clock.Date { return clock.Today(s.clock, zone) }

// Definition is one version of one programme, for ever the same; NotFound when there is none such. It is not to be called from a
// function given to db.Write: it may read the database itself.
func (s *Service) Definition(programmeID, version string) (*programme.Definition, error) {
	key := programmeID + "@" + version
	if d, ok := s.parsed.Load(key); ok {
		return d.(*programme.Definition), nil
	}
	source, err := s.source(context.Background(), programmeID, version)
	if err != nil {
		return nil, fmt.Errorf("definition of %s, version %s: %w", programmeID, version, err)
	}
	d, mistakes := programme.Parse(programmeID+"-"+version+".yaml", source)
	if d == nil {
		// It was right when it was stored, so the reader has become stricter than it may.
		return nil, fmt.Errorf("the stored definition of %s, version %s, can no longer be read: %w", programmeID, version, mistakes[0])
	}
	kept, _ := s.parsed.LoadOrStore(key, d)
	return kept.(*programme.Definition), nil
}

// InForce is the definition in force today of each programme that has one, in the order of their ids. It asks the database at most
// once in two seconds. A definition is read when it is first asked for, so that a start does not wait for all of them; one that can no
// longer be read is left out, and the log says so.
func (s *Service) InForce() []*programme.Definition {
	var all []*programme.Definition
	for _, stored := range s.current().inForce {
		d, err := s.Definition(stored.Programme, stored.Version)
		if err != nil {
			s.logger.Error("a definition in force is left out", "err", err)
			continue
		}
		all = append(all, d)
	}
	return all
}

// Newest is the definition that a round of the programme starts with today; where none is in force, the newest by its own date.
// NotFound when there is none.
func (s *Service) Newest(programmeID string) (*programme.Definition, error) {
	k := s.current()
	for _, stored := range k.inForce {
		if stored.Programme == programmeID {
			return s.Definition(programmeID, stored.Version)
		}
	}
	versions := k.versions(programmeID)
	if len(versions) == 0 {
		return nil, errs.Wrap(errs.NotFound, fmt.Errorf("no definition of %s", programmeID))
	}
	return s.Definition(programmeID, versions[0].Version)
}

// InForceOn is the definition that a hub had, has or will have in force on a day; NotFound when the programme has its home
// elsewhere on that day, or has nothing in force.
func (s *Service) InForceOn(ctx context.Context, programmeID, hubID string, on clock.Date) (*programme.Definition, error) {
	var version string
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		t := r.timelines[programmeID]
		home, ok := t.homeOn(on)
		if !ok || home.hub != hubID {
			return errs.Wrap(errs.NotFound, fmt.Errorf("%s has not its home with hub %s on %s", programmeID, hubID, on))
		}
		f, ok := t.inForceOn(on)
		if !ok {
			return errs.Wrap(errs.NotFound, fmt.Errorf("nothing of %s is in force on %s", programmeID, on))
		}
		version = r.stored[f.definition].Version
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("what is in force: %w", err)
	}
	return s.Definition(programmeID, version)
}

// current is the knowledge, at most refreshAfter old. While one caller brings it up to date the others use what there is.
func (s *Service) current() *knowledge {
	k := s.known.Load()
	now := s.clock.Now()
	if age := now.Sub(k.at); age >= 0 && age < refreshAfter && k.on == clock.DateOf(now.In(zone)) {
		return k
	}
	if !s.refreshing.TryLock() {
		return k
	}
	defer s.refreshing.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), refreshAfter)
	defer cancel()
	if err := s.refreshLocked(ctx); err != nil {
		s.logger.Warn("what is in force could not be read; what was known is used", "err", err)
		kept := *k
		kept.at = now
		s.known.Store(&kept)
	}
	return s.known.Load()
}

// refresh compares the knowledge with the database, and reads it anew where rows have been added. One at a time: an older reading
// must not replace a newer one.
func (s *Service) refresh(ctx context.Context) error {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	return s.refreshLocked(ctx)
}

func (s *Service) refreshLocked(ctx context.Context) error {
	now := s.clock.Now()
	next := knowledge{at: now, on: clock.DateOf(now.In(zone))}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		counts, err := readCounts(ctx, tx)
		if err != nil {
			return err
		}
		if k := s.known.Load(); k != nil && k.counts == counts {
			next.records = k.records
			return nil
		}
		next.records, err = readRecords(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range next.programmes() {
		if f, ok := next.timelines[id].inForceOn(next.on); ok {
			next.inForce = append(next.inForce, next.stored[f.definition])
		}
	}
	s.known.Store(&next)
	return nil
}

// source is a definition's text as it was uploaded.
func (s *Service) source(ctx context.Context, programmeID, version string) ([]byte, error) {
	var text string
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		text, err = db.One(ctx, tx, db.Scalar[string], `SELECT source FROM definition WHERE programme = $1 AND version = $2`, programmeID, version)
		return err
	})
	return []byte(text), err
}

// HomeProgrammes is the programmes that have their home with a hub today, in the order of their ids. Like InForce it asks the database at
// most once in two seconds.
func (s *Service) HomeProgrammes(hubID string) []string {
	k := s.current()
	var ids []string
	for _, id := range k.programmes() {
		if home, ok := k.timelines[id].homeOn(k.on); ok && hubID != "" && home.hub == hubID {
			ids = append(ids, id)
		}
	}
	return ids
}
