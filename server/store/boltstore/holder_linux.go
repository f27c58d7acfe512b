package boltstore

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// holder says which process has the file locked, as far as the system tells: /proc/locks names the inode and the process
//
//	2: FLOCK  ADVISORY  WRITE 18031 fd:01:3932170 0 EOF
func holder(path string) string {
	const unknown = "another process"
	info, err := os.Stat(path)
	if err != nil {
		return unknown
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return unknown
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return unknown
	}
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	for line := range strings.Lines(string(locks)) {
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "FLOCK" || !strings.HasSuffix(f[5], inode) {
			continue
		}
		name, err := os.ReadFile("/proc/" + f[4] + "/comm")
		if err != nil { // it belongs to another container
			return fmt.Sprintf("process %s", f[4])
		}
		return fmt.Sprintf("process %s (%s)", f[4], strings.TrimSpace(string(name)))
	}
	return unknown
}
