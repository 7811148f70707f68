package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/dicode/platen"
)

// A changed is what something on a server has become.
type changed struct {
	value any    // as the API has it
	text  string // for people
}

// each changes one thing after the other, and tells what has become of it. After an
// error that the next one would have, too, the rest is left.
func (s streams) each(ctx context.Context, what string, ids []string, lines bool, change func(id string) (changed, error)) error {
	bar := s.progress(len(ids), what)
	defer bar.Finish()
	var errs []error
	for i, id := range ids {
		now, err := change(id)
		bar.Clear()
		switch {
		case err == nil:
			if err := s.tell(now, lines); err != nil {
				return err
			}
		case ctx.Err() != nil:
			fmt.Fprintf(s.err, "platen: interrupted: %d of %d done\n", i, len(ids))
			return errReported{ctx.Err()}
		default:
			errs = append(errs, err)
			fmt.Fprintf(s.err, "platen: %s\n", words(err))
		}
		if rest := len(ids) - i - 1; rest > 0 && !ofOne(err) {
			fmt.Fprintf(s.err, "platen: %d of %d left as before\n", rest, len(ids))
			break
		}
		bar.Add(1)
	}
	return worst(errs)
}

// ofOne reports whether an error, or none, says nothing about the next thing.
func ofOne(err error) bool {
	return err == nil || errors.Is(err, platen.NotFound) || errors.Is(err, platen.Conflict)
}

func (s streams) tell(now changed, lines bool) error {
	if lines {
		return cannotWrite("stdout", json.NewEncoder(s.out).Encode(now.value))
	}
	_, err := fmt.Fprintln(s.out, printable(now.text))
	return cannotWrite("stdout", err)
}

// ask asks a question that is answered by y or n; anything else is no.
func (s streams) ask(ctx context.Context, question string) (bool, error) {
	fmt.Fprintf(s.err, "%s [y/N] ", question)
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(s.in).ReadString('\n')
		line <- strings.ToLower(strings.TrimSpace(text))
	}()
	select {
	case text := <-line:
		return text == "y" || text == "yes", nil
	case <-ctx.Done():
		fmt.Fprintln(s.err)
		return false, ctx.Err()
	}
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
