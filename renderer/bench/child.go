package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// A task is what a child process does; its result is printed as JSON.
type task func(b *bench, ctx context.Context, args []string) (any, error)

var tasks = map[string]task{
	"memory": (*bench).memoryChild,
	"finish": (*bench).finishChild,
	"pdfcpu": (*bench).pdfcpuChild,
}

// child does a task in a process of its own and reads what it returns into result.
func (b *bench) child(ctx context.Context, result any, name string, args ...string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	flags := []string{"-child=" + name, "-data=" + b.data, fmt.Sprintf("-no-sandbox=%t", b.noSandbox)}
	cmd := exec.CommandContext(ctx, program, append(flags, args...)...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("child %s: %w", name, err)
	}
	return json.Unmarshal(out, result)
}

// runChild is what a child process does.
func (b *bench) runChild(ctx context.Context, name string, args []string) error {
	result, err := tasks[name](b, ctx, args)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
