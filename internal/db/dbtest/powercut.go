package dbtest

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

const sector = 512

// memory is what a disk that Remembers has been told to keep: for each file, its content at its latest fsync.
type memory struct {
	sync.Mutex
	durable map[string][]byte
	info    map[string]os.FileInfo
	open    map[string]*os.File // by which the files are read; never closed before the end, as to close drops SQLite's locks
}

// Remember makes the disk keep what each fsync made durable, so that PowerCut can tell. It costs a copy of the file each time.
func (d *Disk) Remember() {
	d.memory.Store(&memory{durable: map[string][]byte{}, info: map[string]os.FileInfo{}, open: map[string]*os.File{}})
}

// remember copies a file that has been synced.
func (m *memory) remember(path string) error {
	m.Lock()
	defer m.Unlock()
	content, err := m.read(path)
	if err == nil {
		m.durable[path] = content
	}
	return err
}

func (m *memory) read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	f := m.open[path]
	if f == nil || !os.SameFile(info, m.info[path]) { // SQLite deletes its logs and makes new ones of the same name
		if f, err = os.Open(path); err != nil {
			return nil, err
		}
		m.open[path], m.info[path] = f, info
	}
	content := make([]byte, info.Size())
	n, err := f.ReadAt(content, 0)
	if n < len(content) {
		return content[:n], nil // it was cut shorter meanwhile
	}
	return content, err
}

// PowerCut writes into a folder what the files could be if the power went now: what was synced is there, and of what was written
// since, any sectors or none.
func (d *Disk) PowerCut(folder string) error {
	m := d.memory.Load()
	if m == nil {
		return errors.New("the disk was not told to Remember")
	}
	m.Lock()
	defer m.Unlock()
	for path, kept := range m.durable {
		now, err := m.read(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted; the next log's first fsync is of the folder too
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(path)), torn(kept, now), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// torn is the durable content with a random choice of the sectors that have changed since.
func torn(kept, now []byte) []byte {
	size := len(kept)
	if rand.N(2) == 0 {
		size = len(now)
	}
	image := slices.Concat(kept, make([]byte, max(0, size-len(kept))))[:size]
	chance := rand.N(3) // none, some, most
	for at := 0; at < min(size, len(now)); at += sector {
		if rand.N(3) < chance {
			copy(image[at:min(at+sector, size)], now[at:min(at+sector, len(now))])
		}
	}
	return image
}
