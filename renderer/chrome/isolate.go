package chrome

import (
	"os"
	"os/exec"
	"syscall"
)

// supervise makes the browser end with Platen, even when Platen is killed, and
// with all its helpers.
func supervise(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// isolate is supervise, and gives the browser a network namespace in which there
// is no network at all. An ordinary user may make one only within a user
// namespace, in which it stays the user that it is: the sandbox refuses root.
func isolate(cmd *exec.Cmd) {
	supervise(cmd)
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET
	if uid, gid := os.Geteuid(), os.Getegid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	}
}
