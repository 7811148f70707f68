package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// adoptOrphans makes this process the parent of those below it whose parent ends.
// Nobody waits for them, so that a browser that was replaced leaves its helpers'
// CPU times to be read (prctl(2), PR_SET_CHILD_SUBREAPER).
func adoptOrphans() error {
	const setChildSubreaper = 36
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); errno != 0 {
		return fmt.Errorf("adopt orphaned processes: %w", errno)
	}
	return nil
}

// ownCPU returns the CPU time of this process, in ms.
func ownCPU() float64 { return usedCPU(syscall.RUSAGE_SELF) }

// startedCPU returns the CPU time of all that this process has started, in ms:
// what was waited for, and what is still there.
func startedCPU() float64 {
	total := usedCPU(syscall.RUSAGE_CHILDREN)
	for _, pid := range descendants(os.Getpid()) {
		total += statCPU(pid)
	}
	return total
}

func usedCPU(who int) float64 {
	var used syscall.Rusage
	syscall.Getrusage(who, &used)
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e6
}

// statCPU returns the CPU time of another process and of those it has waited for,
// in ms (proc_pid_stat(5), fields 14 to 17). It counts in steps of 10 ms.
func statCPU(pid int) float64 {
	const msPerTick = 10 // USER_HZ is 100
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from field 3 on
	if len(fields) < 15 {
		return 0 // it has ended
	}
	var ticks int64
	for _, field := range fields[11:15] {
		n, _ := strconv.ParseInt(field, 10, 64)
		ticks += n
	}
	return float64(ticks * msPerTick)
}

// startedMemory returns the bytes that all that this process has started hold for
// themselves alone, as Platen counts them to limit its browsers.
func startedMemory() int64 {
	var pages int64
	for _, pid := range descendants(os.Getpid()) {
		statm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if fields := strings.Fields(string(statm)); len(fields) > 2 {
			resident, _ := strconv.ParseInt(fields[1], 10, 64)
			shared, _ := strconv.ParseInt(fields[2], 10, 64)
			pages += resident - shared
		}
	}
	return pages * int64(os.Getpagesize())
}

// descendants returns the processes below one.
func descendants(pid int) (pids []int) {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for field := range bytes.FieldsSeq(children) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				pids = append(append(pids, child), descendants(child)...)
			}
		}
	}
	return pids
}

// peakMemory returns the most bytes that this process was ever resident with. It
// is VmHWM, which begins with the program; Maxrss would begin with the memory of
// the parent that started it.
func peakMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscanf(rest, "%d kB", &kib); err != nil {
		return 0, fmt.Errorf("read VmHWM: %w", err)
	}
	return kib << 10, nil
}
