package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/dicode/platen/client"
)

type topCmd struct {
	Interval time.Duration `default:"2s" help:"How often the server is asked."`
	Once     bool          `help:"Print it once, and end."`
	Remote   remoteFlags   `embed:"" group:"Server"`
}

// Validate is called by kong.
func (cmd *topCmd) Validate() error {
	if cmd.Interval < 100*time.Millisecond {
		return fmt.Errorf("--interval is %s: want 100ms or more", cmd.Interval)
	}
	return nil
}

// Help is the long text of "platen help top".
func (*topCmd) Help() string {
	return `The credential needs the scope admin, since the tenants are named. Keys: q ends it, s changes the
order of the tenants. When stdout is no terminal, it is printed again and again.`
}

// A glance is what the server has answered, or why it has not.
type glance struct {
	status client.Status
	err    error
}

// Run shows it until it is ended: by q, Ctrl-C or a signal.
func (cmd *topCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	first := glanceAt(ctx, c)
	if first.err != nil { // mostly a mistake in the command line
		return first.err
	}
	v := view{server: cmd.Remote.Server, status: first.status}
	switch {
	case cmd.Once:
		return v.print(std.out)
	case isTerminal(std.out):
		in, _ := std.in.(*os.File)
		return cmd.live(ctx, c, v, in, std.out.(*os.File))
	}
	return cmd.print(ctx, c, v, std)
}

// patience is how long the server may take to answer.
const patience = 10 * time.Second

func glanceAt(ctx context.Context, c *client.Client) glance {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	status, err := answer[client.Status](c.GetStatus(ctx))
	return glance{status, err}
}

// poll asks the server at each interval until ctx ends.
func (cmd *topCmd) poll(ctx context.Context, c *client.Client) <-chan glance {
	glances := make(chan glance)
	go func() {
		for {
			select {
			case <-time.After(cmd.Interval):
			case <-ctx.Done():
				return
			}
			select {
			case glances <- glanceAt(ctx, c):
			case <-ctx.Done():
				return
			}
		}
	}()
	return glances
}

// live shows it on a terminal.
func (cmd *topCmd) live(ctx context.Context, c *client.Client, v view, in, out *os.File) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	s, err := openScreen(in, out)
	if err != nil {
		return err
	}
	defer s.close()
	glances := cmd.poll(ctx, c)
	for {
		if err := s.draw(v.fit(s.size())); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-resized:
		case g := <-glances:
			v.take(g)
		case key := <-s.keys:
			switch key {
			case 'q', ctrlC:
				return nil
			case 's':
				v.order = (v.order + 1) % len(orders)
			}
		}
	}
}

// print shows it where there is no terminal.
func (cmd *topCmd) print(ctx context.Context, c *client.Client, v view, std streams) error {
	glances := cmd.poll(ctx, c)
	for {
		if err := v.print(std.out); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case g := <-glances:
			v.take(g)
		}
		fmt.Fprintln(std.out)
	}
}

// print writes all there is.
func (v view) print(w io.Writer) error {
	_, err := fmt.Fprintln(w, strings.Join(v.all(), "\n"))
	return cannotWrite("stdout", err)
}
