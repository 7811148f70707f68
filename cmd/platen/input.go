package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/dicode/platen"
)

const stdStream = "-" // as a path: stdin or stdout

// dataLimits returns the limits of reading data, with a size in MiB. Where there may be
// more bytes than by default, there may be more values, too.
func dataLimits(mib int) platen.DataLimits {
	limits := platen.DefaultDataLimits
	limits.Values = max(limits.Values, limits.Values/(limits.Bytes>>20)*mib)
	limits.Bytes = mib << 20
	return limits
}

// maxDataMiB is the largest value of --max-data.
const maxDataMiB = 2048

// checkMaxData refuses a limit that no record could keep, or that is none.
func checkMaxData(mib int) error {
	if mib < 1 || mib > maxDataMiB {
		return fmt.Errorf("--max-data is %d: want 1 to %d", mib, maxDataMiB)
	}
	return nil
}

// readData reads a data file, or stdin for "-". It reads one byte more than the
// limit at most, so that whoever parses the data can say that it is too large, and
// gives up when ctx ends, even if a pipe never delivers.
func readData(ctx context.Context, path string, stdin io.Reader, limit int) ([]byte, error) {
	type outcome struct {
		data []byte
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		data, err := readAtMost(path, stdin, int64(limit)+1)
		done <- outcome{data, err}
	}()
	select {
	case o := <-done:
		return o.data, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func readAtMost(path string, stdin io.Reader, n int64) ([]byte, error) {
	if path == stdStream {
		return io.ReadAll(io.LimitReader(stdin, n))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotRead(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, n))
	return data, cannotRead(err)
}

func cannotRead(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no such file: %w", platen.NotFound)
	}
	return fmt.Errorf("cannot read the data: %w: %w", withoutPath(err), platen.Invalid)
}

// withoutPath leaves out the path that an error of the file system repeats.
func withoutPath(err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		return cause.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
