package chrome

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/dicode/platen"
)

// prefix is how the folders of pools are called in the temporary folder.
const prefix = "platen-chrome-"

// A home is a pool's temporary folder. Beside it stands a file on which the pool
// holds a lock for as long as it lives; the kernel drops the lock when the process
// ends in whatever way, which tells a folder that is left behind from one in use.
type home struct {
	dir  string
	lock *os.File
}

// openHome makes a folder in temp and removes those whose owner is dead.
func openHome(temp string) (*home, error) {
	if temp == "" {
		temp = os.TempDir()
	}
	sweep(temp)
	for range 100 {
		lock, err := os.CreateTemp(temp, prefix+"*.lock")
		if err != nil {
			return nil, fmt.Errorf("make the browser's temporary folder: %w: mend %s or name another temporary folder: %w", err, temp, platen.Internal)
		}
		// A sweep may come between the file and its lock.
		if !tryLock(lock) || !stillThere(lock) {
			lock.Close()
			continue
		}
		h := &home{dir: strings.TrimSuffix(lock.Name(), ".lock"), lock: lock}
		if err := os.Mkdir(h.dir, 0o700); err != nil {
			h.remove()
			return nil, fmt.Errorf("make the browser's temporary folder: %w: %w", err, platen.Internal)
		}
		return h, nil
	}
	return nil, fmt.Errorf("make the browser's temporary folder in %s: other processes keep removing it: %w", temp, platen.Internal)
}

// remove removes the folder and gives up the lock. What cannot be removed is left
// to the next sweep.
func (h *home) remove() {
	if removeAll(h.dir) == nil {
		os.Remove(h.lock.Name())
	}
	h.lock.Close()
}

// sweep removes the folders in temp whose owner is dead. What cannot be removed
// stays for the next time.
func sweep(temp string) {
	locks, _ := filepath.Glob(filepath.Join(temp, prefix+"*.lock"))
	for _, name := range locks {
		lock, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		if tryLock(lock) && stillThere(lock) {
			if os.RemoveAll(strings.TrimSuffix(name, ".lock")) == nil {
				os.Remove(name)
			}
		}
		lock.Close()
	}
}

func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// stillThere reports whether the file's name still names the file.
func stillThere(f *os.File) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(f.Name())
	return err == nil && os.SameFile(held, named)
}
