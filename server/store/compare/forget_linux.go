package main

import (
	"os"
	"syscall"
)

// fadvDontNeed is POSIX_FADV_DONTNEED of Linux.
const fadvDontNeed = 4

func dropPages(f *os.File) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if _, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, fadvDontNeed, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
