package vault

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxLine is the longest line that EachLine reads, in bytes.
const maxLine = 16 << 20

// AppendLines adds lines, none of which holds a line break, to a file that only grows, and makes it with mode 0600 where there is
// none. They are on the disk when it returns. A line that a crash cut off is ended first, so that it spoils no other. It is for the
// few files that must outlive the database: erasures, and the audit log's checkpoints.
func AppendLines(path string, lines ...[]byte) (err error) {
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("append to %s: %w", filepath.Base(path), err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	var block []byte
	if end > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, end-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			block = append(block, '\n')
		}
	}
	for _, line := range lines {
		block = append(append(block, line...), '\n')
	}
	// One write: two instances that append to the same file do not mix their lines.
	if _, err := f.Write(block); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if end == 0 {
		return syncFolder(filepath.Dir(path))
	}
	return nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// EachLine reads r line by line; number counts from 1. Empty lines are passed over. An error of fn ends the reading and is returned.
func EachLine(r io.Reader, fn func(number int, line []byte) error) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	for number := 1; scanner.Scan(); number++ {
		if len(scanner.Bytes()) == 0 {
			continue
		}
		if err := fn(number, scanner.Bytes()); err != nil {
			return err
		}
	}
	return scanner.Err()
}
