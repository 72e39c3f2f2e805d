package dbtest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"hemvist/internal/db"
)

// Disk is a file layer of SQLite over the machine's own that counts every fsync and can be slow, full or broken. It is safe for
// concurrent use. It sees what SQLite asks of the files; what the kernel makes of an fsync it does not see.
type Disk struct {
	name          string
	logSyncs      atomic.Int64
	fileSyncs     atomic.Int64
	extra         atomic.Int64 // nanoseconds
	failSyncs     atomic.Int64
	full          atomic.Bool
	memory        atomic.Pointer[memory]
	tables        sync.Mutex
	tablesByPlain map[tableKey]uintptr
}

// tableKey is an original table of file methods, and the file that a copy of it is for.
type tableKey struct {
	plain uintptr
	path  string
	log   bool
}

var disks struct {
	sync.Mutex
	n       int
	byVFS   sync.Map // uintptr of the file layer → *Disk
	byTable sync.Map // uintptr of our table of methods → *methods
}

type methods struct {
	disk  *Disk
	plain *lib.Tsqlite3_io_methods
	path  string
	log   bool
}

// NewDisk registers a new disk; OnDisk puts a test's database on it.
func NewDisk(t testing.TB) *Disk {
	t.Helper()
	disks.Lock()
	defer disks.Unlock()
	disks.n++
	d := &Disk{name: fmt.Sprintf("hemvist-test-%d", disks.n), tablesByPlain: map[tableKey]uintptr{}}
	tls := libc.NewTLS()
	defer tls.Close()
	plain := lib.Xsqlite3_vfs_find(tls, 0)
	name, err := libc.CString(d.name)
	if err != nil || plain == 0 {
		t.Fatalf("SQLite has no file layer (%v)", err)
	}
	// The few bytes stay for the life of the process: SQLite may hold on to them.
	own := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
	vfs := at[lib.Tsqlite3_vfs](own)
	*vfs = *at[lib.Tsqlite3_vfs](plain)
	vfs.FpNext, vfs.FzName = 0, name
	vfs.FxOpen = funcPointer(diskOpen)
	disks.byVFS.Store(own, &opened{d, at[lib.Tsqlite3_vfs](plain).FxOpen})
	if rc := lib.Xsqlite3_vfs_register(tls, own, 0); rc != lib.SQLITE_OK {
		t.Fatalf("SQLite refused the file layer: %d", rc)
	}
	return d
}

type opened struct {
	disk  *Disk
	plain uintptr
}

// OnDisk puts the test's SQLite database on the disk; PostgreSQL does not notice.
func OnDisk(d *Disk) Option { return func(o *db.Options) { o.VFS = d.name } }

// Syncs is how often SQLite has asked for an fsync: of the write-ahead log, which is what a commit waits for, and of the
// database file, which is what a checkpoint does.
func (d *Disk) Syncs() (log, file int64) { return d.logSyncs.Load(), d.fileSyncs.Load() }

// Slow makes each fsync take this much longer. For benchmarks.
func (d *Disk) Slow(by time.Duration) { d.extra.Store(int64(by)) }

// FailSyncs lets the next n fsyncs fail with an input/output error.
func (d *Disk) FailSyncs(n int) { d.failSyncs.Store(int64(n)) }

// Full makes every write fail for want of room, until it is called with false.
func (d *Disk) Full(full bool) { d.full.Store(full) }

type (
	openFunc  = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	syncFunc  = func(tls *libc.TLS, file uintptr, flags int32) int32
	writeFunc = func(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32
)

// diskOpen opens as the machine's layer does, and then puts our methods in place of its own.
func diskOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	known, _ := disks.byVFS.Load(vfs)
	o := known.(*opened)
	rc := function[openFunc](o.plain)(tls, vfs, name, file, flags, out)
	if f := at[lib.Tsqlite3_file](file); rc == lib.SQLITE_OK && f.FpMethods != 0 {
		f.FpMethods = o.disk.table(tls, tableKey{f.FpMethods, libc.GoString(name), flags&lib.SQLITE_OPEN_WAL != 0})
	}
	return rc
}

// table is our copy of a table of methods.
func (d *Disk) table(tls *libc.TLS, key tableKey) uintptr {
	d.tables.Lock()
	defer d.tables.Unlock()
	if own, made := d.tablesByPlain[key]; made {
		return own
	}
	own := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_io_methods{})))
	m := at[lib.Tsqlite3_io_methods](own)
	plain := at[lib.Tsqlite3_io_methods](key.plain)
	*m = *plain
	m.FxSync, m.FxWrite = funcPointer(diskSync), funcPointer(diskWrite)
	disks.byTable.Store(own, &methods{d, plain, key.path, key.log})
	d.tablesByPlain[key] = own
	return own
}

func methodsOf(file uintptr) *methods {
	m, _ := disks.byTable.Load(at[lib.Tsqlite3_file](file).FpMethods)
	return m.(*methods)
}

func diskSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	m := methodsOf(file)
	if m.log {
		m.disk.logSyncs.Add(1)
	} else {
		m.disk.fileSyncs.Add(1)
	}
	if m.disk.failSyncs.Load() > 0 && m.disk.failSyncs.Add(-1) >= 0 {
		return lib.SQLITE_IOERR_FSYNC
	}
	if extra := m.disk.extra.Load(); extra > 0 {
		<-time.NewTimer(time.Duration(extra)).C
	}
	rc := function[syncFunc](m.plain.FxSync)(tls, file, flags)
	if memory := m.disk.memory.Load(); memory != nil && rc == lib.SQLITE_OK {
		if err := memory.remember(m.path); err != nil {
			return lib.SQLITE_IOERR_FSYNC
		}
	}
	return rc
}

func diskWrite(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	m := methodsOf(file)
	if m.disk.full.Load() {
		return lib.SQLITE_FULL
	}
	return function[writeFunc](m.plain.FxWrite)(tls, file, data, n, offset)
}

// at reads an address of SQLite's memory, which Go's collector neither owns nor moves.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// function is the Go function behind a C function pointer, as the translated SQLite calls it.
func function[F any](pointer uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{pointer})) }

// funcPointer is the C function pointer of a top-level Go function.
func funcPointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }
