package dirlock

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockedBy finds the process that has a lock on an inode in the system's list of locks (proc_locks(5)); 0 where
// it is not there, as for a process of another container.
func lockedBy(inode os.FileInfo) int {
	stat, ok := inode.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return 0
	}
	defer locks.Close()
	return holderIn(bufio.NewScanner(locks), fmt.Sprintf("%02x:%02x:%d", unix.Major(stat.Dev), unix.Minor(stat.Dev), stat.Ino))
}

// holderIn reads lines like "1: FLOCK  ADVISORY  WRITE 2473 fe:00:9980897 0 EOF".
func holderIn(lines *bufio.Scanner, inode string) int {
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || fields[1] != "FLOCK" || fields[5] != inode {
			continue
		}
		if pid, err := strconv.Atoi(fields[4]); err == nil && pid > 0 {
			return pid
		}
	}
	return 0
}
