package renderer

import (
	"context"
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// A reading is the data of a job, read. Nothing changes it.
type reading struct {
	key      string
	data     any
	contract string // that it satisfies, "" where nobody has looked
	digest   string // of the canonical data; with contract
}

const (
	readingsBytes = 32 << 20 // of memory, for the data that was read last
	readingGrowth = 8        // bytes in memory for one of JSON, about
)

// Data takes up to a hundred times its bytes while it is checked, so not much of it is at
// once. Small data is not counted, and never waits.
const (
	maxChecking = 4 << 20
	smallData   = 64 << 10
)

// turnToCheck waits until data of a size may be checked. done lets the next be.
func (r *Renderer) turnToCheck(ctx context.Context, size int) (done func(), err error) {
	if size <= smallData {
		return func() {}, nil
	}
	n := int64(min(size, maxChecking))
	if err := r.checking.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("the time was up before the data was checked: %w: %w", context.Cause(ctx), platen.Busy)
	}
	return func() { r.checking.Release(n) }, nil
}

// readData parses the data of a job. What was checked before the job was queued is kept
// until it is rendered, and not parsed and checked once more.
func (r *Renderer) readData(job platen.Job) (reading, error) {
	key := string(job.Tenant) + " " + platen.Digest(job.Data)
	if read, ok := r.readings.Get(key); ok {
		return read, nil
	}
	data, err := platen.ParseData(job.Data, r.Limits)
	if err != nil {
		return reading{}, fmt.Errorf("read data: %w", err)
	}
	return reading{key: key, data: data}, nil
}

// satisfy checks that data satisfies a contract.
func (r *Renderer) satisfy(read reading, name string, size int) (reading, error) {
	if read.contract == name {
		return read, nil
	}
	c, err := contract.Open(name)
	if err != nil {
		return read, fmt.Errorf("the template's %w", err)
	}
	if err := c.Validate(read.data); err != nil {
		return read, err
	}
	read.contract, read.digest = name, platen.Digest(platen.AppendJSON(nil, read.data))
	r.readings.Set(read.key, read, readingGrowth*size)
	return read, nil
}
