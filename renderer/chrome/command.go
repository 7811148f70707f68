package chrome

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// A small program that is asked something, as for its version, must answer within
// answerTimeout. fc-list may have to read every font first.
const (
	answerTimeout = time.Minute
	closeTimeout  = 2 * time.Second // for its output to end after it has ended itself
)

var errNoAnswer = errors.New("the program did not answer")

// output runs a command and returns what it prints. It returns when ctx or timeout
// ends, with the cause, and leaves nothing running.
func output(ctx context.Context, timeout time.Duration, env []string, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%w in %s", errNoAnswer, timeout))
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = env
	cmd.WaitDelay = closeTimeout
	supervise(cmd)
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrWaitDelay) {
		// Something that the program started holds its output open.
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		return nil, fmt.Errorf("%w: it has ended and left its output open", errNoAnswer)
	}
	if err != nil {
		return nil, orCause(ctx, err)
	}
	return out, nil
}
